import { describe, expect, test } from "vitest";
import { botOf } from "../support/bot.js";
import { MemoryStore } from "../support/memory-store.js";
import { ALICE } from "../support/people.js";

describe("a cluster without a channel of its own", () => {
  test.each([
    ["a direct message", "D0ALICE"],
    ["the Home", ALICE],
  ])("refuses a drain from %s at once, and nothing is queued", async (_, channel) => {
    const store = new MemoryStore(Date.now);
    const bot = botOf(store, "prod", { channel: null });
    for (const line of ["drain web-01 1h", "adopt web-01"]) {
      const reply = await bot.typeIn(channel, ALICE, line);
      expect(reply).toMatchObject({
        tone: "refused",
        text: expect.stringMatching(/no channel of its own.*nobody who may approve/),
        notDone: "Nothing was queued and nothing was posted.",
        next: expect.stringMatching(/Type it in the channel.*SLACK_CHANNEL/),
      });
    }
    expect((await bot.records.open()).records).toEqual([]);
  });

  test("a drain typed in a channel has its card there, and in a direct message where the cluster has one", async () => {
    const store = new MemoryStore(Date.now);
    const open = botOf(store, "open", { channel: null });
    const id = await open.opened(() => open.typeIn("C0OPS", ALICE, "drain web-01 1h"));
    expect((await open.records.find(id))?.channel).toBe("C0OPS");
    const own = botOf(store, "own", { channel: "C0PROD" });
    const other = await own.opened(() => own.typeIn("D0ALICE", ALICE, "drain web-01 1h"));
    expect((await own.records.find(other))?.channel).toBe("C0PROD");
  });

  test("what a drain would do is shown in a direct message as well", async () => {
    const bot = botOf(new MemoryStore(Date.now), "prod", { channel: null });
    const reply = await bot.typeIn("D0ALICE", ALICE, "drain web-01 1h --dry-run");
    expect(reply?.text ?? "").not.toContain("no channel of its own");
  });
});

import { beforeEach, expect, test } from "vitest";
import { botOf } from "../support/bot.js";
import { MemoryStore } from "../support/memory-store.js";
import { ALICE, BOB } from "../support/people.js";

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore(Date.now);
});

/** The id of a maintenance of the cluster `prod`. */
const drained = () => {
  const bot = botOf(store, "prod");
  return bot.opened(() => bot.type(ALICE, "drain web-01 1h"));
};

test.each(["up", "cancel", "down", "hold", "release", "status", "history"])(
  "%s of a maintenance whose cluster was renamed in the clusters file says whose it is, how it stood and what to do (invariant 11)",
  async (verb) => {
    const id = await drained();
    const reply = await botOf(store, "renamed").type(BOB, `${verb} ${id}`);
    expect(reply?.text).toBe(
      `${id} belongs to prod, which is not in the bot's clusters file any more. Its last state was requested.`,
    );
    expect(reply?.notDone).toContain("its windows at the master stay as they are");
    expect(reply?.next).toContain("Put prod back into the clusters file");
  },
);

test("a click on the card of a maintenance whose cluster was renamed says whose it is", async () => {
  const id = await drained();
  const reply = await botOf(store, "renamed").cancel(id);
  expect(reply?.text).toContain(`${id} belongs to prod`);
});

test("an id that no cluster ever had is still unknown", async () => {
  const reply = await botOf(store, "renamed").type(BOB, "up m-zzzzz");
  expect(reply?.text).toMatch(/^There is no record of m-zzzzz\. The history of renamed has no maintenance /);
});

test("an id with one character of an open one mistyped is told with that one, and with no line to send", async () => {
  const bot = botOf(store, "prod");
  const id = await bot.opened(() => bot.type(ALICE, "drain web-01 1h"));
  const slip = `${id.slice(0, -1)}${id.endsWith("x") ? "y" : "x"}`;
  const reply = await bot.type(BOB, `status ${slip}`);
  expect(reply).toMatchObject({
    text: expect.stringContaining(`There is no record of ${slip}. Open, and written nearly so: ${id}.`),
    line: null,
  });
  expect((await bot.type(BOB, "status m-zzzzz"))?.text).not.toContain(id);
});

import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import type { RehearsalMaster } from "../../src/rehearsal/master/master.js";
import { type Installation, install } from "../support/installation.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB } from "../support/surroundings.js";

/** Above 2^53: as a JavaScript number it would end in …400. Without a duration, so without an end. */
const START = 1795195128662822401n;

const FOREIGN = { machines: [{ hostname: "WEB-06", ip: "10.0.0.6" }], start: START, duration: null };

/** GET_MAINTENANCE_SCHEDULE as JSON and as protobuf, byte for byte as the master sends it. */
async function asked(master: RehearsalMaster): Promise<{ json: string; protobuf: Buffer }> {
  const ask = (type: string, body: string | Uint8Array, accept: string) =>
    fetch(`${master.url}/api/v1`, { method: "POST", headers: { "content-type": type, accept }, body });
  const json = "application/json";
  const protobuf = "application/x-protobuf";
  const call = JSON.stringify({ type: "GET_MAINTENANCE_SCHEDULE" });
  const [text, bytes] = await Promise.all([ask(json, call, json), ask(json, call, protobuf)]);
  return { json: await text.text(), protobuf: Buffer.from(await bytes.arrayBuffer()) };
}

/** The bytes of an int64 as protobuf writes it: seven bits each, the lowest first. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) return Buffer.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

let running: Installation | null = null;
afterEach(async () => {
  await running?.dispose();
  running = null;
});

suiteFor(
  "a window of somebody else",
  localSlackAvailable(),
)(() => {
  describe("with a start above 2^53 and no duration", () => {
    test("a window of somebody else is bit for bit the same after our drain, cancel, Down and Up, in JSON and in protobuf (invariant 1)", async () => {
      const bot = await install({ store: "embedded" });
      running = bot;
      bot.master.postSchedule({ windows: [FOREIGN] });
      const before = await asked(bot.master);
      expect(before.json).toContain(`{"nanoseconds":${START}}`);
      expect(before.json).not.toContain("duration");
      expect(before.protobuf.includes(varint(START))).toBe(true);
      await bot.start();

      await bot.type(ALICE, "drain web-01 2h");
      await bot.thread(/Scheduled/);
      const during = await asked(bot.master);
      expect(during.json).toContain(`{"nanoseconds":${START}}`);
      expect(during.protobuf.includes(varint(START))).toBe(true);
      await bot.click(ALICE, (await bot.root(/awaiting approval/)).message, "cancel");
      await bot.root(/Cancelled/);
      const cancelled = await asked(bot.master);
      expect(cancelled.json).toBe(before.json);
      expect(digest(cancelled.protobuf)).toBe(digest(before.protobuf));

      await bot.type(ALICE, "drain web-02 2h");
      await bot.click(BOB, (await bot.question()).message, "approve");
      await bot.thread(/Down: 1 machine,/);
      await bot.click(BOB, (await bot.root(/· down/)).message, "up");
      await bot.root(/Back in service/);
      const after = await asked(bot.master);
      expect(after.json).toBe(before.json);
      expect(digest(after.protobuf)).toBe(digest(before.protobuf));
    });
  });
});

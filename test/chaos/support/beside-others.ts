import { expect } from "vitest";
import type { CallType } from "../../../src/rehearsal/master/call.js";
import type { RehearsalFramework } from "../../../src/rehearsal/master/options.js";
import { BOB } from "../../engine/support/people.js";
import type { TestCluster, TestMaintenance } from "../../engine/support/test-cluster.js";

// A maintenance of web-01 and web-02 beside what is other people's.

/** Windows of other people: exact and without an end, a machine without an IP, letters of their own. */
export const FOREIGN = {
  windows: [
    {
      machines: [{ hostname: "WEB-06", ip: "10.0.0.6" }, { hostname: "legacy" }],
      start: 1795195128662822401n,
      duration: null,
    },
  ],
};

export const MOVER: RehearsalFramework = {
  name: "marathon",
  habit: "mover",
  tasks: [
    { name: "api", on: "web-01" },
    { name: "api", on: "web-04" },
  ],
};

export const WRITES = ["UPDATE_MAINTENANCE_SCHEDULE", "START_MAINTENANCE", "STOP_MAINTENANCE"] as const;

const READS = [
  "GET_MASTER",
  "GET_AGENTS",
  "GET_TASKS",
  "GET_FRAMEWORKS",
  "GET_MAINTENANCE_SCHEDULE",
  "GET_MAINTENANCE_STATUS",
] as const;

/** What the bot calls during a maintenance. */
export const CALLS: readonly CallType[] = [...READS, ...WRITES, "SUBSCRIBE"];

export const isWrite = (type: CallType) => (WRITES as readonly CallType[]).includes(type);

/** In the middle of a maintenance; a write has to be met at once. */
export const skipOf = (type: CallType) => (isWrite(type) || type === "SUBSCRIBE" ? 0 : 3);

/** Somebody approves, and does so again when the picture got worse, or when the master can be looked at again. */
export async function approved(maintenance: TestMaintenance): Promise<void> {
  const { cluster } = maintenance;
  const isDown = () => maintenance.texts().some((text) => /Down: 2 machines/.test(text));
  const isAsked = async () => (await maintenance.record()).batches[0]?.phase === "awaiting_approval";
  for (let clicks = 0; clicks < 5 && !isDown(); clicks += 1) {
    await maintenance.click(BOB, "approve");
    await cluster.until("the click's outcome", () => isDown() || cluster.toldTo(BOB).length > 0);
    if (!isDown()) await cluster.looks(1);
    await cluster.until("Down, or the question once more", async () => isDown() || (await isAsked()));
  }
  await maintenance.thread(/Down: 2 machines/);
}

/** At the end of a maintenance: it changed everything once, and nothing of other people's. */
export function expectChangedOnce(cluster: TestCluster): void {
  const { masters, master } = cluster;
  for (const type of WRITES) expect([type, cluster.calls(type, "accepted")]).toEqual([type, 1]);
  const last = masters.find((one) => one.state().leading === "leading") ?? master;
  const { schedule, modes } = last.state();
  expect(schedule).toEqual(FOREIGN);
  expect([...modes.values()]).not.toContain("DOWN");
}

/** What went wrong is told with what was not done and what comes next. */
export function expectSentences(text: string): void {
  expect(text).not.toMatch(/undefined|\[object|NaN|null|Error:/);
  if (!text.startsWith("⚠️")) return;
  expect(text).toMatch(/Not done: \S.*[.]/);
  expect(text).toMatch(/Next: \S.*[.]|goes on by itself|not repeated until/);
}

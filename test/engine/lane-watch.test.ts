import { expect, test } from "vitest";
import { STUCK_AFTER_MS, USELESS_AFTER_MS, watchLanes } from "../../src/engine/lane-watch.js";
import { keepLog } from "./store/places.js";
import { TestClock } from "./support/test-clock.js";

/** A lane and a store of which the test says how they are. */
function rehearsed(name = "query") {
  const clock = new TestClock();
  const log = keepLog();
  const state = { waiting: 0, taken: 0, running: 0, written: true as true | string, anew: true };
  const lane = {
    name,
    taken: () => state.taken,
    running: () => state.running,
    waiting: async () => state.waiting,
  };
  const ends: string[] = [];
  let seconds = 0;
  const watch = watchLanes({
    store: { lanes: () => [lane], tryWrite: async () => state.written, writesAnew: async () => state.anew },
    logger: log,
    clock,
    onLook: (_lane, still) => {
      seconds = still;
    },
    end: (why) => void ends.push(why),
  });
  /** Lets each look end before the next second. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.moveOn(1_000);
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    }
  };
  return { watch, state, ends, pass, clock, log, seconds: () => seconds };
}

/** The first look that sees jobs wait begins the time. */
const LOOK_MS = 5_000;

test("a lane that takes none of the jobs that wait is named after 30 s, and goes on when it takes one (invariant 13)", async () => {
  const { watch, state, pass, log, seconds } = rehearsed();
  state.waiting = 3;
  await pass(STUCK_AFTER_MS);
  expect(watch.ready()).toBe(true);
  await pass(LOOK_MS);
  expect(watch.ready()).toBe("the lane query has taken none of the jobs that wait for 30 s");
  expect(seconds()).toBe(30);
  state.taken += 1;
  await pass(LOOK_MS);
  expect(watch.ready()).toBe(true);
  expect(seconds()).toBe(0);
  expect(log.lines.map(({ text }) => text)).toEqual([
    "a lane takes none of the jobs that wait",
    "a lane no longer stands still",
  ]);
});

test("a lane that has nothing to take, or takes one now and then, does not stand still", async () => {
  const { watch, state, ends, pass } = rehearsed();
  await pass(10 * USELESS_AFTER_MS);
  state.waiting = 100;
  for (let n = 0; n < 40; n += 1) {
    await pass(STUCK_AFTER_MS - LOOK_MS);
    expect(watch.ready()).toBe(true);
    state.taken += 1;
  }
  expect(ends).toEqual([]);
});

test("a process that was stopped for an hour does not blame its lanes", async () => {
  const { watch, state, clock, pass } = rehearsed();
  state.waiting = 1;
  await pass(2 * LOOK_MS);
  clock.moveOn(3_600_000);
  await pass(LOOK_MS);
  expect(watch.ready()).toBe(true);
});

test("a process whose lane stands still ends, once, so that a clean one goes on", async () => {
  const { state, ends, pass } = rehearsed();
  state.waiting = 1;
  await pass(STUCK_AFTER_MS + USELESS_AFTER_MS);
  expect(ends).toEqual([]);
  await pass(2 * LOOK_MS);
  expect(ends).toEqual([expect.stringMatching(/^the lane query has taken none/)]);
  await pass(USELESS_AFTER_MS);
  expect(ends).toHaveLength(1);
});

test("a process that cannot write ends when one that starts now could, and not while none could", async () => {
  const { state, ends, pass } = rehearsed();
  state.written = "Redis refuses: OOM.";
  state.anew = false;
  await pass(10 * USELESS_AFTER_MS);
  expect(ends).toEqual([]);
  state.anew = true;
  await pass(USELESS_AFTER_MS);
  expect(ends).toEqual([]);
  await pass(2 * LOOK_MS);
  expect(ends).toEqual(["Redis refuses: OOM."]);
});

test("a process that runs a runbook is not ended in the middle of it", async () => {
  const { watch, state, ends, pass } = rehearsed("runs-prod");
  state.waiting = 1;
  state.running = 1;
  await pass(10 * USELESS_AFTER_MS);
  expect(watch.ready()).not.toBe(true);
  expect(ends).toEqual([]);
  state.running = 0;
  await pass(LOOK_MS);
  expect(ends).toHaveLength(1);
});

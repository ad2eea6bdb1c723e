import { expect, test } from "vitest";
import { createUnattended } from "../../../src/engine/bot/unattended.js";
import { NOTIFY_QUEUE } from "../../../src/engine/lanes/jobs.js";
import { createNotifier } from "../../../src/engine/lanes/notifier.js";
import { MemoryStore } from "../support/memory-store.js";
import { ALICE } from "../support/people.js";
import { TestClock } from "../support/test-clock.js";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const replyTo = { responseUrl: null, channel: "C1", user: ALICE, thread: null, command: "/mesos" };

/** A question that nobody has taken yet, watched. */
async function asked() {
  const clock = new TestClock();
  const store = new MemoryStore(clock.now);
  const unattended = createUnattended(createNotifier(store, quiet, clock), quiet, clock);
  unattended(await store.queue("query").add("status", {}), replyTo);
  const told = async () => {
    // What a timer began needs a turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    const jobs = await store.queue(NOTIFY_QUEUE).getJobs(["waiting"]);
    return jobs.map((job) => JSON.stringify(job.data));
  };
  return { clock, store, told };
}

test("a command that no worker takes for 8 s is said to wait, so that silence does not pass for an answer (invariant 10)", async () => {
  const { clock, told } = await asked();
  clock.moveOn(7_999);
  expect(await told()).toEqual([]);
  clock.moveOn(1);
  const [text, ...more] = await told();
  expect(text).toContain("no worker has taken it yet");
  expect(text).toContain(ALICE);
  expect(more).toEqual([]);
});

test("a command that a worker has taken is not said to wait", async () => {
  const { clock, store, told } = await asked();
  void store.worker("query", () => new Promise(() => {})).run();
  store.startDue();
  clock.moveOn(60_000);
  expect(await told()).toEqual([]);
});

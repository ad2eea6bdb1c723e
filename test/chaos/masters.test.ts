import { describe, expect, test } from "vitest";
import { DEFAULT_TIMEOUTS } from "../../src/mesos/transport.js";
import type { CallType } from "../../src/rehearsal/master/call.js";
import type { Fault } from "../../src/rehearsal/master/faults.js";
import { elect, type FailOverOptions, type RehearsalMaster } from "../../src/rehearsal/master/master.js";
import { startStepByStep } from "../engine/support/engine.js";
import { ALICE } from "../engine/support/people.js";
import { READ_LIMIT_MS, type TestCluster } from "../engine/support/test-cluster.js";
import {
  approved,
  CALLS,
  expectChangedOnce,
  expectSentences,
  FOREIGN,
  isWrite,
  MOVER,
  skipOf,
} from "./support/beside-others.js";
import { chosen, Tally } from "./support/tally.js";

/** Reads are made once more when their connection breaks, so that only several faults are seen at all. */
const timesOf = (type: CallType) => (isWrite(type) ? 1 : 3);

interface Injected {
  readonly name: string;
  /** It begins when the machines drain, and so much time passes then. */
  readonly drainingMs?: number;
  inject(cluster: TestCluster, hit: () => void): void;
}

/** Lets the time pass after which the bot gives up the call that hangs. */
const giveUp = (cluster: TestCluster, type: CallType) =>
  setImmediate(() => cluster.moveOn(isWrite(type) ? DEFAULT_TIMEOUTS.writeMs : READ_LIMIT_MS));

/** What a master may do with a call, and whether the bot has to give it up. */
const MISCHIEF: readonly { readonly fault: Fault; readonly hangs?: boolean }[] = [
  { fault: { kind: "delay", ms: 20 } },
  { fault: { kind: "hang_before" }, hangs: true },
  { fault: { kind: "hang_after" }, hangs: true },
  { fault: { kind: "reset_before" } },
  { fault: { kind: "reset_after" } },
  { fault: { kind: "half" } },
  { fault: { kind: "garbage" } },
  { fault: { kind: "content_type" } },
  { fault: { kind: "endless" }, hangs: true },
  { fault: { kind: "status", status: 503, text: "No leader elected" } },
];

const MISCHIEFS: readonly Injected[] = MISCHIEF.flatMap(({ fault, hangs = false }) =>
  CALLS.map((type) => ({
    name: `${type}: ${fault.kind}`,
    inject(cluster: TestCluster, hit: () => void) {
      const onHit = () => {
        hit();
        // A stream is no call that anything waits for.
        if (hangs && type !== "SUBSCRIBE") giveUp(cluster, type);
      };
      cluster.master.fault(type, { ...fault, skip: skipOf(type), times: timesOf(type), onHit });
    },
  })),
);

const LATER = { recoveryMs: 3_000, reregisterMs: 2_000 };

/** How the leading master goes while it has a call, and the next one comes. */
const ENDS: readonly {
  readonly name: string;
  readonly fault: "reset_before" | "reset_after" | "hang_before";
  readonly failOver: FailOverOptions;
  go(leader: RehearsalMaster): void;
}[] = [
  {
    name: "dies before it, and the next is elected",
    fault: "reset_before",
    failOver: { reregisterMs: 2_000 },
    go: (leader) => void leader.stop(),
  },
  {
    name: "dies after it, and the next recovers for some seconds",
    fault: "reset_after",
    failOver: LATER,
    go: (leader) => void leader.stop(),
  },
  {
    name: "is cut off, and the next is elected",
    fault: "hang_before",
    failOver: LATER,
    go: (leader) => leader.fault("*", { kind: "hang_before", times: 1_000_000 }),
  },
];

const ELECTIONS: readonly Injected[] = ENDS.flatMap(({ name, fault, failOver, go }) =>
  CALLS.map((type) => ({
    name: `The leader that has ${type} ${name}`,
    inject(cluster: TestCluster, hit: () => void) {
      const { master, masters } = cluster;
      const onHit = () => {
        hit();
        go(master);
        elect(masters, masters[1] ?? master, failOver);
        if (fault === "hang_before" && type !== "SUBSCRIBE") giveUp(cluster, type);
      };
      master.fault(type, { kind: fault, skip: skipOf(type), onHit });
    },
  })),
);

/** What events told is believed for so long, where it does not make any difference but for time. */
const KEPT_MS = 10 * 60_000;

const STREAMS: readonly Injected[] = [
  {
    name: "The event stream stalls and stays open",
    drainingMs: KEPT_MS,
    inject: ({ master }, hit) => {
      master.stallStreams();
      hit();
    },
  },
  {
    name: "Events are lost on the way",
    drainingMs: KEPT_MS,
    inject: ({ master }, hit) => {
      master.loseEvents();
      hit();
    },
  },
];

/** A maintenance from drain to Up beside other people's window, with one fault in it. */
async function maintained(injected: Injected): Promise<void> {
  const engine = await startStepByStep();
  try {
    const cluster = await engine.cluster({
      standbys: 2,
      master: { frameworks: [MOVER] },
      policy: { pollMs: 10_000 },
    });
    cluster.master.postSchedule(FOREIGN);
    let hits = 0;
    const hit = () => {
      hits += 1;
    };
    const inject = () => injected.inject(cluster, hit);
    const { drainingMs } = injected;
    if (drainingMs === undefined) inject();
    const maintenance = await cluster.drain("web-0[1-2] 2h");
    await maintenance.thread(/Scheduled/);
    if (drainingMs !== undefined) {
      await cluster.until("the open stream", () => cluster.master.state().subscribers > 0);
      inject();
      await cluster.looks(3);
      cluster.moveOn(drainingMs);
    }
    await maintenance.question();
    await approved(maintenance);
    await cluster.type(ALICE, `up ${maintenance.id}`);
    await maintenance.thread(/Up: the master/);
    if (drainingMs !== undefined) cluster.moveOn(drainingMs);
    await maintenance.root(/Back in service/);
    await maintenance.thread(/All are back/);
    expect(hits, "the fault was met").toBeGreaterThan(0);
    expectChangedOnce(cluster);
    for (const text of maintenance.texts()) expectSentences(text);
  } finally {
    await engine.close();
  }
}

describe("one maintenance from drain to Up, with three masters: everything is changed once, other people's window stays, and what goes wrong is told in sentences (invariants 1, 2, 7 and 10)", () => {
  test.each([
    ["A master that answers badly", MISCHIEFS, 11],
    ["A leader that goes in the middle of a call", ELECTIONS, 6],
    ["An event stream that is no good", STREAMS, 1],
  ] as const)("%s", async (name, all, each) => {
    const tally = new Tally(name);
    for (const injected of chosen(all, each)) await tally.inject(injected.name, () => maintained(injected));
    tally.close();
  });
});

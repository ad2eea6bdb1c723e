import { expect } from "vitest";
import { newMaintenance } from "../../../src/engine/bot/new-maintenance.js";
import type { Cluster } from "../../../src/engine/cluster/cluster.js";
import { tick } from "../../../src/engine/control/tick.js";
import { isFirstPost } from "../../../src/engine/control/waiting-beside.js";
import { createHostIndex } from "../../../src/hosts/host-index.js";
import { parsePattern } from "../../../src/hosts/pattern.js";
import { resolveHosts } from "../../../src/hosts/resolve.js";
import { atOnce } from "../../../src/maintenance/at-once.js";
import { type MachineId, machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { decide, needsWorld } from "../../../src/maintenance/decide.js";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import {
  type Batch,
  decodeMaintenance,
  encodeMaintenance,
  type Maintenance,
} from "../../../src/maintenance/record/record.js";
import { NONE_STORED } from "../../../src/maintenance/record/unreadable.js";
import { millisToNanos } from "../../../src/maintenance/time.js";
import { sameTime, windowOf } from "../../../src/maintenance/window/edit.js";
import { NO_MARATHONS } from "../../support/marathon.js";
import { NOW, policyOf } from "../../support/world.js";
import { type Counts, OtherPeople } from "./other-people.js";
import { isDone, isOneAtATime, nextDecision, type Plan, tenPlans } from "./plans.js";
import { Random } from "./random.js";
import type { SharedCluster, SharedMaster } from "./shared-master.js";
import { type WatchedClient, watchedClient } from "./watched-client.js";

/** Two machines for each of ten maintenances, and six that others have agents on. */
const OURS = Array.from({ length: 20 }, (_, at) => ({ hostname: `Web-${at + 1}`, ip: `10.0.0.${at + 1}` }));

const THEIRS = Array.from({ length: 6 }, (_, at) => ({ hostname: `db-${at + 1}`, ip: `10.0.1.${at + 1}` }));

/** What other people's tools post: other cases, halves of a machine, machines that no agent ever had. */
const FOREIGN: readonly MachineId[] = [
  ...THEIRS.map((machine, at) => (at % 2 === 0 ? machine : { ...machine, hostname: `DB-${at + 1}` })),
  { hostname: "Legacy-1" },
  { hostname: "web-3" },
  { ip: "10.0.0.5" },
  { hostname: "gone-1", ip: "10.9.9.9" },
];

const OUR_KEYS = new Set(OURS.map(machineKey));

const isOurs = (machine: MachineId) => OUR_KEYS.has(machineKey(machine));

/** A job of the control lane that a crash cut off before its next effect. */
class Crashed extends Error {}

const POLL_MS = 1_000;

/** More steps than ten maintenances take, even with a clock that has to run out for every unanswered call. */
const MOST_STEPS = 4_000;

/**
 * Ten maintenances of ours from drain to their ends, with the engine's own tick, while other people edit the schedule
 * between any two calls. Throws, or fails an expectation, where the first invariant breaks; returns what has happened.
 */
export async function tenMaintenances(
  seed: number,
  start: (cluster: SharedCluster) => Promise<SharedMaster> | SharedMaster,
): Promise<Counts & { posts: number }> {
  const random = new Random(seed);
  let nowMs = NOW;
  const now = () => nowMs;
  const shuffled = <T>(list: readonly T[]) => random.shuffled(list);
  const master = await start({ hosts: [...OURS, ...THEIRS], clock: now, shuffled });
  const records = new Map<string, Maintenance>();
  const beingGivenBack = () =>
    [...records.values()]
      .filter((record) => record.cancel !== null && record.end === null)
      .flatMap((record) => record.batches.flatMap((batch) => batch.machines));
  const withOldLists = random.chance(0.5);
  const people = new OtherPeople(master, random, FOREIGN, isOurs, beingGivenBack, now, POLL_MS);
  if (!withOldLists) people.slowOneLeaves();
  master.onRead = () => people.act(0.12);
  const client = watchedClient(master, people, isOurs, random);
  const cluster = sharedCluster(client, now);
  const plans = tenPlans(random);

  const others = (id: string) => async () =>
    [...records.values()].filter((record) => record.id !== id && record.end === null);

  async function tickOnce(record: Maintenance): Promise<void> {
    try {
      const outcome = await tick(record, {
        cluster,
        now,
        others: async () => ({ ...NONE_STORED, records: await others(record.id)() }),
        waiting: async () =>
          (await others(record.id)()).filter(isFirstPost).map((waits) => ({
            record: waits,
            async save(next) {
              records.set(next.id, next);
            },
          })),
        finished: async () => [],
        async save(next) {
          records.set(next.id, next);
        },
        async fence(next) {
          if (random.chance(0.01)) throw new Crashed();
          records.set(next.id, next);
          if (random.chance(0.01)) throw new Crashed();
          return { holds: () => true };
        },
      });
      records.set(record.id, outcome.record);
    } catch (error) {
      // What was stored last is what the next tick starts from.
      if (!(error instanceof Crashed)) throw error;
    }
  }

  async function decideOnce(record: Maintenance, decision: Decision, user: string): Promise<Maintenance> {
    const world = needsWorld(decision.kind) ? await cluster.world("fresh") : null;
    const person = { user, standing: "member" as const, groups: [], lookupFailed: false };
    const decided = decide(record, decision, {
      person,
      nowMs,
      askedAtMs: nowMs,
      policy: cluster.policy,
      world,
      others: { ...NONE_STORED, records: await others(record.id)() },
      freeId: "m-other",
    });
    records.set(record.id, decided.record);
    return decided.record;
  }

  async function step(plan: Plan): Promise<void> {
    const record = records.get(plan.id);
    if (record === undefined) {
      const person = { user: "U0ALICE", standing: "member" as const, groups: [], lookupFailed: false };
      records.set(
        plan.id,
        newMaintenance(plan.id, plan.command, person, { channel: "C0OPS", command: "/mesos" }, nowMs),
      );
      return;
    }
    const next = nextDecision(plan, record);
    if (next === null || random.chance(0.4)) return await tickOnce(record);
    // Whoever asked for the Down cannot approve it.
    const decided = await decideOnce(record, next, next.kind === "approve" ? "U0CAROL" : "U0BOB");
    if (next.kind !== "extend" || decided === record) return;
    plan.extensions.shift();
    plan.durationMs += next.byMs;
  }

  try {
    const begun = new Set(plans);
    const isOpen = (plan: Plan) => (records.get(plan.id)?.end ?? null) === null;
    let steps = 0;
    for (;;) {
      const undecided = plans.filter((plan) => !isDone(plan, records.get(plan.id)));
      for (const plan of begun) if (!undecided.includes(plan)) begun.delete(plan);
      if (begun.size === 0) people.slowOneLeaves();
      // What is open is looked at to the end: an old list undoes what was done already.
      const open = plans.filter(isOpen);
      const undone = open.filter((plan) => !stands(plan, records.get(plan.id), master));
      const wrong = [...new Set([...undecided, ...undone])];
      if (wrong.length === 0) break;
      steps += 1;
      if (steps > MOST_STEPS)
        throw new Error(`Not done: ${wrong.map((plan) => `${plan.id} (${plan.end})`).join()}`);
      nowMs += random.below(1_500);
      people.act(0.2);
      if (random.chance(0.2)) master.startAgents();
      await step(random.pick(undecided.length > 0 && random.chance(0.7) ? undecided : open));
      client.check();
    }
    people.gapIsOver();
    people.repair();
    for (const plan of plans) checkOurs(plan, records.get(plan.id), master);
    checkAll(master, people, records);
    // A record lives as JSON between two ticks; one of them stands for all.
    const any = random.pick([...records.values()]);
    expect(decodeMaintenance(JSON.parse(JSON.stringify(encodeMaintenance(any))))).toEqual(any);
    // One post opens the windows that are announced, one moves them, one gives them back (invariant 3), and one does again
    // what an old list undid.
    const changes = [...records.values()].map(
      (record) =>
        (isOneAtATime(record) ? record.batches.length : 1) +
        (record.cancel === null ? 0 : 1) +
        record.events.filter(({ kind }) => kind === "extended" || kind === "windows_moved").length,
    );
    expect(client.posts()).toBeLessThanOrEqual(
      changes.reduce((sum, count) => sum + count, people.counts.oursUndone),
    );
  } finally {
    await master.close();
  }
  return { ...people.counts, posts: client.posts() };
}

const MODES = { draining: "DRAINING", down: "DOWN", cancelled: "UP", up: "UP" } as const;

/** How a batch is to stand in the end: of several only the first goes down, and one that is not announced yet is up. */
function modeOf({ end }: Plan, record: Maintenance, batch: Batch): (typeof MODES)[keyof typeof MODES] {
  const isFirst = record.batches[0] === batch;
  if (isFirst || end === "up" || end === "cancelled") return MODES[end];
  return isOneAtATime(record) ? "UP" : "DRAINING";
}

/** Whether our machines stand at the master as was decided. */
function stands(plan: Plan, record: Maintenance | undefined, master: SharedMaster): boolean {
  if (record === undefined || record.batches.length === 0) return false;
  return record.batches.every((batch) => {
    const mode = modeOf(plan, record, batch);
    const wanted = mode === "UP" ? null : batch.window;
    return batch.machines.every((machine) => {
      const window = windowOf(master.schedule(), machine);
      const isInPlace = window === null || wanted === null ? window === wanted : sameTime(window, wanted);
      return isInPlace && master.mode(machine) === mode;
    });
  });
}

/** At the end ours stand as was decided, at the master as in the record. */
function checkOurs(plan: Plan, record: Maintenance | undefined, master: SharedMaster): void {
  const { end, durationMs } = plan;
  if (record === undefined) throw new Error("A maintenance was never opened.");
  expect(record.batches.flatMap(({ machines }) => machines)).toHaveLength(2);
  if (end === "draining" || end === "down") {
    expect(record.end).toBeNull();
    const together = record.batches.reduce((sum, { window }) => sum + (window.duration ?? 0n), 0n);
    expect(together).toBe(millisToNanos(durationMs));
  } else {
    expect(record.end?.phase).toBe(end);
  }
  for (const batch of record.batches) {
    const mode = modeOf(plan, record, batch);
    for (const machine of batch.machines) {
      expect(master.mode(machine)).toBe(mode);
      expect(timeOf(windowOf(master.schedule(), machine))).toEqual(
        mode === "UP" ? null : timeOf(batch.window),
      );
    }
  }
}

/** Nothing but theirs as they want it and ours as decided stands in the schedule. */
function checkAll(
  master: SharedMaster,
  people: OtherPeople,
  records: ReadonlyMap<string, Maintenance>,
): void {
  const standing = master
    .schedule()
    .windows.flatMap((window) => window.machines.map((machine) => ({ machine, ...timeOf(window) })));
  const ours = [...records.values()]
    .filter((record) => record.end === null)
    .flatMap((record) =>
      record.batches
        .filter((batch) => batch === record.batches[0] || !isOneAtATime(record))
        .flatMap((batch) => batch.machines.map((machine) => ({ machine, ...timeOf(batch.window) }))),
    );
  const theirs = [...people.intended().values()].map(({ machine, start, duration }) => ({
    machine,
    start,
    duration,
  }));
  expect(sorted(standing)).toEqual(sorted([...ours, ...theirs]));
  for (const { machine, down } of people.intended().values()) {
    expect(master.mode(machine)).toBe(down ? "DOWN" : "DRAINING");
  }
}

function timeOf<T extends Pick<Batch["window"], "start" | "duration">>(window: T | null) {
  return window === null ? null : { start: window.start, duration: window.duration };
}

function sorted<T extends { readonly machine: MachineId }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => machineKey(a.machine).localeCompare(machineKey(b.machine)));
}

/** The engine's port to a cluster, on a clock of ours: one look serves all for as long as it does in the engine. */
function sharedCluster(master: WatchedClient, now: () => number): Cluster {
  const SHARED_MS = 400;
  let shared: { readonly atMs: number; readonly world: Promise<World> } | null = null;
  async function world(how?: "fresh"): Promise<World> {
    if (how === "fresh" || shared === null || now() - shared.atMs > SHARED_MS) {
      shared = { atMs: now(), world: master.snapshot() };
    }
    return await shared.world;
  }
  return {
    name: "test",
    master,
    policy: policyOf({ settleMs: 5_000, pollMs: POLL_MS, unwatchedAfterMs: Number.POSITIVE_INFINITY }),
    marathons: NO_MARATHONS,
    world,
    worldFor: () => world(),
    changed() {},
    isCurrent: () => true,
    ageMs: (world) => now() - world.observedAtMs,
    pauseMs: () => 0,
    withDrivers: async (world) => world,
    forget() {
      shared = null;
    },
    async resolve(hosts, world) {
      const parsed = parsePattern(hosts);
      if (!parsed.ok) throw new Error(parsed.problem);
      const resolved = atOnce(resolveHosts(parsed.pattern, atOnce(createHostIndex(world.agents, null))));
      if (!resolved.ok) throw new Error(resolved.problem);
      return resolved.resolution;
    },
  };
}

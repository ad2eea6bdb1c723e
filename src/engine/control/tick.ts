import { advance } from "../../maintenance/advance.js";
import type { World } from "../../maintenance/cluster/world.js";
import type { Moment, Step, Write } from "../../maintenance/phases/step.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { withTrouble } from "../../maintenance/record/troubles.js";
import { MesosError } from "../../mesos/errors/errors.js";
import { type Cluster, HostsError } from "../cluster/cluster.js";
import { troubleFrom } from "../lanes/troubles.js";
import type { Proof } from "../store/owned.js";
import { act } from "./act.js";
import { notDoneYet } from "./not-done.js";

/** What a tick needs from the lane it runs in. */
export interface TickPorts {
  readonly cluster: Cluster;
  /** Stores the record; resolves when it is stored. */
  save(record: Maintenance): Promise<void>;
  /**
   * Proves that this process still owns the record, so that nothing is done that somebody else may be doing
   * (invariant 8). Throws when it does not.
   */
  fence(): Promise<Proof>;
  /** The other open maintenances of the cluster. */
  others(): Promise<readonly Maintenance[]>;
  /** The newest finished ones. */
  finished(): Promise<readonly Maintenance[]>;
  now(): number;
}

export interface TickOutcome {
  readonly record: Maintenance;
  /** When to look again; `null` when the maintenance has ended. */
  readonly wakeAtMs: number | null;
  /** What it came from; `null` when the master could not be read. */
  readonly world: World | null;
}

/** Effects lead to another look at the world; more rounds than a phase has steps mean that the world does not follow. */
const MOST_ROUNDS = 4;

/**
 * One reconcile tick: observe, decide, record, act, observe again. Every tick may be the first after a crash. The
 * record is stored before any effect is carried out (invariant 5), and a master that cannot be read stops everything
 * but the telling of it (invariants 2 and 10).
 */
export async function tick(start: Maintenance, ports: TickPorts): Promise<TickOutcome> {
  const { cluster, now } = ports;
  let record = start;
  let world: World | null = null;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let step: Step;
    try {
      ({ world, step } = await look(record, ports));
    } catch (error) {
      if (!(error instanceof MesosError)) throw error;
      record = withTrouble(record, troubleFrom(error, notDoneYet(record, now())), now());
      await ports.save(record);
      return { record, wakeAtMs: now() + cluster.policy.pollMs, world: null };
    }
    record = step.record;
    await ports.save(record);
    const writes = writesOf(step);
    if (writes.length === 0) return { record, wakeAtMs: record.end === null ? step.wakeAtMs : null, world };
    // A crash may cut a post or a STOP off, which may still arrive: until then the world is not taken as its outcome (invariant 7).
    if (!writes.every(isStart)) {
      record = { ...record, unsettledUntilMs: now() + cluster.policy.settleMs };
      await ports.save(record);
    }
    const before = record;
    let failed = false;
    for (const effect of writes) {
      const proof = await ports.fence();
      const acted = await act(record, effect, { world, cluster, proof, now });
      record = acted.record;
      failed ||= acted.failed;
      if (!acted.sent) {
        // The next call would be made on the same old picture.
        cluster.forget();
        break;
      }
      // Nothing more is sent after a call without an answer: the next answer would count for both (invariant 7).
      if (!isStart(effect) && record.unsettledUntilMs !== null) break;
    }
    if (record !== before) await ports.save(record);
    if (failed) {
      // The outcome of a call without an answer shows soon; what was refused would be refused again.
      const showsSoon = record.unsettledUntilMs !== null || writes.some(isStart);
      const wakeAtMs = (showsSoon ? step.wakeAtMs : null) ?? now() + cluster.policy.pollMs;
      return { record, wakeAtMs, world };
    }
  }
  return { record, wakeAtMs: now() + Math.min(1_000, cluster.policy.pollMs), world };
}

/** The next step. What is sent is decided on what the master has only just said, never on a look from before. */
async function look(record: Maintenance, ports: TickPorts): Promise<{ world: World; step: Step }> {
  const { cluster } = ports;
  const shared = await cluster.worldFor(record.id, "look");
  const step = await nextStep(record, shared, ports);
  if (writesOf(step).length === 0) return { world: shared, step };
  const world = await cluster.worldFor(record.id, "write");
  return { world, step: world === shared ? step : await nextStep(record, world, ports) };
}

function writesOf({ effects }: Step): readonly Write[] {
  return effects.filter((effect) => effect.kind !== "look_up_hosts");
}

function isStart(effect: Write): boolean {
  return effect.kind === "start_maintenance";
}

/** One step on this world; what the hosts stand for is looked up on the same one when the step asks for it. */
async function nextStep(record: Maintenance, world: World, ports: TickPorts): Promise<Step> {
  const { cluster, now } = ports;
  const look = { world, policy: cluster.policy, nowMs: now(), hosts: null };
  const step = advance(record, look);
  if (!step.effects.some(({ kind }) => kind === "look_up_hosts")) return step;
  return advance(step.record, { ...look, hosts: await lookUpHosts(record, world, ports) });
}

async function lookUpHosts(
  record: Maintenance,
  world: World,
  { cluster, others, finished }: TickPorts,
): Promise<Moment["hosts"]> {
  try {
    const open = await others();
    const resolution = await cluster.resolve(record.hosts, world, open);
    // Finished maintenances can prove that we see windows, which is in doubt only where windows can be hidden from us.
    const past = cluster.policy.hasCredentials ? await finished() : [];
    return { kind: "found", resolution, others: [...open, ...past] };
  } catch (error) {
    if (!(error instanceof HostsError)) throw error;
    return { kind: "unreadable", why: error.message };
  }
}

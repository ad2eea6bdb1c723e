import type { World } from "../../maintenance/cluster/world.js";
import type { Step } from "../../maintenance/phases/step.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { withTrouble } from "../../maintenance/record/troubles.js";
import { tellingOf } from "../../maintenance/show/telling.js";
import { MesosError } from "../../mesos/errors/errors.js";
import { troubleFrom } from "../lanes/troubles.js";
import type { Proof } from "../store/owned.js";
import { act, hasIntent, told } from "./act.js";
import { LOOK_AGAIN } from "./calls/send.js";
import { callsOf, nextStep, type StepPorts } from "./next-step.js";
import { notDoneYet } from "./not-done.js";
import { type Beside, type Waiting, waitingBeside } from "./waiting-beside.js";

/** What a tick needs from the lane it runs in. */
export interface TickPorts extends StepPorts {
  /** Stores the record; resolves when it is stored. */
  save(record: Maintenance): Promise<void>;
  /**
   * Stores the record before an effect (invariant 5), and proves in the same step that this process still owns it, so
   * that nothing is done that somebody else may be doing (invariant 8). Throws when it does not.
   */
  fence(record: Maintenance): Promise<Proof>;
  /** Those of the other maintenances that wait for their first post. */
  waiting(others: readonly Maintenance[]): Promise<readonly Waiting[]>;
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
export async function tick(start: Maintenance, lane: TickPorts): Promise<TickOutcome> {
  const { cluster, now } = lane;
  let record = start;
  let world: World | null = null;
  let isAlone = false;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const ports = { ...lane, others: once(lane.others) };
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
    const calls = callsOf(step);
    if (calls.length === 0) {
      await ports.save(record);
      return { record, wakeAtMs: record.end === null ? step.wakeAtMs : null, world };
    }
    const beside: readonly Beside[] = isAlone ? [] : await waitingBeside(record, calls, world, ports);
    // A crash may cut a post or a STOP off, which may still arrive: until then the world is not taken as its outcome (invariant 7).
    if (!calls.every(hasIntent)) {
      const unsettledUntilMs = now() + cluster.policy.settleMs;
      record = { ...record, unsettledUntilMs };
      for (const one of beside) await one.save({ ...one.record, unsettledUntilMs });
    }
    let failed = false;
    const left = [...calls];
    for (let call = left.shift(); call !== undefined; call = left.shift()) {
      const proof = await ports.fence(record);
      const edits = beside.flatMap(({ post }) => post.edits);
      const outcome = await act(record, call, { world, cluster, proof, beside: edits });
      // A refusal may be meant for another one's window: then each is posted alone, and told what is said of its own.
      isAlone = outcome.kind === "refused" && beside.length > 0;
      const isFor = outcome.kind === "accepted" || outcome.kind === "none" ? outcome : LOOK_AGAIN;
      for (const one of beside) await one.save(told(one.record, one.post, isFor, cluster.policy, now()));
      record = told(record, call, isAlone ? LOOK_AGAIN : outcome, cluster.policy, now());
      if (isAlone) break;
      failed ||= outcome.kind === "not_sent" ? outcome.trouble !== null : outcome.kind !== "accepted";
      // The next call would be made on the same old picture.
      if (outcome.kind === "not_sent") break;
      // Nothing more is sent after a call without an answer: the next answer would count for both (invariant 7).
      if (!hasIntent(call) && record.unsettledUntilMs !== null) break;
      // Nor is a master that does not answer kept waiting for by each of many.
      if (outcome.kind === "none") break;
    }
    for (const call of left.filter(hasIntent)) record = told(record, call, LOOK_AGAIN, cluster.policy, now());
    // Else the next round stores what the answers told, with what it sees.
    if (failed) {
      await ports.save(record);
      // The outcome of a call without an answer shows soon; what was refused would be refused again.
      const showsSoon = record.unsettledUntilMs !== null || calls.some(hasIntent);
      const wakeAtMs = (showsSoon ? step.wakeAtMs : null) ?? now() + cluster.policy.pollMs;
      return { record, wakeAtMs, world };
    }
  }
  await lane.save(record);
  return { record, wakeAtMs: now() + Math.min(1_000, cluster.policy.pollMs), world };
}

/** The next step. What is sent or told as a decision comes of what the master has only just said, never of a look from before. */
async function look(record: Maintenance, ports: TickPorts): Promise<{ world: World; step: Step }> {
  const { cluster } = ports;
  const shared = await cluster.worldFor(record.id, purposeOf(record));
  const step = await nextStep(record, shared, ports);
  const isKept = shared.wholeAtMs < shared.observedAtMs;
  if (callsOf(step).length === 0 && !(isKept && decides(record, step))) return { world: shared, step };
  const world = await cluster.worldFor(record.id, "decide");
  return { world, step: world === shared ? step : await nextStep(record, world, ports) };
}

function purposeOf({ batches }: Maintenance): "look" | "look_whole" | "decide" {
  // What hosts stand for is looked up after they were named.
  if (batches.length === 0) return "decide";
  // No event tells how far DRAIN_AGENT has come.
  return batches.some(({ phase }) => phase === "kill_draining") ? "look_whole" : "look";
}

/** Whether the step does more than to tell what goes on. */
function decides(before: Maintenance, { record }: Step): boolean {
  const seen = before.events.at(-1)?.seq ?? 0;
  return (
    before.end !== record.end ||
    record.events.some((event) => event.seq > seen && tellingOf(event) === "decision")
  );
}

/** Every record is decoded to tell the others, so a round asks for them at most once. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | null = null;
  return () => {
    found ??= read();
    return found;
  };
}

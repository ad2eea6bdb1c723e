import { withBatch, withEvent } from "./log.js";
import { machineKey } from "./machine.js";
import type { Picture, Seen } from "./picture.js";
import type { Policy } from "./policy.js";
import type { Approval, Batch, Maintenance } from "./record.js";
import { seenOf } from "./seen.js";
import type { Millis } from "./time.js";
import { tasksOn, type WatchedMachine } from "./verdicts.js";
import type { World } from "./world.js";

/** The question that is waiting for an answer, or `null`. */
export function openApproval(batch: Batch): Approval | null {
  const last = batch.approvals.at(-1);
  return last !== undefined && last.outcome === null ? last : null;
}

/** The granted approval under which the batch goes down, or `null`. */
export function grantedApproval(batch: Batch): Approval | null {
  const last = batch.approvals.at(-1);
  return last?.outcome?.kind === "granted" ? last : null;
}

/** What the world shows of a batch, in the form in which it is approved and compared. */
export function seenNow(world: World, batch: Batch, picture: Picture): Seen {
  return seenOf(world, batch, picture, tasksOn(world, watchedMachines(batch)));
}

/** The machines of a batch with the agents ever seen on them. */
export function watchedMachines(batch: Batch): WatchedMachine[] {
  const ids = new Map<string, string[]>();
  for (const agent of batch.agents) {
    const known = ids.get(agent.machine);
    if (known === undefined) ids.set(agent.machine, [agent.id]);
    else known.push(agent.id);
  }
  return batch.machines.map((machine) => ({ machine, agentIds: ids.get(machineKey(machine)) ?? [] }));
}

/** Asks for the Down of a batch: a new question about what is seen now; an open one is withdrawn for it. */
export function ask(
  record: Maintenance,
  batch: Batch,
  seen: Seen,
  by: string | null,
  policy: Policy,
  nowMs: Millis,
): Maintenance {
  const approvals = batch.approvals.map((approval) =>
    approval.outcome === null
      ? { ...approval, outcome: { kind: "withdrawn" as const, atMs: nowMs } }
      : approval,
  );
  const id = `${batch.id}a${approvals.length + 1}`;
  const next: Batch = {
    ...batch,
    phase: "awaiting_approval",
    askedByItself: true,
    intent: null,
    approvals: [
      ...approvals,
      { id, askedAtMs: nowMs, askedBy: by, expiresAtMs: nowMs + policy.approvalTtlMs, seen, outcome: null },
    ],
  };
  return withEvent(withBatch(record, next), nowMs, {
    kind: "approval_asked",
    batch: batch.id,
    approval: id,
    by,
  });
}

/** The batch with an outcome for its newest approval. */
export function settle(batch: Batch, outcome: NonNullable<Approval["outcome"]>): Batch {
  const last = batch.approvals.at(-1);
  if (last === undefined) return batch;
  return { ...batch, approvals: [...batch.approvals.slice(0, -1), { ...last, outcome }] };
}

/**
 * The picture got worse than what was shown: nothing goes down (invariant 5). The question is asked anew with what is
 * true now, unless the machines cannot be taken down as they stand (`canAsk`): then it is asked once they can.
 */
export function askAgainBecauseWorse(
  record: Maintenance,
  batch: Batch,
  seen: Seen,
  changes: readonly string[],
  by: string | null,
  policy: Policy,
  nowMs: Millis,
  canAsk = true,
): Maintenance {
  const last = batch.approvals.at(-1);
  const outdated: Batch = {
    ...settle(batch, { kind: "outdated", atMs: nowMs, changes: [...changes] }),
    phase: "draining",
    intent: null,
    askedByItself: false,
  };
  const told = withEvent(withBatch(record, outdated), nowMs, {
    kind: "approval_outdated",
    batch: batch.id,
    approval: last?.id ?? "",
    by,
    changes: [...changes],
  });
  return canAsk ? ask(told, outdated, seen, last?.askedBy ?? null, policy, nowMs) : told;
}

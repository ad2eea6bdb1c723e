import { pictureOf } from "../answers/verdicts.js";
import { endMs } from "../cluster/schedule.js";
import type { Policy } from "../policy/policy.js";
import { isStillShown } from "../policy/runbooks.js";
import type { Seen } from "../record/picture.js";
import type { Approval, Batch, Maintenance } from "../record/record.js";
import type { Limits } from "../record/roll.js";
import { waitingForTurn } from "../rolling/turn.js";
import { counted, list } from "../text/list.js";
import { type Millis, nanosToMillis } from "../time.js";

// An approval for several batches cannot be bound to pictures that do not exist yet, so it is bound by limits (invariant 5).

/** What a question about this batch is to be for besides it, and within which limits; `null` for the batch alone. */
export function limitsAsked(record: Maintenance, batch: Batch): Limits | null {
  const mode = record.wanted.roll?.approve ?? "each";
  const rest = waitingForTurn(record).filter(({ id }) => id !== batch.id);
  const isCanary = record.batches[0]?.id === batch.id;
  if (mode === "each" || (mode === "canary" && isCanary) || rest.length === 0) return null;
  // What was outside of limits that were approved is asked about alone.
  if (record.batches.some((one) => one.approvals.some(isGrantedWithLimits))) return null;
  const covered = [batch, ...rest];
  const { picture } = record;
  const tasksOf = ({ machines }: Batch) =>
    picture === null ? 0 : pictureOf(machines, picture).machines.reduce((sum, { tasks }) => sum + tasks, 0);
  return {
    batches: covered.map(({ id }) => id),
    tasks: Math.max(...covered.map(tasksOf)),
    machines: Math.max(...covered.map(({ machines }) => machines.length)),
    untilMs: Math.max(...covered.map(({ window }) => endMs(window) ?? nanosToMillis(window.start))),
  };
}

/** The approval of an earlier batch that is for this one too, as long as it counts and the runbook is the one that it showed; `null` if there is none. */
export function approvalCovering(
  record: Maintenance,
  batch: Batch,
  policy: Policy,
  nowMs: Millis,
): (Approval & { readonly limits: Limits }) | null {
  const granted = record.batches.flatMap(({ approvals }) => approvals).filter(isGrantedWithLimits);
  const found = granted.findLast(({ limits }) => limits.batches.includes(batch.id));
  if (found === undefined || nowMs >= found.limits.untilMs) return null;
  if (!isStillShown(record, found.runbook, policy)) return null;
  return found.votes.length >= policy.votes ? found : null;
}

function isGrantedWithLimits(approval: Approval): approval is Approval & { readonly limits: Limits } {
  return approval.outcome?.kind === "granted" && approval.limits !== undefined;
}

/** In what a batch, as it is now, is outside of the limits; empty when it may go down. */
export function outsideOf(limits: Limits, seen: Seen): string[] {
  const { lastCopies, volumes, capacity } = seen.blast;
  const refused = seen.verdicts.filter(({ verdict, tasks }) => verdict === "refused" && tasks > 0);
  const away = seen.away ?? [];
  return [
    seen.tasks.length > limits.tasks
      ? `${counted(seen.tasks.length, "task")} would be lost, and ${limits.tasks} were approved`
      : null,
    seen.machines.length > limits.machines
      ? `${counted(seen.machines.length, "machine")} would be out, and ${limits.machines} were approved`
      : null,
    lastCopies.length > 0
      ? `the last running copies of ${list(lastCopies.map(({ app }) => app))} are on them`
      : null,
    refused.length > 0 ? `${list([...new Set(refused.map(({ framework }) => framework))])} refused` : null,
    volumes.length > 0 ? `${counted(volumes.length, "persistent volume")} would be out of reach` : null,
    capacity.fits ? null : "the agents that stay have no room for what runs on them",
    away.length > 0 ? `${counted(away.length, "machine")} cannot be reached` : null,
    seen.windowOver ? "its window has ended" : null,
  ].filter((text) => text !== null);
}

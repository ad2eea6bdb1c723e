import type { Millis } from "../time.js";
import { batchOf } from "./batch.js";
import { withEvent } from "./log.js";
import type { Maintenance } from "./record.js";
import type { Run, RunbookShown, RunOutcome } from "./run.js";

/** The newest run on the machines of a batch, or `null`. */
export function lastRun({ runs }: Pick<Maintenance, "runs">, batch: string): Run | null {
  return runs.findLast((run) => run.batch === batch) ?? null;
}

/** The run of this id, or `null`. */
export function runOf({ runs }: Pick<Maintenance, "runs">, id: string): Run | null {
  return runs.find((run) => run.id === id) ?? null;
}

/** Runs of which the outcome is not known yet: asked for, waiting or running. */
export function openRuns({ runs }: Pick<Maintenance, "runs">): Run[] {
  return runs.filter(({ outcome }) => outcome === null);
}

/** The run of a batch whose outcome is not known yet, or `null`. */
export function openRun(record: Pick<Maintenance, "runs">, batch: string): Run | null {
  const run = lastRun(record, batch);
  return run !== null && run.outcome === null ? run : null;
}

/** Whether a run has come to another end than success, and a person has to say what follows. */
export function isUnsolved({ outcome, leftDown }: Run): boolean {
  return outcome !== null && outcome.kind !== "ok" && leftDown === null;
}

/** The id that the next run of a batch gets. Old buttons name another one. */
export function nextRunId({ runs }: Pick<Maintenance, "runs">, batch: string): string {
  return `${batch}r${runs.filter((run) => run.batch === batch).length + 1}`;
}

/** Under what a run is asked for: the approval of the Down that showed it, or somebody who may use the runbook. */
type Under = { readonly approval: string } | { readonly by: string; readonly askedAtMs: Millis };

/** The record with a run that is to be started, once: its job is made from what is stored here (invariant 7). */
export function withRunAsked(
  record: Maintenance,
  batch: string,
  runbook: RunbookShown,
  under: Under,
  atMs: Millis,
): Maintenance {
  const id = nextRunId(record, batch);
  const run: Run = {
    id,
    batch,
    runbook,
    approval: "approval" in under ? under.approval : null,
    askedBy: "by" in under ? under.by : null,
    askedAtMs: atMs,
    queuedAtMs: null,
    startedAtMs: null,
    worker: null,
    stop: null,
    outcome: null,
    leftDown: null,
  };
  const next = { ...record, runs: [...record.runs, run] };
  if (!("by" in under)) return next;
  const { by, askedAtMs } = under;
  return withEvent(next, atMs, { kind: "run_asked", batch, run: id, runbook: runbook.name, by, askedAtMs });
}

/** The record with this run in the place of the one with its id. */
export function withRun(record: Maintenance, run: Run): Maintenance {
  return { ...record, runs: record.runs.map((one) => (one.id === run.id ? run : one)) };
}

/** What the job of a run tells. */
export interface RunSeen {
  readonly started: { readonly atMs: Millis; readonly worker: string } | null;
  readonly outcome: RunOutcome | null;
}

/** The record with what the job of a run tells; each piece of news is an event, once. */
export function withRunSeen(record: Maintenance, id: string, seen: RunSeen, nowMs: Millis): Maintenance {
  let next = record;
  const before = runOf(record, id);
  if (before === null || before.outcome !== null) return record;
  const about = { batch: before.batch, run: id, runbook: before.runbook.name };
  if (before.startedAtMs === null && seen.started !== null) {
    const { atMs, worker } = seen.started;
    next = withRun(next, { ...before, startedAtMs: atMs, worker });
    next = withEvent(next, nowMs, { kind: "run_started", ...about, worker });
  }
  const now = runOf(next, id);
  if (now === null || seen.outcome === null) return next;
  next = withRun(next, { ...now, outcome: seen.outcome });
  const { kind: how, words, hosts } = seen.outcome;
  const lastedMs = now.startedAtMs === null ? null : Math.max(0, seen.outcome.atMs - now.startedAtMs);
  return withEvent(next, nowMs, { kind: "run_ended", ...about, how, words, hosts, lastedMs });
}

/**
 * Whether somebody with the right to say so wants exactly this run: it was shown with the Down that was approved, or was
 * asked for afterwards by a person who may use the runbook. Nothing else is ever started (invariant 5).
 */
export function isApproved(record: Maintenance, run: Run): boolean {
  if (run.askedBy !== null) {
    return record.events.some(
      (event) => event.kind === "run_asked" && event.run === run.id && event.by === run.askedBy,
    );
  }
  const approval = batchOf(record, run.batch)?.approvals.find(({ id }) => id === run.approval);
  if (approval?.about !== "down" || approval.outcome?.kind !== "granted") return false;
  return isSameRunbook(approval.runbook ?? null, run.runbook);
}

/** Whether it is the runbook that was shown, to the letter. */
export function isSameRunbook(shown: RunbookShown | null, now: RunbookShown | null): boolean {
  return JSON.stringify(keyOf(shown)) === JSON.stringify(keyOf(now));
}

function keyOf(runbook: RunbookShown | null) {
  if (runbook === null) return null;
  const { name, digest, where, timeLimitMs, then } = runbook;
  return [name, digest, where.kind, where.kind === "machine" ? where.atOnce : 0, timeLimitMs, then];
}

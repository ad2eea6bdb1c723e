import { grantedApproval } from "../approval/question.js";
import { endMs } from "../cluster/schedule.js";
import { wentDownBefore } from "../record/batch.js";
import { noteOnce } from "../record/log.js";
import { namesOf } from "../record/names.js";
import type { Batch, BatchIn, Maintenance } from "../record/record.js";
import type { Run } from "../record/run.js";
import { isUnsolved, lastRun, withRunAsked } from "../record/runs.js";
import { type FoundTrouble, inTrouble, troubleOf } from "../record/troubles.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Millis } from "../time.js";

/** What is known of machines that are Down, and whether they come back by themselves now. */
export interface Due {
  readonly record: Maintenance;
  readonly isDue: boolean;
}

/**
 * The runbook of machines that are Down: asked for once, under the approval of their Down, and looked at until its outcome
 * is known. Only its success leads on by itself; after anything else a person decides.
 */
export function afterRunbook(record: Maintenance, batch: BatchIn<"down">, nowMs: Millis): Due {
  const run = lastRun(record, batch.id);
  if (run === null) return { record: firstRun(record, batch, nowMs), isDue: false };
  if (isUnsolved(run) && record.trouble === null)
    return { record: inTrouble(record, troubleAfter(record, batch, run), nowMs), isDue: false };
  const leadsOn = run.runbook.then === "up" || record.wanted.up === "auto";
  return { record, isDue: run.outcome?.kind === "ok" && leadsOn };
}

/** Nothing is started while somebody holds it, nor on machines whose Down was not approved together with the runbook. */
function firstRun(record: Maintenance, batch: BatchIn<"down">, nowMs: Millis): Maintenance {
  if (record.held !== null || record.unwatched !== null) return record;
  const approval = grantedApproval(batch, "down");
  const endsMs = endMs(batch.window) ?? Number.POSITIVE_INFINITY;
  if (approval?.runbook === undefined || !wentDownBefore(record, batch, endsMs)) {
    const name = quoted(record.wanted.run ?? "");
    return noteOnce(record, `${hostsOf(record, batch)}: the runbook ${name} ${NOT_STARTED}`, nowMs);
  }
  return withRunAsked(record, batch.id, approval.runbook, { approval: approval.id }, nowMs);
}

const NOT_STARTED =
  "was not started: they went Down by somebody else, or after their window had ended. Start it with Run on the card, or bring them back with Up.";

/** Why it does not go on after a run, and what a person can do. */
function troubleAfter(record: Maintenance, batch: Batch, { runbook, outcome }: Run): FoundTrouble {
  const { id } = record;
  const blanks = {
    id,
    runbook: quoted(runbook.name),
    hosts: hostsOf(record, batch),
    words: quoted(outcome?.words ?? ""),
  };
  switch (outcome?.kind) {
    case "ended":
      return troubleOf("run_ended", blanks);
    case "not_started":
      return troubleOf("run_not_started", blanks);
    case "unknown":
      return troubleOf("run_unknown", blanks);
    default:
      return troubleOf("run_failed", blanks);
  }
}

/** `web-01, web-02` */
export function hostsOf(record: Maintenance, { machines }: Pick<Batch, "machines">): string {
  return quoted(list(machines.map(namesOf(record).of)));
}

import { grantedApproval } from "../approval/question.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import { endMs } from "../cluster/schedule.js";
import type { World } from "../cluster/world.js";
import { machinesNotDown, wentDownBefore } from "../record/batch.js";
import { noteOnce } from "../record/log.js";
import { namesOf } from "../record/names.js";
import type { Picture } from "../record/picture.js";
import type { Batch, BatchIn, Maintenance } from "../record/record.js";
import type { Run } from "../record/run.js";
import { isUnsolved, lastRun, withRunAsked } from "../record/runs.js";
import { type FoundTrouble, inTrouble, troubleOf } from "../record/troubles.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Millis } from "../time.js";
import { inOurWindow } from "../window/ours.js";
import type { Moment } from "./step.js";

/** What is known of machines that are Down, and whether they come back by themselves now. */
export interface Due {
  readonly record: Maintenance;
  readonly isDue: boolean;
}

/**
 * The runbook of machines that are Down: asked for once, under the approval of their Down, and looked at until its outcome
 * is known. Only its success leads on by itself; after anything else a person decides.
 */
export function afterRunbook(
  record: Maintenance,
  batch: BatchIn<"down">,
  picture: Picture,
  { world, nowMs }: Moment,
): Due {
  const run = lastRun(record, batch.id);
  if (run === null) {
    const others = notOurDown(record, batch, picture, world);
    return { record: firstRun(record, batch, others, nowMs), isDue: false };
  }
  if (isUnsolved(run) && record.trouble === null)
    return { record: inTrouble(record, troubleAfter(record, batch, run), nowMs), isDue: false };
  const leadsOn = run.runbook.then === "up" || record.wanted.up === "auto";
  return { record, isDue: run.outcome?.kind === "ok" && leadsOn };
}

/**
 * Nothing is started while somebody holds it, nor on machines whose Down was not approved together with the runbook, nor once
 * their window is over or one of them is not Down in it any more.
 */
function firstRun(
  record: Maintenance,
  batch: BatchIn<"down">,
  others: readonly string[],
  nowMs: Millis,
): Maintenance {
  if (record.held !== null || record.unwatched !== null) return record;
  const notStarted = (why: string) => {
    const name = quoted(record.wanted.run ?? "");
    const text = `${hostsOf(record, batch)}: the runbook ${name} was not started: ${why}`;
    return noteOnce(record, text, nowMs);
  };
  const approval = grantedApproval(batch, "down");
  const endsMs = endMs(batch.window) ?? Number.POSITIVE_INFINITY;
  if (approval?.runbook === undefined || !wentDownBefore(record, batch, endsMs))
    return notStarted(`they went Down by somebody else, or after their window had ended. ${START_OR_UP}`);
  if (others.length > 0)
    return notStarted(`${notDownHere(others)} Bring the rest back with Up when the work is done.`);
  if (nowMs >= endsMs) return notStarted(`their window is over. ${START_OR_UP}`);
  return withRunAsked(record, batch.id, approval.runbook, { approval: approval.id }, nowMs);
}

const START_OR_UP = "Start it with Run on the card, or bring them back with Up.";

/** The machines of a batch, by name, that are not Down in our window: nothing is run there (invariants 5, 12). */
export function notOurDown(record: Maintenance, batch: Batch, picture: Picture, world: World): string[] {
  const keysOf = (machines: readonly Machine[]) => new Set(machines.map(machineKey));
  const [ours, notDown] = [keysOf(inOurWindow(world, batch)), keysOf(machinesNotDown(batch, picture))];
  return batch.machines
    .filter((machine) => !ours.has(machineKey(machine)) || notDown.has(machineKey(machine)))
    .map(namesOf(record).of);
}

/** What is said of such machines. */
export function notDownHere(names: readonly string[]): string {
  return `${quoted(list(names))} is not Down in the window of this maintenance: it was brought Up, or moved to another window.`;
}

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

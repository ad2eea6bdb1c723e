import { ABOUT_WORDS } from "../approval/about.js";
import { wantedBy } from "../decisions/table.js";
import { placeOf } from "../record/batch.js";
import type { LogEvent } from "../record/events.js";
import type { Approval, Batch, Maintenance } from "../record/record.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { mention, moment } from "../text/tokens.js";
import { inWords } from "../text/words.js";
import { aboutSpan, formatSpan, type Millis } from "../time.js";
import { unaskedTexts } from "./status-cells.js";

/** One event of the log as a line of an audit. */
export interface EventLine {
  readonly atMs: Millis;
  /** Slack user id, or empty for what the bot did or saw by itself. */
  readonly who: string;
  /** A sentence of ours: people and moments stand in it as in `text/tokens.ts`. */
  readonly what: string;
}

/**
 * The log of a maintenance in words that stand on their own: nothing is cut.
 * Batches are named where there are several. That a question was withdrawn stands with the question, and is a line too.
 */
export function eventLines(record: Pick<Maintenance, "batches" | "events">): EventLine[] {
  const { batches, events } = record;
  const lines = [
    ...events.map((event) => eventLine(record, event)),
    ...batches.flatMap((batch) => batch.approvals.flatMap((approval) => withdrawal(record, batch, approval))),
  ];
  return lines.sort((a, b) => a.atMs - b.atMs);
}

/** One event, as it stands among the lines of the log. */
export function eventLine(record: Rolled, event: LogEvent): EventLine {
  const batch =
    isRoll(record) && "batch" in event && event.batch !== undefined
      ? `${placeOf(record, event.batch)}: `
      : "";
  const who = "by" in event ? (event.by ?? "") : "";
  return { atMs: event.atMs, who, what: batch + whatOf(event, record) };
}

function withdrawal(record: Rolled, batch: Batch, { id, outcome }: Approval): EventLine[] {
  if (outcome?.kind !== "withdrawn") return [];
  const { atMs, by, why } = outcome;
  const what = isRoll(record)
    ? `${placeOf(record, batch.id)}: ${id} withdrawn`
    : "the question was withdrawn";
  return [{ atMs, who: by ?? "", what: `${what}: ${WITHDRAWN[why]}` }];
}

/** Why a question was withdrawn. */
export const WITHDRAWN = {
  cancelled: "the maintenance was cancelled",
  deadline: "the machines are given back at the deadline",
  extended: "the window was extended; it is asked anew once the longer one stands",
  posted_again: "the window is posted again; it is asked anew once that stands",
  replaced: "another question took its place",
  skipped: "its batch was skipped",
  within_limits: "its batch is inside of the approved limits again",
  empty: "nothing runs there any more",
  overtaken: "the machines went Down, or were given back, without it",
} as const;

/** Why the master no longer has answers. */
const CLEARED = {
  fail_over: "another master leads",
  schedule_change: "the schedule changed",
  unknown: "neither leader nor schedule changed; the same list may have been posted again",
} as const;

/** `2 tasks lost, 1 task was on an agent that could not be reached`. */
export function lossWords({ tasksLost, tasksAway = 0 }: Loss): string {
  const lost = `${counted(tasksLost, "task")} lost`;
  if (tasksAway === 0) return lost;
  const were = tasksAway === 1 ? "was on an agent" : "were on agents";
  return `${lost}; ${counted(tasksAway, "task")} ${were} that could not be reached, and may go on running`;
}

/** `ok after 3 m`, `failed after 40 s: … ; web-01 failed`. */
function runWords({ how, words, hosts, lastedMs }: Extract<LogEvent, { kind: "run_ended" }>): string {
  const after = lastedMs === null ? "" : ` after ${aboutSpan(lastedMs)}`;
  const each = hosts
    .filter((host) => host.how !== "ok")
    .map(({ hostname, how: came }) => `${hostname} ${inWords(came)}`);
  return `${inWords(how)}${after}: ${[words, ...each].map(quoted).join("; ")}`;
}

type Loss = Pick<Extract<LogEvent, { kind: "down" }>, "tasksLost" | "tasksAway">;

function because(reason: string | null): string {
  return reason === null ? "" : `: ${quoted(reason)}`;
}

type Rolled = Pick<Maintenance, "batches">;

/** How the question is spoken of that an event is about. */
export function wordsOf(
  { batches }: Rolled,
  { batch, approval }: { readonly batch: string; readonly approval: string },
) {
  const found = batches.find(({ id }) => id === batch)?.approvals.find(({ id }) => id === approval);
  return ABOUT_WORDS[found?.about ?? "down"];
}

function isRoll({ batches }: Rolled): boolean {
  return batches.length > 1;
}

function whatOf(event: LogEvent, record: Rolled): string {
  const question = isRoll(record) && "approval" in event ? event.approval : null;
  switch (event.kind) {
    case "requested":
      return "asked for the maintenance";
    case "adopted":
      return `adopted: ${counted(event.machines, "machine")} that ${event.machines === 1 ? "was" : "were"} ${event.down ? "Down" : "draining"} already`;
    case "scheduled":
      return `the window of ${counted(event.machines, "machine")} stands in the schedule`;
    case "answers_changed":
      return `answers: ${event.tasksLeft} of ${event.tasksMost} tasks left; ${[...movedWords(event), frameworks(event)].join("; ")}`;
    case "empty":
      return "no tasks left";
    case "answers_cleared":
      return `the master forgot answers: ${CLEARED[event.why]}`;
    case "agents_away":
      return `agents away: ${event.machines.join(", ")}; ${counted(event.tasks, "task")} last seen there`;
    case "agents_gone":
      return `marked gone by somebody else: ${counted(event.agents, "agent")} of ${event.machines.join(", ")}; ${counted(event.tasks, "task")} ended there`;
    case "agents_registered":
      return `agents registered again: ${event.machines.join(", ")}`;
    case "window_starts_soon":
      return `the window starts at ${moment(event.startMs)}`;
    case "approval_asked": {
      const { whether } = wordsOf(record, event);
      return question === null ? `question whether ${whether}` : `question ${question}, whether ${whether}`;
    }
    case "approved":
      return `approved ${question ?? wordsOf(record, event).name}`;
    case "voted":
      return `vote ${event.votes} of ${event.needed} for ${question ?? wordsOf(record, event).name}`;
    case "denied":
      return `denied ${question ?? wordsOf(record, event).name}${because(event.reason)}`;
    case "approval_expired":
      return `${question ?? "the question"} expired without an answer`;
    case "approval_reminder":
      return `reminded of ${question ?? "the question"}, which expires at ${moment(event.expiresAtMs)}`;
    case "approval_outdated":
      return `${question ?? "the question"} not carried out, it got worse: ${event.changes.join("; ")}`;
    case "refused":
      return `wanted to ${wantedBy(event.decision)} and may not: ${event.why}`;
    case "held":
      return `held it${event.as === "owner" ? " as an owner" : ""}${because(event.reason)}`;
    case "released":
      return "released the hold";
    case "extended":
      return `extended the window by ${formatSpan(event.byMs)}${event.endMs === null ? "" : `, until ${moment(event.endMs)}`}`;
    case "windows_moved":
      return `windows of ${list(event.batches.map((id) => placeOf(record, id)))} moved by ${aboutSpan(event.byMs)}: the batch before is late`;
    case "deadline":
      return `the deadline passed with ${counted(event.tasksLeft, "task")} left; then ${event.then}`;
    case "overridden":
      return `overrode the rule ${inWords(event.rule)}: ${quoted(event.reason)}`;
    case "owners_told":
      return `told owners: ${event.owners.map(({ owner, of }) => `${mention(owner)} (${of.join(", ")})`).join("; ")}`;
    case "owner_ready":
      return `ready for Down: ${event.of.join(", ")}`;
    case "blast_radius":
      return "blast radius shown";
    case "unwatched":
      return `nobody had looked after it since ${moment(event.sinceMs)}; it waits for a person`;
    case "watched_again":
      return "went on though nobody had looked after it";
    case "paused":
      return `paused (${inWords(event.rule)}): ${event.saw}`;
    case "went_on":
      return event.by === null
        ? `no longer so (${inWords(event.rule)}); it goes on`
        : `went on in spite of it (${inWords(event.rule)})`;
    case "skipped":
      return "skipped the batch";
    case "left_behind":
      return `left behind: ${event.machines.join(", ")}; ${event.into} waits for the agents there`;
    case "split_off":
      return `left behind by ${event.from}: ${event.machines.join(", ")}`;
    case "within_limits":
      return `inside of the limits approved with ${event.approval}`;
    case "kill_draining":
      return `the master is asked to kill ${counted(event.tasks, "task")} on ${counted(event.agents, "agent")}`;
    case "kill_drained":
      return `drained: of ${counted(event.tasks, "task")} none is left`;
    case "move_step":
      return `asked Marathon to kill task ${event.number} of ${event.of} of ${event.app} on ${event.host}; ${event.healthy} were healthy, ${event.minimum} have to be${event.isAnswered ? "" : `; no answer came${event.why === undefined ? "" : `: ${event.why}`}`}`;
    case "move_stopped":
      return `nothing more of ${event.app} is moved: ${event.why}`;
    case "move_ended":
      return `moving tasks is over, ${event.moved} of ${event.of} are gone: ${event.why}`;
    case "taking_down":
      return "taking down";
    case "down":
      return `${counted(event.machines, "machine")} Down, ${lossWords(event)}`;
    case "bringing_up":
      return event.by === null ? "bringing up" : "asked for Up";
    case "up":
      return `${counted(event.machines, "machine")} up`;
    case "run_asked":
      return `asked for another run of ${event.runbook} (${event.run})`;
    case "run_started":
      return `runbook ${event.runbook} (${event.run}) started by worker ${event.worker}`;
    case "run_stop_asked":
      return `stopped runbook ${event.runbook} (${event.run})`;
    case "run_ended":
      return `runbook ${event.runbook} (${event.run}) ${runWords(event)}`;
    case "left_down":
      return `left the machines Down after ${event.run}`;
    case "agents_returned":
      return [
        `agents back: ${event.machines.join(", ")}; ${event.missing} missing`,
        ...(event.changes ?? []),
      ].join("; ");
    case "agents_missing":
      return [`agents not back: ${event.machines.join(", ")}`, ...(event.why ?? [])].join("; ");
    case "cancel_asked":
      return "cancelled";
    case "cancelled":
      return cancelledWords(event);
    case "overdue":
      return `the window ended at ${moment(event.endMs)} and machines are still away`;
    case "foreign_change":
      return `somebody else's change: ${event.text}`;
    case "trouble":
      return `trouble (${inWords(event.code)}): ${event.what}${event.said === null ? "" : ` The master said: ${quoted(event.said)}`} ${event.notDone}`;
    case "trouble_over":
      return `it goes on again after ${aboutSpan(event.atMs - event.sinceMs)}`;
    case "note":
      return event.text;
    case "failed":
      return `failed: ${event.why}`;
  }
}

/** Which frameworks have no task there any more, and which have some now that had none: `went: kafka (2 tasks)`. */
export function movedWords({
  went = [],
  came = [],
}: Extract<LogEvent, { kind: "answers_changed" }>): string[] {
  const withTasks = (those: typeof went) =>
    list(those.map(({ name, tasks }) => `${quoted(name)} (${counted(tasks, "task")})`));
  return [
    ...(went.length === 0 ? [] : [`went: ${withTasks(went)}`]),
    ...(came.length === 0 ? [] : [`came: ${withTasks(came)}`]),
  ];
}

function frameworks(event: Extract<LogEvent, { kind: "answers_changed" }>): string {
  if (event.frameworks.length === 0) return "no framework is asked";
  return event.frameworks
    .map((each) => {
      const counts = (["promised", "refused", "silent", "empty"] as const)
        .filter((verdict) => each[verdict] > 0)
        .map((verdict) => `${verdict} ${each[verdict]}`);
      const on = each.refusedOn.length === 0 ? "" : ` (refuses on ${list(each.refusedOn)})`;
      const unasked = unaskedTexts(each).map((text) => ` (${text})`);
      return `${each.name} ${counts.join(" ")}${on}${unasked.join("")}`;
    })
    .join(", ");
}

function cancelledWords({ unseen, stillDrained }: Extract<LogEvent, { kind: "cancelled" }>): string {
  if (!unseen && stillDrained === undefined) return "machines given back";
  return [
    "closed",
    ...(unseen ? ["whether our window is gone was not seen"] : []),
    ...(stillDrained === undefined ? [] : [`agents not reactivated: ${stillDrained.join(", ")}`]),
  ].join("; ");
}

import type { World } from "../cluster/world.js";
import { nextOpening } from "../policy/calendar.js";
import { closedForDown } from "../policy/hours.js";
import { overBudget } from "../policy/over-budget.js";
import type { Policy } from "../policy/policy.js";
import { isStillShown, runbookWanted } from "../policy/runbooks.js";
import { isStopped } from "../record/batch.js";
import { holdersText } from "../record/holds.js";
import { namesOf } from "../record/names.js";
import type { Picture, Seen } from "../record/picture.js";
import type { Approval, Maintenance } from "../record/record.js";
import { type FoundTrouble, troubleOf } from "../record/troubles.js";
import type { Stored } from "../record/unreadable.js";
import { isItsTurn, notItsTurn } from "../rolling/turn.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Refusal } from "../text/reply.js";
import { utc } from "../text/utc.js";
import type { Millis } from "../time.js";
import { ABOUT_WORDS } from "./about.js";
import { type Obstacles, obstacles, obstaclesToKill } from "./obstacles.js";
import { type AskableBatch, seenNow } from "./question.js";
import { worseThan } from "./seen.js";

/**
 * A batch that is about to go Down, or whose tasks are about to be killed, as the rules for that are checked: at the click on Approve with the world read after it, and
 * once more before the call (invariant 5). On a filtered view nobody gets this far.
 */
export interface DownAsked {
  readonly record: Maintenance;
  readonly batch: AskableBatch;
  readonly approval: Approval;
  readonly world: World;
  /** The other open maintenances of the cluster, where a policy with budgets has to know what they take. */
  readonly others: Stored;
  readonly policy: Policy;
  readonly nowMs: Millis;
  readonly obstacles: Obstacles;
  /** What is true now, in the form in which it was approved. */
  readonly seen: Seen;
}

/** What keeps a batch from going down now, in words for whoever approves, and what becomes of the question. */
export interface Blocked extends Refusal {
  /**
   * `waits`: the question or the approval stays as it is, and the rule is asked again. `expired`: nobody answered in time.
   * `worse`: it is asked anew with what is true now.
   */
  readonly then: "waits" | "expired" | "worse";
  /** What it is for a maintenance that was approved and waits; `null` when its card says it already. */
  readonly trouble: FoundTrouble | null;
  /** When the rule is over by itself, as far as is known. */
  readonly untilMs: Millis | null;
  /** A rule of the policy, whose refusals stand in the log. */
  readonly isPolicy: boolean;
  /** What changed, for a question that is asked anew. */
  readonly changes: readonly string[];
}

/** One reason why a batch may not go down now; `null` when it does not speak against it. */
type DownRule = (asked: DownAsked) => Blocked | null;

/** All that has to be so before machines go down, in this order: the first that blocks speaks. */
const DOWN_RULES: readonly DownRule[] = [
  held,
  unwatched,
  expired,
  notTheirTurn,
  paused,
  outsideHours,
  outOfBudget,
  unknownTasks,
  runbookGone,
  otherRunbook,
  worsePicture,
];

/** Those of them that hold for whatever is approved, not for Down alone. */
const COMMON_RULES: readonly DownRule[] = [
  held,
  unwatched,
  expired,
  notTheirTurn,
  outsideHours,
  unknownTasks,
];

/** Gathers what the rules look at. */
export function downAsked(asked: Omit<DownAsked, "obstacles" | "seen">, picture: Picture): DownAsked {
  const { world, batch, approval } = asked;
  const find = approval.about === "kill_drain" ? obstaclesToKill : obstacles;
  return {
    ...asked,
    obstacles: find(world, batch, picture),
    seen: seenNow(world, batch, picture, approval.about),
  };
}

/** Why this batch may not go down now, or `null` when it may. */
export function whyNotDown(asked: DownAsked): Blocked | null {
  return firstOf(DOWN_RULES, asked);
}

/** Why nothing may be approved now, whatever it is about, or `null` when it may. */
export function whyNothingNow(asked: DownAsked): Blocked | null {
  return firstOf(COMMON_RULES, asked);
}

function firstOf(rules: readonly DownRule[], asked: DownAsked): Blocked | null {
  for (const rule of rules) {
    const blocked = rule(asked);
    if (blocked !== null) return blocked;
  }
  return null;
}

export const WAITS = { then: "waits", trouble: null, untilMs: null, isPolicy: false, changes: [] } as const;

function held({ record }: DownAsked): Blocked | null {
  if (record.held === null) return null;
  return {
    ...WAITS,
    why: `${record.id} is held by ${holdersText(record)}.`,
    next: `Once it is released with the button or /mesos release ${record.id}, decide again.`,
  };
}

/** What the record says may be of the past: somebody may have denied this question, or ended the maintenance, since. */
function unwatched({ record: { id, unwatched: since } }: DownAsked): Blocked | null {
  if (since === null) return null;
  return {
    ...WAITS,
    why: `${id}: nobody had looked after it from ${utc(since.sinceMs, "minute")} to ${utc(since.noticedAtMs, "minute")} UTC, so what it says may be of the past.`,
    next: `Look at the card and at the newest messages. If it may go on, press Go on or type /mesos go-on ${id}; then decide again.`,
  };
}

/** Fail closed: a question that nobody answered in time is a no, and an approval does not last for ever. */
function expired({ record, approval, nowMs }: DownAsked): Blocked | null {
  if (nowMs < approval.expiresAtMs) return null;
  return {
    ...WAITS,
    then: "expired",
    why: `${record.id}: this question has expired.`,
    next:
      approval.about === "down"
        ? `Ask again with the button on the card or /mesos down ${record.id}.`
        : ABOUT_WORDS[approval.about].again(record.id),
    changes: ["the approval is older than it may be"],
  };
}

/** Batches go down one after another: the one before has to be back first. */
function notTheirTurn({ record, batch }: DownAsked): Blocked | null {
  if (isItsTurn(record, batch)) return null;
  const { text, next } = notItsTurn(record, batch);
  return { ...WAITS, why: text, next };
}

/** A rule stopped the roll before this batch, and nobody has gone on. To approve what is asked about alone is to go on. */
function paused({ record, batch }: DownAsked): Blocked | null {
  if (!isStopped(record, batch)) return null;
  return {
    ...WAITS,
    why: `${record.id} is paused: ${quoted(record.paused?.saw ?? "")}.`,
    next: `Press Go on on the card, or type /mesos go-on ${record.id}; then decide again.`,
  };
}

function outsideHours({ record, policy, nowMs }: DownAsked): Blocked | null {
  const closed = closedForDown(record, policy, nowMs);
  if (closed === null) return null;
  const { why, next, override } = closed;
  return {
    ...WAITS,
    why,
    next,
    isPolicy: true,
    trouble: troubleOf("calendar_closed", { closed: why, override }),
    untilMs: nextOpening(policy.calendar, nowMs),
  };
}

/** More would be out of service at once than the policy allows. */
function outOfBudget(asked: DownAsked): Blocked | null {
  const over = overBudget(asked);
  if (over === null) return null;
  const { why, override } = over;
  return {
    ...WAITS,
    why,
    next: `Decide again when what is out is back, or ${override}`,
    isPolicy: true,
    trouble: troubleOf("over_budget", over),
  };
}

/** Without knowing what runs there nobody can say that it is what was shown (invariant 2). It passes by itself. */
function unknownTasks({ record, obstacles: { notOurs, unknown } }: DownAsked): Blocked | null {
  if (unknown.length === 0 || notOurs.length > 0) return null;
  return {
    ...WAITS,
    why: `${record.id}: ${quoted(list(unknown, "; ", 5))}.`,
    next: "Click again when the agents have registered again.",
    trouble: troubleOf("tasks_unknown", { unknown: quoted(list(unknown, "; ")) }),
  };
}

/** What was to be run on the machines is no longer there: without it they would go down for nothing. */
function runbookGone({ record, policy }: DownAsked): Blocked | null {
  const { id, wanted } = record;
  if (wanted.run === undefined || runbookWanted(record, policy) !== null) return null;
  const runbook = quoted(wanted.run);
  return {
    ...WAITS,
    why: `${id}: the runbook ${runbook} is not in the clusters file any more.`,
    next: "Put it back and restart the workers, or cancel and send the drain again without it.",
    trouble: troubleOf("runbook_gone", { id, runbook }),
  };
}

/** What was approved is what runs: one that was changed since is asked about anew (invariant 5). */
function otherRunbook({ record, approval, policy }: DownAsked): Blocked | null {
  if (approval.about !== "down" || isStillShown(record, approval.runbook, policy)) return null;
  const change = `the runbook ${quoted(record.wanted.run ?? "")} was changed`;
  return {
    ...WAITS,
    then: "worse",
    why: `Since the question was asked ${change}.`,
    next: "Look at the new question in the thread and decide again.",
    changes: [change],
  };
}

/** Machines that are not ours to take down as they stand, and a picture that got worse than what was shown (invariant 5). */
function worsePicture({
  record,
  approval,
  seen,
  obstacles: { notOurs, unknown },
}: DownAsked): Blocked | null {
  const changes = [
    ...notOurs,
    ...(unknown.length === 0 ? worseThan(approval.seen, seen, namesOf(record)) : []),
  ];
  if (changes.length === 0) return null;
  return {
    ...WAITS,
    then: "worse",
    why: `The picture got worse since the question was asked: ${quoted(list(changes, "; ", 5))}.`,
    next:
      notOurs.length === 0
        ? "Look at the new question in the thread and decide again."
        : "Post the window again with the button, or cancel; once the machines drain again the question is asked anew.",
    changes,
  };
}

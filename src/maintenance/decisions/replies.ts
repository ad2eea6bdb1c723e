import { ABOUT_WORDS } from "../approval/about.js";
import type { World } from "../cluster/world.js";
import { announcedAtMs, currentBatch, phaseOf, standOf } from "../record/batch.js";
import { holdersText } from "../record/holds.js";
import type { About, Approval, Maintenance } from "../record/record.js";
import { sightOf, whyFiltered } from "../sight/sight.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { ReplyParts } from "../text/reply.js";
import { aboutSpan, formatSpan } from "../time.js";

/**
 * What a click on a settled question gets: who has decided, and that nothing changed; `null` for an open one. Whoever
 * settled it is told so again: their click may be carried out a second time after a crash.
 */
export function alreadySettled(
  record: Maintenance,
  approval: Approval,
  user: string | null = null,
): ReplyParts | null {
  const outcome = approval.outcome;
  if ((outcome?.kind === "granted" || outcome?.kind === "denied") && outcome.by === user) {
    return outcome.kind === "granted" ? approvedReply(record, approval) : deniedReply(record, approval);
  }
  switch (outcome?.kind) {
    case undefined:
      return null;
    case "granted":
      return {
        tone: "info",
        text: `${record.id}: <@${outcome.by}> has already approved this. Nothing was changed.`,
      };
    case "denied":
      return {
        tone: "info",
        text: `${record.id}: <@${outcome.by}> has already denied this. Nothing was changed.`,
      };
    case "expired":
      return expiredReply(record, approval);
    case "outdated":
      return {
        tone: "refused",
        text: `${record.id}: the picture got worse after this question was asked: ${quoted(list(outcome.changes, "; ", 5))}.`,
        notDone: `${ABOUT_WORDS[approval.about].notDone} on it.`,
        next: "Look at the newest messages of the thread: a newer question, or what has to be put right first.",
      };
    case "withdrawn":
      return {
        tone: "info",
        text: `${record.id}: this question was withdrawn.`,
        notDone: "Nothing was changed.",
        next: "Look at the newest messages of the thread.",
      };
  }
}

/** The vote that granted it. */
export function approvedReply(record: Maintenance, { about }: Approval): ReplyParts {
  if (about === "move_tasks") {
    const text = `You approved ${record.id}; its tasks are moved step by step, and the thread tells of each.`;
    return { tone: "done", text };
  }
  const phase = phaseOf(record);
  const isGoing = phase === (about === "down" ? "taking_down" : "kill_draining");
  const going = isGoing ? GOING[about] : `it is ${phase.replaceAll("_", " ")} now`;
  return { tone: "done", text: `You approved ${record.id}; ${going}.` };
}

const GOING: Readonly<Record<Exclude<About, "move_tasks">, string>> = {
  down: "the machines are being taken down",
  kill_drain: "the master is asked to kill what runs on the machines",
};

/** A no to it. */
export function deniedReply({ id }: Maintenance, { about }: Approval): ReplyParts {
  const { name, notDone, again } = ABOUT_WORDS[about];
  return {
    tone: "done",
    text: `You denied ${about === "down" ? "the Down" : name} of ${id}. ${notDone} on that question.`,
    next: again(id),
  };
}

/** A vote that others have to follow. */
export function votedReply(
  { id }: Maintenance,
  { about }: Approval,
  votes: number,
  needed: number,
): ReplyParts {
  const missing = needed - votes;
  return {
    tone: "done",
    text: `You approved ${id}: ${votes} of ${needed}.`,
    notDone: `${ABOUT_WORDS[about].notDone} yet.`,
    next: `${missing === 1 ? "One more person has" : `${missing} more people have`} to approve.`,
  };
}

/** Nobody answered in time. */
function expiredReply({ id }: Maintenance, { about }: Approval): ReplyParts {
  const { notDone, again } = ABOUT_WORDS[about];
  const text = `${id}: this question has expired.`;
  const next = about === "down" ? `Ask again with the button on the card or /mesos down ${id}.` : again(id);
  return { tone: "refused", text, notDone: `${notDone}.`, next };
}

/** Nothing goes on while somebody holds it. */
export function isHeld(record: Maintenance, notDone: string): ReplyParts {
  return {
    tone: "refused",
    text: `${record.id} is held by ${holdersText(record)}.`,
    notDone,
    next: `Once it is released with the button or /mesos release ${record.id}, decide again.`,
  };
}

/** When it goes on after something that a person decided: a hold outlasts every other decision. */
export function onceReleased({ held }: Maintenance): string {
  return held === null ? "" : " once it is released";
}

/** Its window is on the way to another one at the master. */
export function isMoving(record: Maintenance, notDone: string): ReplyParts {
  return {
    tone: "info",
    text: `${record.id}: its longer window is being posted to the master right now.`,
    notDone,
    next: untilItStands(record),
  };
}

/** What leads to a window that stands: to wait for it, unless something is in its way. */
export function untilItStands(record: Maintenance): string {
  const { id, trouble, held, wanted } = record;
  if (trouble !== null) return trouble.next;
  if (held !== null) return `Release it with the button or /mesos release ${id}; then its window is posted.`;
  const batch = currentBatch(record);
  if (wanted.announceMs !== undefined && batch !== undefined && announcedAtMs(record, batch) !== null) {
    return `Its window is posted ${formatSpan(wanted.announceMs)} before it starts; the card shows when. To give the machines back before that: /mesos cancel ${id}.`;
  }
  return "Wait until its window stands, then try again; the card shows when.";
}

/** The machines are on their way back already; `null` when they are not. */
export function beingCancelled({ id, cancel }: Maintenance): ReplyParts | null {
  if (cancel === null) return null;
  return {
    tone: "info",
    text: `${id} is being cancelled by <@${cancel.by}>; the machines are given back.`,
    notDone: "Nothing else was done.",
  };
}

/** A button or id of something that this maintenance does not have. */
export function nothingToDo(record: Maintenance): ReplyParts {
  return {
    tone: "refused",
    text: `${record.id} has no such question or batch (it is ${standOf(record)}).`,
    notDone: "Nothing was changed.",
    next: `See how it stands with /mesos status ${record.id}.`,
  };
}

/** Nothing is decided any more after the end. */
export function alreadyEnded(record: Maintenance): ReplyParts {
  const end = record.end;
  const ago =
    end === null
      ? ""
      : ` (it ended as ${end.phase} ${aboutSpan(end.atMs - record.requestedAtMs)} after it was asked for)`;
  const next = `See what was done with /mesos history ${record.id}.`;
  return { tone: "info", text: `${record.id} has ended${ago}.`, notDone: "Nothing was done.", next };
}

/** Nothing is decided on a filtered view (invariant 2); `null` when nothing speaks against it. */
export function filtered(world: World): ReplyParts | null {
  const blind = whyFiltered(sightOf(world), "decide again");
  if (blind === null) return null;
  const { what, notDone, next } = blind;
  return { tone: "error", text: quoted(what), notDone, next };
}

import type { types } from "@slack/bolt";
import { WINDOW_CHANGED } from "../maintenance/foreign-changes.js";
import { hasEnded, isBeforeApproval, isDownSent, isToGoDown } from "../maintenance/log.js";
import type { Batch, Maintenance, Phase } from "../maintenance/record.js";
import { CANCEL_UNSEEN, OWN_WINDOW_UNSEEN } from "../maintenance/unseen-window.js";
import { button, type Confirm } from "./blocks.js";

/** What the Extend button proposes; its modal offers other spans as well. */
export const EXTEND_MS = 3_600_000;

/** Phases in which our window stands in the schedule and can be moved. */
const EXTENDABLE: readonly Phase[] = ["draining", "awaiting_approval", "down"];

/** Troubles that only a person can end: our window was changed by somebody else, or cannot be seen; it may be posted again. */
const REPOSTABLE: readonly string[] = [WINDOW_CHANGED, OWN_WINDOW_UNSEEN];

/**
 * What a person can do now, from the phases of the batches, the most likely first. Once it has ended there is nothing
 * to press; while it is being given back only Details.
 */
export function cardButtons(record: Maintenance): types.Button[] {
  if (record.end !== null) return [];
  const details = button("Details", { v: 1, id: record.id, show: "details" });
  const value = { v: 1 as const, id: record.id, rev: record.seq };
  if (record.cancel !== null) {
    // The master shows nothing that would confirm it: a second one closes it.
    if (record.trouble?.code !== CANCEL_UNSEEN) return [details];
    return [details, button("Cancel", { ...value, decision: { kind: "cancel" } }, { confirm: CLOSE_UNSEEN })];
  }
  const { batches } = record;
  const out: types.Button[] = [];
  if (record.trouble !== null && REPOSTABLE.includes(record.trouble.code)) {
    out.push(button("Post the window again", { ...value, decision: { kind: "retry" } }));
  }
  const draining = batches.find((batch) => batch.phase === "draining" && batch.movingFrom === null);
  if (draining !== undefined && record.held === null) {
    const decision = { kind: "ask_down" as const, batch: draining.id };
    // Not the inviting green one: nobody should press it because it is there.
    out.push(button("Ask for Down", { ...value, decision }));
  }
  if (batches.some((batch) => batch.phase === "down")) {
    out.push(button("Up", { ...value, decision: { kind: "up" } }, { style: "primary" }));
  }
  if (record.owners.some((owner) => owner.said !== "ready") && batches.some(isBeforeApproval)) {
    out.push(button("Ready", { ...value, decision: { kind: "ready" } }));
  }
  if (record.held !== null) {
    out.push(button("Release", { ...value, decision: { kind: "release" } }, { style: "primary" }));
  } else if (canHold(record)) {
    out.push(button("Hold", { ...value, decision: { kind: "hold", reason: null } }));
  }
  if (canExtend(record)) {
    out.push(button("Extend", { ...value, decision: { kind: "extend", byMs: EXTEND_MS } }));
  }
  out.push(details);
  if (isWaitingForAgents(record)) {
    out.push(button("Stop waiting", { ...value, decision: { kind: "cancel" } }, { confirm: STOP_WAITING }));
  } else if (batches.every(canCancel)) {
    out.push(button("Cancel", { ...value, decision: { kind: "cancel" } }, { confirm: CANCEL }));
  }
  return out;
}

/** Everything at the master is done, and agents have yet to register again. */
export function isWaitingForAgents(record: Maintenance): boolean {
  return record.end === null && record.batches.length > 0 && record.batches.every(hasEnded);
}

/** Approved is not sent yet: until the call is under way the machines can be given back. */
function canCancel(batch: Batch): boolean {
  return isToGoDown(batch) && !isDownSent(batch);
}

/** As long as some Down is still to come; a call that is under way cannot be held. */
function canHold({ batches }: Maintenance): boolean {
  return !batches.some(isDownSent) && batches.some(isToGoDown);
}

/**
 * A window without an end cannot get a later one, one that is being moved is left alone until it has moved, and while
 * machines are being taken down no schedule is posted.
 */
function canExtend({ batches }: Maintenance): boolean {
  const standing = batches.filter((batch) => EXTENDABLE.includes(batch.phase));
  return (
    standing.some((batch) => batch.window.duration !== null) &&
    standing.every((batch) => batch.movingFrom === null) &&
    !batches.some((batch) => batch.phase === "taking_down")
  );
}

const CANCEL: Confirm = {
  title: "Cancel this maintenance?",
  text: "Its machines are given back: their windows leave the schedule. Windows of other people stay.",
  confirm: "Cancel it",
  deny: "Keep it",
};

const CLOSE_UNSEEN: Confirm = {
  title: "Close without seeing it?",
  text: "The master shows no schedule at all, so nobody can tell whether the window is gone. Look at the master first.",
  confirm: "Close it",
  deny: "Wait",
};

const STOP_WAITING: Confirm = {
  title: "Close this maintenance?",
  text: "The machines are up. Agents that have not registered again are no longer waited for.",
  confirm: "Close it",
  deny: "Keep waiting",
};

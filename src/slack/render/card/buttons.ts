import type { types } from "@slack/bolt";
import {
  canCancel,
  canExtend,
  canHold,
  isWaitingForAgents,
  REPOSTABLE,
} from "../../../maintenance/decisions/possible.js";
import { isBeforeApproval } from "../../../maintenance/record/batch.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import { CANCEL_UNSEEN } from "../../../maintenance/sight/nothing-shown.js";
import { button, type Confirm } from "../blocks.js";

/** What the Extend button proposes; its modal offers other spans as well. */
export const EXTEND_MS = 3_600_000;

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

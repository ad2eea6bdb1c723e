import { ask, askAgainBecauseWorse, openApproval, seenNow, settle, watchedMachines } from "./approval.js";
import { hiddenMachines } from "./blind.js";
import type { Decision, DecisionKind } from "./decision.js";
import { phaseOf, withBatch, withEvent } from "./log.js";
import { filteredRead } from "./plan.js";
import { mayNotApprove, type Policy } from "./policy.js";
import type { Approval, Batch, Maintenance } from "./record.js";
import { type Reply, replyOf } from "./reply.js";
import { worseThan } from "./seen.js";
import { formatSpan, type Millis } from "./time.js";
import { lookAt, pictureOf } from "./verdicts.js";
import type { World } from "./world.js";

/** Who decides, when, and what is true at that moment. */
export interface DecisionContext {
  readonly by: string;
  readonly nowMs: Millis;
  readonly policy: Policy;
  /** The world read after the click; `null` for decisions that do not need it (`needsWorld`). */
  readonly world: World | null;
}

/** The record after a decision, and what the person who decided is told. */
export interface Decided {
  readonly record: Maintenance;
  readonly reply: Reply;
}

/** Decisions about the Down step are taken on a world that was read after the click (invariant 5). */
export function needsWorld(kind: DecisionKind): boolean {
  return kind === "approve" || kind === "ask_down";
}

/**
 * What a decision does to a maintenance. Pure; the same whether it came from a button or a command. A decision that
 * cannot be taken leaves the record as it is and says why and what to do next (invariant 10); a second one after it
 * was settled changes nothing.
 */
export function decide(record: Maintenance, decision: Decision, context: DecisionContext): Decided {
  if (record.end !== null) return unchanged(record, alreadyEnded(record));
  switch (decision.kind) {
    case "ask_down":
      return askDown(record, batchOf(record, decision.batch), context);
    case "approve":
      return approve(record, batchOf(record, decision.batch), decision.approval, context);
    case "deny":
      return deny(record, batchOf(record, decision.batch), decision, context);
    case "cancel":
      return cancel(record, context);
    case "up":
      return up(record, context);
    case "retry":
      return retry(record, context);
  }
}

function askDown(record: Maintenance, batch: Batch | null, context: DecisionContext): Decided {
  const { world, nowMs, policy, by } = context;
  if (batch === null || world === null) return unchanged(record, nothingToDo(record));
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  if (batch.phase === "awaiting_approval") {
    return unchanged(record, {
      tone: "info",
      text: `${record.id}: the approval is already asked for; the question stands in the thread.`,
      next: "Approve or deny it there.",
    });
  }
  if (batch.phase !== "draining") return unchanged(record, wrongPhase(record, "Down"));
  const blind = filtered(world);
  if (blind !== null) return unchanged(record, blind);
  const looked = freshPicture(record, batch, world);
  const picture = pictureOf(batch.machines, looked.picture);
  const notDraining = picture.machines.filter((machine) => machine.mode !== "draining");
  if (notDraining.length > 0) {
    const names = notDraining.map((machine) => machine.hostname).join(", ");
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: the master does not show ${names} as draining, and only draining machines can be taken down.`,
      notDone: "The approval was not asked for.",
      next: "Look at the card: if somebody removed the window, post it again with the button, or cancel.",
    });
  }
  const asked = ask(looked.record, batch, seenNow(world, batch, picture), by, policy, nowMs);
  return {
    record: asked,
    reply: replyOf({ tone: "done", text: `${record.id}: the approval is asked for in the thread.` }),
  };
}

function approve(
  record: Maintenance,
  batch: Batch | null,
  approvalId: string,
  context: DecisionContext,
): Decided {
  const { world, nowMs, policy, by } = context;
  const approval = batch?.approvals.find((a) => a.id === approvalId) ?? null;
  if (batch === null || approval === null || world === null) return unchanged(record, nothingToDo(record));
  const settled = alreadySettled(record, approval);
  if (settled !== null) return unchanged(record, settled);
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  const refused = mayNotApprove(record, by, policy);
  if (refused !== null)
    return unchanged(record, { tone: "refused", text: refused, notDone: "Nothing was taken down." });
  if (nowMs >= approval.expiresAtMs) {
    const expired = withBatch(record, {
      ...settle(batch, { kind: "expired", atMs: nowMs }),
      phase: "draining",
    });
    const told = withEvent(expired, nowMs, {
      kind: "approval_expired",
      batch: batch.id,
      approval: approval.id,
    });
    return { record: told, reply: replyOf(expiredReply(record)) };
  }
  const blind = filtered(world);
  if (blind !== null) return unchanged(record, blind);

  const looked = freshPicture(record, batch, world);
  const picture = pictureOf(batch.machines, looked.picture);
  const seen = seenNow(world, batch, picture);
  const notDraining = picture.machines
    .filter((machine) => machine.mode !== "draining")
    .map((machine) => `${machine.hostname} is ${machine.mode}, not draining`);
  const unknown = picture.machines
    .filter((machine) => machine.recovering > 0)
    .map(
      (machine) =>
        `the agent on ${machine.hostname} has not registered again since the fail-over, so its tasks are not known`,
    );
  const changes = [...notDraining, ...unknown, ...worseThan(approval.seen, seen)];
  if (changes.length > 0) {
    return {
      record: askAgainBecauseWorse(looked.record, batch, seen, changes, by, policy, nowMs),
      reply: replyOf({
        tone: "refused",
        text: `The picture got worse since the question was asked: ${changes.slice(0, 5).join("; ")}.`,
        notDone: "Nothing was taken down.",
        next: "Look at the new question in the thread and decide again.",
      }),
    };
  }
  const granted: Batch = {
    ...settle(batch, { kind: "granted", by, atMs: nowMs }),
    phase: "taking_down",
    intent: null,
  };
  const told = withEvent(withBatch(looked.record, granted), nowMs, {
    kind: "approved",
    batch: batch.id,
    approval: approval.id,
    by,
  });
  return {
    record: withEvent(told, nowMs, { kind: "taking_down", batch: batch.id }),
    reply: replyOf({ tone: "done", text: `You approved ${record.id}; the machines are being taken down.` }),
  };
}

function deny(
  record: Maintenance,
  batch: Batch | null,
  { approval: approvalId, reason }: Extract<Decision, { kind: "deny" }>,
  { by, nowMs, policy }: DecisionContext,
): Decided {
  const approval = batch?.approvals.find((a) => a.id === approvalId) ?? null;
  if (batch === null || approval === null) return unchanged(record, nothingToDo(record));
  const settled = alreadySettled(record, approval);
  if (settled !== null) return unchanged(record, settled);
  // The requester may always take their own question back.
  const refused = by === record.requester ? null : mayNotApprove(record, by, policy);
  if (refused !== null)
    return unchanged(record, { tone: "refused", text: refused, notDone: "Nothing was decided." });
  const denied = withBatch(record, {
    ...settle(batch, { kind: "denied", by, atMs: nowMs, reason }),
    phase: "draining",
  });
  return {
    record: withEvent(denied, nowMs, { kind: "denied", batch: batch.id, approval: approval.id, by, reason }),
    reply: replyOf({
      tone: "done",
      text: `You denied the Down of ${record.id}. The machines go on draining.`,
      next: `Ask again with the button or /mesos down ${record.id}, or give them back with /mesos cancel ${record.id}.`,
    }),
  };
}

function cancel(record: Maintenance, { by, nowMs }: DecisionContext): Decided {
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  const phases = new Set(record.batches.map((batch) => batch.phase));
  if (phases.has("taking_down")) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id} is being taken down right now; that cannot be called back.`,
      notDone: "Nothing was cancelled.",
      next: `Bring the machines back with /mesos up ${record.id} once they are down.`,
    });
  }
  if (phases.has("down") || phases.has("bringing_up") || phases.has("up"))
    return unchanged(record, wrongPhase(record, "Cancel"));
  const asked = withEvent({ ...record, cancel: { by, atMs: nowMs } }, nowMs, { kind: "cancel_asked", by });
  if (record.batches.length === 0) {
    const done = withEvent(asked, nowMs, { kind: "cancelled" });
    const end = { phase: "cancelled" as const, atMs: nowMs, why: null };
    return {
      record: { ...done, end, trouble: null },
      reply: replyOf({ tone: "done", text: `${record.id} is cancelled; nothing had been posted yet.` }),
    };
  }
  return {
    record: asked,
    reply: replyOf({
      tone: "done",
      text: `${record.id}: the machines are being given back; other people's windows stay.`,
    }),
  };
}

function up(record: Maintenance, { by, nowMs }: DecisionContext): Decided {
  const ready = record.batches.filter((batch) => batch.phase === "down");
  if (ready.length === 0) return unchanged(record, wrongPhase(record, "Up"));
  let next = record;
  for (const batch of ready) {
    next = withBatch(next, { ...batch, phase: "bringing_up" });
    next = withEvent(next, nowMs, { kind: "bringing_up", batch: batch.id, by });
  }
  return {
    record: next,
    reply: replyOf({ tone: "done", text: `${record.id}: the machines are being brought up.` }),
  };
}

function retry(record: Maintenance, { nowMs }: DecisionContext): Decided {
  if (record.trouble?.code !== "window_changed" || record.cancel !== null) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id}: its window stands at the master; nothing to post again.`,
    });
  }
  const batches = record.batches.map((batch): Batch => {
    if (batch.phase !== "draining" && batch.phase !== "awaiting_approval") return batch;
    const open = openApproval(batch) === null ? batch : settle(batch, { kind: "withdrawn", atMs: nowMs });
    return { ...open, phase: "scheduled", askedByItself: false };
  });
  return {
    record: { ...record, batches },
    reply: replyOf({ tone: "done", text: `${record.id}: the window is being posted again.` }),
  };
}

/** The record with a picture of the world that was read for this decision. */
function freshPicture(record: Maintenance, batch: Batch, world: World) {
  const picture = lookAt(world, record.batches.flatMap(watchedMachines), record.picture);
  return { record: { ...record, picture }, picture: pictureOf(batch.machines, picture) };
}

function filtered(world: World): Parameters<typeof replyOf>[0] | null {
  const hidden = hiddenMachines(world);
  if (hidden.length === 0) return null;
  const { what, notDone, next } = filteredRead(hidden);
  return { tone: "error", text: what, notDone, next };
}

function batchOf(record: Maintenance, id: string): Batch | null {
  return record.batches.find((batch) => batch.id === id) ?? null;
}

function unchanged(record: Maintenance, reply: Parameters<typeof replyOf>[0]): Decided {
  return { record, reply: replyOf(reply) };
}

function alreadySettled(record: Maintenance, approval: Approval): Parameters<typeof replyOf>[0] | null {
  const outcome = approval.outcome;
  switch (outcome?.kind) {
    case undefined:
      return null;
    case "granted":
      return {
        tone: "info",
        text: `${record.id}: <@${outcome.by}> has already approved this. Your click changed nothing.`,
      };
    case "denied":
      return {
        tone: "info",
        text: `${record.id}: <@${outcome.by}> has already denied this. Your click changed nothing.`,
      };
    case "expired":
      return expiredReply(record);
    case "outdated":
      return {
        tone: "refused",
        text: `${record.id}: the picture changed after this question was asked.`,
        notDone: "Your click changed nothing.",
        next: "Decide on the newer question in the thread.",
      };
    case "withdrawn":
      return {
        tone: "info",
        text: `${record.id}: this question was withdrawn.`,
        notDone: "Your click changed nothing.",
        next: "Look at the newest messages of the thread.",
      };
  }
}

function expiredReply(record: Maintenance): Parameters<typeof replyOf>[0] {
  return {
    tone: "refused",
    text: `${record.id}: this question has expired.`,
    notDone: "Nothing was taken down.",
    next: `Ask again with the button on the card or /mesos down ${record.id}.`,
  };
}

function beingCancelled(record: Maintenance): Parameters<typeof replyOf>[0] {
  const by = record.cancel === null ? "" : ` by <@${record.cancel.by}>`;
  return {
    tone: "info",
    text: `${record.id} is being cancelled${by}; the machines are given back.`,
    notDone: "Nothing else was done.",
  };
}

function nothingToDo(record: Maintenance): Parameters<typeof replyOf>[0] {
  return {
    tone: "refused",
    text: `${record.id} has no such question or batch (it is ${phaseOf(record)}).`,
    notDone: "Your click changed nothing.",
    next: `See how it stands with /mesos status ${record.id}.`,
  };
}

function alreadyEnded(record: Maintenance): Parameters<typeof replyOf>[0] {
  const end = record.end;
  const ago =
    end === null
      ? ""
      : ` (it ended as ${end.phase} ${formatSpan(end.atMs - record.requestedAtMs)} after it was asked for)`;
  return { tone: "info", text: `${record.id} has ended${ago}.`, notDone: "Nothing was done." };
}

/** What can be done instead, phase by phase. */
function wrongPhase(record: Maintenance, wanted: "Down" | "Up" | "Cancel"): Parameters<typeof replyOf>[0] {
  const phase = phaseOf(record);
  const next: Record<typeof phase, string> = {
    requested: "Wait until its window stands; the card shows when.",
    scheduled: "Wait until its window stands; the card shows when.",
    draining: `Ask for the approval with /mesos down ${record.id}.`,
    awaiting_approval: "Approve or deny the question in the thread first.",
    taking_down: "Wait until the machines are down; the thread tells.",
    down: `Bring the machines back with /mesos up ${record.id}.`,
    bringing_up: "Wait until the machines are up; the thread tells.",
    up: "Nothing to do: the machines are back in service.",
    cancelled: "Nothing to do: the machines were given back.",
    failed: "Send the drain again.",
  };
  return {
    tone: "refused",
    text: `${record.id} is ${phase}, so ${wanted} is not possible now.`,
    notDone: "Nothing was done.",
    next: next[phase],
  };
}

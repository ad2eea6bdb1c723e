import { hostnamesOf, machinesMissing } from "./agents-back.js";
import { withdrawn } from "./approval.js";
import { askDown } from "./decide-ask.js";
import { approve, deny } from "./decide-down.js";
import { extend } from "./decide-extend.js";
import { hold, release } from "./decide-hold.js";
import { override } from "./decide-override.js";
import { ready } from "./decide-ready.js";
import type { Decision, DecisionKind } from "./decision.js";
import { ended, hasEnded, withBatch, withEvent } from "./log.js";
import { list } from "./plan.js";
import type { Person, Policy } from "./policy.js";
import { quoted } from "./quote.js";
import type { Maintenance } from "./record.js";
import { alreadyEnded, beingCancelled, isMoving, unchanged, wrongPhase } from "./refusals.js";
import { type Reply, replyOf } from "./reply.js";
import type { Millis } from "./time.js";
import type { World } from "./world.js";

/** Who decides, when, and what is true at that moment. */
export interface DecisionContext {
  /** Who decides, with the user groups they were found to be in. */
  readonly person: Person;
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
      return askDown(record, decision.batch, context);
    case "approve":
      return approve(record, decision, context);
    case "deny":
      return deny(record, decision, context);
    case "cancel":
      return cancel(record, context);
    case "up":
      return up(record, context);
    case "hold":
      return hold(record, decision, context);
    case "release":
      return release(record, context);
    case "extend":
      return extend(record, decision, context);
    case "ready":
      return ready(record, context);
    case "override":
      return override(record, decision, context);
    case "retry":
      return retry(record, context);
  }
}

function cancel(record: Maintenance, { person, nowMs }: DecisionContext): Decided {
  const by = person.user;
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  if (record.batches.length > 0 && record.batches.every(hasEnded)) return stopWaiting(record, by, nowMs);
  const phases = new Set(record.batches.map((batch) => batch.phase));
  if (phases.has("taking_down")) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id} is being taken down right now; that cannot be called back.`,
      notDone: "Nothing was cancelled.",
      next: `Bring the machines back with /mesos up ${record.id} once they are down.`,
    });
  }
  if (phases.has("down") || phases.has("bringing_up") || phases.has("up")) {
    return unchanged(record, wrongPhase(record, "Cancel"));
  }
  const asked = withEvent({ ...record, cancel: { by, atMs: nowMs } }, nowMs, { kind: "cancel_asked", by });
  if (record.batches.length === 0) {
    return {
      record: ended(withEvent(asked, nowMs, { kind: "cancelled" }), "cancelled", nowMs),
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

/** After Up: agents that never come back must not keep a maintenance open for ever. */
function stopWaiting(record: Maintenance, by: string, nowMs: Millis): Decided {
  const missing = quoted(list(record.batches.flatMap((batch) => hostnamesOf(machinesMissing(batch), batch))));
  const told = withEvent(record, nowMs, {
    kind: "note",
    text: `<@${by}> closed this without waiting any longer for the agents on ${missing}.`,
  });
  return {
    record: ended(told, "up", nowMs),
    reply: replyOf({
      tone: "done",
      text: `${record.id} is closed. The machines are up; no agent has registered again on ${missing}.`,
    }),
  };
}

function up(record: Maintenance, { person, nowMs }: DecisionContext): Decided {
  const ready = record.batches.filter((batch) => batch.phase === "down");
  if (ready.length === 0) return unchanged(record, wrongPhase(record, "Up"));
  let next = record;
  for (const batch of ready) {
    next = withBatch(next, { ...batch, phase: "bringing_up", movingFrom: null });
    next = withEvent(next, nowMs, { kind: "bringing_up", batch: batch.id, by: person.user });
  }
  return {
    record: next,
    reply: replyOf({ tone: "done", text: `${record.id}: the machines are being brought up.` }),
  };
}

function retry(record: Maintenance, { nowMs }: DecisionContext): Decided {
  const draining = record.batches.filter((b) => b.phase === "draining" || b.phase === "awaiting_approval");
  if (record.trouble?.code !== "window_changed" || record.cancel !== null || draining.length === 0) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id}: there is no removed window to post again, as far as the last look at the master shows.`,
      notDone: "Your click changed nothing.",
      next: `See how it stands with /mesos status ${record.id}.`,
    });
  }
  if (draining.some((batch) => batch.movingFrom !== null)) {
    return unchanged(record, isMoving(record, "Your click changed nothing."));
  }
  let next = record;
  for (const batch of draining) {
    next = withBatch(next, { ...withdrawn(batch, nowMs), phase: "scheduled", askedByItself: false });
  }
  return {
    record: next,
    reply: replyOf({ tone: "done", text: `${record.id}: the window is being posted again.` }),
  };
}

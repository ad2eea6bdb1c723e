import { withdrawnToAskAnew } from "../approval/question.js";
import { endMs } from "../cluster/schedule.js";
import { tooLong } from "../policy/drain-rules.js";
import { failedLookup, mentions } from "../policy/may-approve.js";
import { isAmong, settingOf } from "../policy/policy.js";
import { isDraining, withBatch } from "../record/batch.js";
import type { Decision } from "../record/decision.js";
import { withEvent } from "../record/log.js";
import type { Batch, Maintenance, Phase } from "../record/record.js";
import { type Reply, replyOf } from "../text/reply.js";
import { formatSpan, millisToNanos, nanosToMillis } from "../time.js";
import { type Decided, type DecisionContext, refused, unchanged } from "./decided.js";
import { wrongPhase } from "./possible.js";
import { beingCancelled, isMoving } from "./replies.js";

const EXTENDABLE: readonly Phase[] = ["draining", "awaiting_approval", "down"];

/**
 * Makes our window longer. The record says so at once; the post follows with the next tick (`extend.ts`). A question
 * that stands was asked about the old window, so it is withdrawn and asked anew. Whoever may ask for a drain may ask
 * for a longer one.
 */
export function extend(
  record: Maintenance,
  { byMs }: Extract<Decision, { kind: "extend" }>,
  context: DecisionContext,
): Decided {
  const { person, policy, nowMs, askedAtMs } = context;
  const notDone = "The window stays as it is.";
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  if (isDone(record, byMs, context)) return { record, reply: longerReply(record, byMs) };
  const { requesters } = policy;
  if (requesters.length > 0 && person.user !== record.requester && !isAmong(person, requesters)) {
    const setting = settingOf(record.cluster, "requesters");
    const failed = failedLookup(person);
    const text = `A window of ${record.cluster} is extended by those who may ask for one (${setting}): ${mentions(requesters)}.${failed}`;
    return refused(
      record,
      "extend",
      { tone: "refused", text, notDone },
      `not among ${setting}.${failed}`,
      context,
    );
  }
  const batches = record.batches.filter((batch) => EXTENDABLE.includes(batch.phase));
  const going = record.batches.some((batch) => batch.phase === "taking_down");
  if (batches.length === 0 || going) return unchanged(record, wrongPhase(record, "Extend"));
  if (batches.some((batch) => batch.movingFrom !== null)) return unchanged(record, isMoving(record, notDone));
  const moved = batches.flatMap((batch) => longer(batch, byMs, person.user, nowMs));
  if (moved.length === 0) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id}: the window has no end, so there is nothing to extend.`,
    });
  }
  const long = moved
    .map((batch) => tooLong(record, nanosToMillis(batch.window.duration ?? 0n), policy))
    .find((why) => why !== null);
  if (long !== undefined) {
    const next = "Extend it by less, or bring these machines back and open another maintenance.";
    return refused(
      record,
      "extend",
      { tone: "refused", text: `${record.id}: ${long}`, notDone, next },
      long,
      context,
    );
  }
  let next = record;
  for (const batch of moved) {
    next = withEvent(withBatch(next, batch), nowMs, {
      kind: "extended",
      batch: batch.id,
      by: person.user,
      byMs,
      endMs: endMs(batch.window),
      askedAtMs,
    });
  }
  return { record: next, reply: longerReply(next, byMs) };
}

/** Whether this very request has made the window longer: its job runs again after a crash (invariant 7). */
function isDone({ events }: Maintenance, byMs: number, { person, askedAtMs }: DecisionContext): boolean {
  return events.some(
    (event) =>
      event.kind === "extended" &&
      event.by === person.user &&
      event.byMs === byMs &&
      event.askedAtMs === askedAtMs,
  );
}

function longerReply({ id, batches }: Maintenance, byMs: number): Reply {
  const draining = batches.some(isDraining);
  const asked = batches.some((batch) => batch.askAnew !== null);
  return replyOf({
    tone: "done",
    text: [
      `${id}: the window is made ${formatSpan(byMs)} longer.`,
      ...(draining ? ["The post erases the answers of all frameworks, so they are asked again."] : []),
      ...(asked ? ["The question is withdrawn, and asked anew once the longer window stands."] : []),
    ].join(" "),
  });
}

/** The batch with its longer window still to be posted; none for a window without an end. */
function longer(batch: Batch, byMs: number, by: string, nowMs: number): Batch[] {
  const { start, duration } = batch.window;
  if (duration === null) return [];
  const window = { start, duration: duration + millisToNanos(byMs) };
  const end = endMs(window);
  const down = batch.phase === "down";
  return [
    {
      ...withdrawnToAskAnew(batch, nowMs, { why: "extended", by }),
      window,
      movingFrom: batch.window,
      phase: down ? "down" : "draining",
      askedByItself: down ? batch.askedByItself : false,
      overdueTold: batch.overdueTold && end !== null && end <= nowMs,
    },
  ];
}

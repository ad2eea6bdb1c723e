import { downOverridden } from "../policy/hours.js";
import { failedLookup, mayNotApprove, mentions, type NotAllowed } from "../policy/may-approve.js";
import { isAmong, type Person, type Policy, settingOf } from "../policy/policy.js";
import { isToGoDown } from "../record/batch.js";
import type { Decision } from "../record/decision.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import { replyOf } from "../text/reply.js";
import { type Decided, type DecisionContext, refused, unchanged } from "./decided.js";
import { wrongPhase } from "./possible.js";
import { beingCancelled } from "./replies.js";

/** Lifts the calendar for this maintenance, with a reason that everybody sees. It approves nothing by itself. */
export function override(
  record: Maintenance,
  { reason }: Extract<Decision, { kind: "override" }>,
  context: DecisionContext,
): Decided {
  const { person, policy, nowMs } = context;
  const notDone = "Nothing was overridden.";
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  if (!record.batches.some(isToGoDown)) return unchanged(record, wrongPhase(record, "Override"));
  if (policy.calendar.length === 0) {
    const setting = settingOf(record.cluster, "calendar");
    const text = `${record.id}: --override was not needed: ${setting} is not set. It is not recorded.`;
    return unchanged(record, { tone: "info", text });
  }
  const why = reason.trim();
  if (why === "") {
    const next = 'Say why: --override "why it cannot wait".';
    return unchanged(record, { tone: "refused", text: "An override needs a reason.", notDone, next });
  }
  const notAllowed = mayNotOverride(record, person, policy);
  if (notAllowed !== null) {
    return refused(
      record,
      "override",
      { tone: "refused", text: notAllowed.text, notDone },
      notAllowed.why,
      context,
    );
  }
  if (downOverridden(record, policy)) {
    const text = `${record.id}: --override was not needed: the calendar is overridden already. It is not recorded.`;
    return unchanged(record, { tone: "info", text });
  }
  const by = person.user;
  const overrides = [...record.overrides, { rule: "calendar", by, atMs: nowMs, reason: why }];
  return {
    record: withEvent({ ...record, overrides }, nowMs, {
      kind: "overridden",
      by,
      rule: "calendar",
      reason: why,
    }),
    reply: replyOf({
      tone: "done",
      text: `${record.id}: the calendar is overridden; the Down may be approved at any hour.`,
      notDone: "Nothing was approved by that.",
    }),
  };
}

/**
 * Why this person may not override, or `null` when they may: admins may; where none are configured, whoever may approve
 * (so not the requester, unless they may approve as well).
 */
function mayNotOverride(record: Maintenance, person: Person, policy: Policy): NotAllowed | null {
  if (policy.admins.length === 0) return mayNotApprove(record, person, policy);
  if (isAmong(person, policy.admins)) return null;
  const setting = settingOf(record.cluster, "admins");
  const failed = failedLookup(person);
  return {
    text: `Rules of ${record.cluster} are overridden by its admins (${setting}): ${mentions(policy.admins)}.${failed}`,
    why: `not among ${setting}.${failed}`,
  };
}

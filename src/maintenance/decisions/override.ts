import { z } from "zod";
import { downOverridden } from "../policy/hours.js";
import { failedLookup, mayNotApprove, mentions, type NotAllowed } from "../policy/may-approve.js";
import { isAmong, type Person, type Policy, settingOf } from "../policy/policy.js";
import { isToGoDown } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Maintenance, OverridableRule } from "../record/record.js";
import { replyOf } from "../text/reply.js";
import { type Decided, decisionRow, refused, unchanged } from "./decided.js";
import { beingCancelled } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

/** Lifts the calendar for this maintenance, with a reason that everybody sees. It approves nothing by itself. */
export const override = decisionRow({
  takes: z.object({ kind: z.literal("override"), reason: z.string() }),
  wanted: "override a rule",
  needsWorld: false,
  isOnce: false,
  whyNotPossible(record) {
    const cancelled = beingCancelled(record);
    if (cancelled !== null) return cancelled;
    return record.batches.some(isToGoDown) ? null : wrongPhase(record, "Override");
  },
  decide(record, about, context) {
    const { person, policy, nowMs } = context;
    const notDone = "Nothing was overridden.";
    const unneeded = (why: string): Decided =>
      unchanged(record, {
        tone: "info",
        text: `${record.id}: --override was not needed: ${why}. It is not recorded.`,
      });
    if (policy.calendar.length === 0) return unneeded(`${settingOf(record.cluster, "calendar")} is not set`);
    const reason = about.reason.trim();
    if (reason === "") {
      const next = 'Say why: --override "why it cannot wait".';
      return unchanged(record, { tone: "refused", text: "An override needs a reason.", notDone, next });
    }
    const notAllowed = mayNotOverride(record, person, policy);
    if (notAllowed !== null) {
      const { text, why } = notAllowed;
      return refused(record, "override", { tone: "refused", text, notDone }, why, context);
    }
    if (downOverridden(record, policy)) return unneeded("the calendar is overridden already");
    const by = person.user;
    const overrides = [...record.overrides, { rule: CALENDAR, by, atMs: nowMs, reason }];
    return {
      record: withEvent({ ...record, overrides }, nowMs, { kind: "overridden", by, rule: CALENDAR, reason }),
      reply: replyOf({
        tone: "done",
        text: `${record.id}: the calendar is overridden; the Down may be approved at any hour.`,
        notDone: "Nothing was approved by that.",
      }),
    };
  },
});

const CALENDAR: OverridableRule = "calendar";

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

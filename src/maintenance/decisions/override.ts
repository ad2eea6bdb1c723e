import { z } from "zod";
import {
  failedLookup,
  mayNotApprove,
  mentions,
  type NotAllowed,
  notAMember,
  ONE_OF_THEM,
} from "../policy/may-approve.js";
import { isOverridden } from "../policy/overrides.js";
import { isAmong, type Person, type Policy, settingOf } from "../policy/policy.js";
import { isToGoDown, placeOf } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Maintenance, OverridableRule } from "../record/record.js";
import { isIn } from "../record/troubles.js";
import { turnOf } from "../rolling/turn.js";
import { replyOf } from "../text/reply.js";
import { type Decided, decisionRow, refused, unchanged } from "./decided.js";
import { doneBefore } from "./done-before.js";
import { beingCancelled } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

const NOT_APPROVED = "Nothing was approved by that.";

/**
 * Lifts the calendar for this maintenance, and budgets for the batch that waits for one, with a reason that everybody sees.
 * It approves nothing by itself.
 */
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
  alreadyDone(record, _, context) {
    if (doneBefore(record, "overridden", context) === null) return null;
    return { tone: "done", text: `${record.id}: you have overridden it.`, notDone: NOT_APPROVED };
  },
  decide(record, about, context) {
    const { person, policy, nowMs, askedAtMs } = context;
    const notDone = "Nothing was overridden.";
    const unneeded = (why: string): Decided =>
      unchanged(record, {
        tone: "info",
        text: `${record.id}: --override was not needed: ${why}. It is not recorded.`,
      });
    const lifted = liftedBy(record, policy);
    if (lifted.kind === "none") return unneeded(lifted.why);
    const reason = about.reason.trim();
    if (reason === "") {
      const next = 'Say why: --override "why it cannot wait".';
      return unchanged(record, { tone: "refused", text: "An override needs a reason.", notDone, next });
    }
    const notAllowed = mayNotOverride(record, person, policy);
    if (notAllowed !== null) {
      const { text, why, next } = notAllowed;
      return refused(record, "override", { tone: "refused", text, notDone, next }, why, context);
    }
    const by = person.user;
    let next = record;
    for (const one of lifted.rules) {
      const overrides = [...next.overrides, { ...one, by, atMs: nowMs, reason }];
      next = withEvent({ ...next, overrides }, nowMs, {
        kind: "overridden",
        by,
        rule: one.rule,
        reason,
        askedAtMs,
      });
    }
    return {
      record: next,
      reply: replyOf({
        tone: "done",
        text: `${record.id}: ${lifted.rules.map(({ rule, batch }) => SAID[rule](record, batch)).join(" ")}`,
        notDone: NOT_APPROVED,
      }),
    };
  },
});

/** An override before somebody gave it. */
type Lifted = Pick<Maintenance["overrides"][number], "batch"> & { readonly rule: OverridableRule };

const SAID: Record<OverridableRule, (record: Maintenance, batch: string | undefined) => string> = {
  calendar: () => "the calendar is overridden; the Down may be approved at any hour.",
  budgets: (record, batch) => {
    const what = record.batches.length > 1 && batch !== undefined ? placeOf(record, batch) : "these machines";
    return `the budgets are overridden for ${what} and for nothing else.`;
  },
};

/** The rules that an override lifts now: budgets where a batch waits for one, and the calendar. */
function liftedBy(
  record: Maintenance,
  policy: Policy,
):
  | { readonly kind: "rules"; readonly rules: readonly Lifted[] }
  | { readonly kind: "none"; readonly why: string } {
  const turn = turnOf(record);
  const waits =
    turn !== null && isIn(record, "over_budget") && !isOverridden(record, "budgets", policy, turn.id);
  const budgets: readonly Lifted[] = waits ? [{ rule: "budgets", batch: turn.id }] : [];
  const isClosable = policy.calendar.length > 0 && !isOverridden(record, "calendar", policy);
  const rules: readonly Lifted[] = isClosable ? [{ rule: "calendar" }, ...budgets] : budgets;
  if (rules.length > 0) return { kind: "rules", rules };
  const why =
    policy.calendar.length === 0
      ? `${settingOf(record.cluster, "calendar")} is not set`
      : "the calendar is overridden already";
  return { kind: "none", why: policy.budgets.length === 0 ? why : `${why}, and no budget is in the way` };
}

/**
 * Why this person may not override, or `null` when they may: admins may; where none are configured, whoever may approve
 * (so not the requester, unless they may approve as well).
 */
function mayNotOverride(record: Maintenance, person: Person, policy: Policy): NotAllowed | null {
  if (policy.admins.length === 0) return mayNotApprove(record, person, policy);
  const notMember = notAMember(record, person, policy);
  if (notMember !== null) return notMember;
  if (isAmong(person, policy.admins)) return null;
  const setting = settingOf(record.cluster, "admins");
  const failed = failedLookup(person);
  return {
    text: `Rules of ${record.cluster} are overridden by its admins (${setting}): ${mentions(policy.admins)}.${failed}`,
    why: `not among ${setting}.${failed}`,
    next: ONE_OF_THEM,
  };
}

import type { Maintenance } from "../record/record.js";
import type { Refusal } from "../text/reply.js";
import type { Millis } from "../time.js";
import { clockTime, describeCalendar, isOpen, nextOpening } from "./calendar.js";
import { mentions, notAMember } from "./may-approve.js";
import type { Objection } from "./objection.js";
import { howToOverride, isOverridden, isOverriderNow, overridesOf } from "./overrides.js";
import { type Policy, settingOf } from "./policy.js";
import { requesterOf } from "./requester.js";

/** Drains are posted only in the hours of the calendar, or with an override that was asked for with the drain. */
export function closedForDrain(record: Maintenance, policy: Policy, nowMs: Millis): Objection | null {
  if (isOpen(policy.calendar, nowMs) || drainOverride(record, policy) !== null) return null;
  const { cluster, requester } = record;
  const hours = `${settingOf(cluster, "calendar")} lets machines be drained only ${describeCalendar(policy.calendar)}${whenOpen(policy, nowMs)}.`;
  const admins = `${mentions(policy.admins)} (${settingOf(cluster, "admins")})`;
  const byThem = `have one of them ask for it with --override "why it cannot wait"`;
  if (overridesOf(record, "calendar").length > 0) {
    const notMember = notAMember(record, requesterOf(record), policy);
    if (notMember !== null) {
      return {
        why: `${hours} The --override that was given does not count: ${notMember.why}`,
        next: `Send it again then, without --override, or have ${policy.admins.length === 0 ? "a full member" : "one of the admins"} ask for it with --override.`,
        change: { override: null },
      };
    }
    return {
      why: `${hours} The --override that was given does not count: overriding is for ${admins}, and <@${requester}> was not found among them. A group whose members could not be looked up counts as no.`,
      next: `Send it again then, without --override, or ${byThem}.`,
      change: { override: null },
    };
  }
  const override =
    policy.admins.length === 0
      ? `or now with --override "why it cannot wait"`
      : isOverriderNow(record, requester, policy)
        ? `or now with --override "why it cannot wait", as you are among ${admins}`
        : `or ${byThem}: overriding is for ${admins}`;
  return { why: hours, next: `Send it again then, ${override}.`, change: {} };
}

/**
 * Machines are taken down only in the hours of the calendar, or under an override that counts for Down. `override` is who
 * may lift the rule, and how, as a part of a sentence.
 */
export function closedForDown(
  record: Maintenance,
  policy: Policy,
  nowMs: Millis,
): (Refusal & { readonly override: string }) | null {
  if (isOpen(policy.calendar, nowMs) || isOverridden(record, "calendar", policy)) return null;
  const override = howToOverride(record, policy);
  return {
    why: `${settingOf(record.cluster, "calendar")} lets machines be taken down only ${describeCalendar(policy.calendar)}${whenOpen(policy, nowMs)}.`,
    next: `Decide again then, or ${override}`,
    override,
  };
}

/**
 * The override under which a drain may be posted at any hour, or `null`. Where admins are configured it has to be one
 * of theirs; without admins the reason of any member is enough, for a window alone takes nothing down.
 */
export function drainOverride(record: Maintenance, policy: Policy): Maintenance["overrides"][number] | null {
  const [found] = overridesOf(record, "calendar");
  if (found === undefined) return null;
  const isAllowed =
    policy.admins.length === 0
      ? found.by !== record.requester || notAMember(record, requesterOf(record), policy) === null
      : isOverriderNow(record, found.by, policy);
  return isAllowed ? found : null;
}

/** `, next from Wed 2026-10-21 09:00 Europe/Berlin`. */
function whenOpen({ calendar }: Policy, nowMs: Millis): string {
  const opens = nextOpening(calendar, nowMs);
  const [first] = calendar;
  return opens === null || first === undefined ? "" : `, next from ${clockTime(opens, first.timeZone)}`;
}

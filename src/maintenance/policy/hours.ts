import type { Maintenance, OverridableRule } from "../record/record.js";
import type { Refusal } from "../text/reply.js";
import type { Millis } from "../time.js";
import { clockTime, describeCalendar, isOpen, nextOpening } from "./calendar.js";
import { mayNotApprove, mentions } from "./may-approve.js";
import { isAmong, type Person, type Policy, settingOf } from "./policy.js";

/** Drains are posted only in the hours of the calendar, or with an override that was asked for with the drain. */
export function closedForDrain(record: Maintenance, policy: Policy, nowMs: Millis): Refusal | null {
  if (isOpen(policy.calendar, nowMs) || drainOverride(record, policy) !== null) return null;
  const open = whenOpen(policy, nowMs);
  const who =
    policy.admins.length === 0
      ? ""
      : ` Overriding is for ${mentions(policy.admins)} (${settingOf(record.cluster, "admins")}).`;
  return {
    why: `${settingOf(record.cluster, "calendar")} lets machines be drained only ${describeCalendar(policy.calendar)}${open}.`,
    next: `Send it again then, or with --override "why it cannot wait".${who}`,
  };
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
  if (isOpen(policy.calendar, nowMs) || downOverridden(record, policy)) return null;
  const who = policy.admins.length > 0 ? mentions(policy.admins) : "somebody else who may approve";
  const override = `have ${who} type /mesos down ${record.id} --override "why it cannot wait".`;
  return {
    why: `${settingOf(record.cluster, "calendar")} lets machines be taken down only ${describeCalendar(policy.calendar)}${whenOpen(policy, nowMs)}.`,
    next: `Decide again then, or ${override}`,
    override,
  };
}

/**
 * The override under which a drain may be posted at any hour, or `null`. Where admins are configured it has to be one
 * of theirs; without admins the requester's reason is enough, for a window alone takes nothing down.
 */
export function drainOverride(record: Maintenance, policy: Policy): Maintenance["overrides"][number] | null {
  const [found] = overridesOf(record, "calendar");
  if (found === undefined || policy.admins.length === 0) return found ?? null;
  return isOverriderNow(record, found.by, policy) ? found : null;
}

/**
 * Whether the calendar is overridden for Down. Without admins the requester's own override does not count, unless they
 * may approve as well: nobody decides alone that machines go down at night (invariant 6).
 */
export function downOverridden(record: Maintenance, policy: Policy): boolean {
  return overridesOf(record, "calendar").some(({ by }) =>
    policy.admins.length === 0
      ? by !== record.requester || mayNotApprove(record, requesterOf(record), policy) === null
      : isOverriderNow(record, by, policy),
  );
}

/** The overrides of one rule: none of another rule counts for it. */
function overridesOf({ overrides }: Maintenance, rule: OverridableRule): Maintenance["overrides"] {
  return overrides.filter((override) => override.rule === rule);
}

/** Others were looked up when they overrode. */
function isOverriderNow(record: Maintenance, user: string, policy: Policy): boolean {
  return user !== record.requester || isAmong(requesterOf(record), policy.admins);
}

/** The requester's groups are known from when they asked. */
function requesterOf({ requester, requesterGroups }: Maintenance): Person {
  return { user: requester, groups: requesterGroups, lookupFailed: false };
}

/** `, next from Wed 2026-10-21 09:00 Europe/Berlin`. */
function whenOpen({ calendar }: Policy, nowMs: Millis): string {
  const opens = nextOpening(calendar, nowMs);
  const [first] = calendar;
  return opens === null || first === undefined ? "" : `, next from ${clockTime(opens, first.timeZone)}`;
}

import type { Maintenance } from "../record/record.js";
import type { Refusal } from "../text/reply.js";
import type { Millis } from "../time.js";
import { clockTime, describeCalendar, isOpen, nextOpening } from "./calendar.js";
import { mentions } from "./may-approve.js";
import { howToOverride, isOverridden, isOverriderNow, overridesOf } from "./overrides.js";
import { type Policy, settingOf } from "./policy.js";

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
 * of theirs; without admins the requester's reason is enough, for a window alone takes nothing down.
 */
export function drainOverride(record: Maintenance, policy: Policy): Maintenance["overrides"][number] | null {
  const [found] = overridesOf(record, "calendar");
  if (found === undefined || policy.admins.length === 0) return found ?? null;
  return isOverriderNow(record, found.by, policy) ? found : null;
}

/** `, next from Wed 2026-10-21 09:00 Europe/Berlin`. */
function whenOpen({ calendar }: Policy, nowMs: Millis): string {
  const opens = nextOpening(calendar, nowMs);
  const [first] = calendar;
  return opens === null || first === undefined ? "" : `, next from ${clockTime(opens, first.timeZone)}`;
}

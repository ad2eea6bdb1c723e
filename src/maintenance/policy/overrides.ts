import type { Maintenance, OverridableRule } from "../record/record.js";
import { mayNotApprove, mentions, notAMember } from "./may-approve.js";
import { isAmong, type Policy } from "./policy.js";
import { requesterOf } from "./requester.js";

/** The overrides of one rule: none of another rule counts for it. */
export function overridesOf({ overrides }: Maintenance, rule: OverridableRule): Maintenance["overrides"] {
  return overrides.filter((override) => override.rule === rule);
}

/**
 * Whether a rule is overridden for Down, of all batches or of this one. Without admins the requester's own override does not count, unless
 * they may approve as well: nobody decides alone that machines go down at night (invariant 6).
 */
export function isOverridden(
  record: Maintenance,
  rule: OverridableRule,
  policy: Policy,
  batch: string | null = null,
): boolean {
  return overridesOf(record, rule).some(
    (one) =>
      (one.batch === undefined || one.batch === batch) &&
      (policy.admins.length === 0
        ? one.by !== record.requester || mayNotApprove(record, requesterOf(record), policy) === null
        : isOverriderNow(record, one.by, policy)),
  );
}

/** How a rule is overridden for the Down of a maintenance, as a part of a sentence. */
export function howToOverride({ id }: Maintenance, { admins }: Policy): string {
  const who = admins.length > 0 ? mentions(admins) : "somebody else who may approve";
  return `have ${who} type /mesos down ${id} --override "why it cannot wait".`;
}

/** Whether somebody who overrode may do so. Others than the requester were looked up when they did. */
export function isOverriderNow(record: Maintenance, user: string, policy: Policy): boolean {
  if (user !== record.requester) return true;
  const requester = requesterOf(record);
  return isAmong(requester, policy.admins) && notAMember(record, requester, policy) === null;
}

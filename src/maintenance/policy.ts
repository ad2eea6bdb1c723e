import type { Maintenance } from "./record.js";
import type { Millis } from "./time.js";

/** The rules of one cluster, from its configuration. */
export interface Policy {
  /** Slack user ids who may approve; empty means everybody who can see the question. */
  readonly approvers: readonly string[];
  /** Whether the requester may approve their own Down. */
  readonly selfApproval: boolean;
  readonly approvalTtlMs: Millis;
  /** How long after draining began, or the window started, Down is asked for though tasks remain. */
  readonly askAfterMs: Millis;
  /** How long agents may take to register again after Up before that is told. */
  readonly agentReturnMs: Millis;
  /** How often an open maintenance looks at the master when no event wakes it. */
  readonly pollMs: Millis;
  /**
   * How long after START_MAINTENANCE was sent without an answer the world is taken as its outcome. Longer than any
   * call can still be under way.
   */
  readonly settleMs: Millis;
}

/**
 * Why this person may not answer the question whether to take the machines down, or `null` when they may. The
 * requester may not, unless the policy says so (invariant 6).
 */
export function mayNotApprove(record: Maintenance, user: string, policy: Policy): string | null {
  if (user === record.requester && !policy.selfApproval) {
    return `You asked for ${record.id} yourself, and in ${record.cluster} somebody else has to approve (self_approval is off).`;
  }
  if (policy.approvers.length > 0 && !policy.approvers.includes(user)) {
    const names = policy.approvers.map((id) => `<@${id}>`).join(", ");
    return `You are not an approver of ${record.cluster}. Who may approve: ${names}.`;
  }
  return null;
}

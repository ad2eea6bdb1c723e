import type { Approval } from "../../../maintenance/record/record.js";
import { listed, type Mrkdwn, mrk, someone, user } from "../mrkdwn.js";
import { moment } from "../when.js";

/**
 * Who may answer, how many of them it takes, and until when. A new message with it calls them: people and groups are
 * mentioned.
 */
export function whoMayAnswer(approval: Approval): Mrkdwn {
  const { votesNeeded, notBy, expiresAtMs } = approval;
  const called = approversCalled(approval);
  const who =
    called !== null ? called : approval.approvers === undefined ? mrk`who the policy names` : mrk`everybody`;
  const not = notBy.length === 0 ? "" : mrk`, but not ${listed(notBy.map(user), 300)}, who asked for it`;
  const many = votesNeeded === 1 ? "one approval is enough" : `${votesNeeded} approvals are needed`;
  return mrk`🙋 *Who may answer*  ${who}${not} · ${many} · until ${moment(expiresAtMs)}`;
}

/** The approvers, mentioned; `null` where the policy names none. Whoever asked for it is not called: they may not answer. */
export function approversCalled({ approvers = [], notBy }: Approval): Mrkdwn | null {
  const called = approvers.filter((id) => !notBy.includes(id));
  return called.length === 0 ? null : listed(called.map(someone), 800);
}

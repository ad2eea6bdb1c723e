import type { Maintenance } from "../record/record.js";
import type { Standing } from "../record/standing.js";
import { isAmong, type Person, type Policy, settingOf } from "./policy.js";

/** Why somebody may not do something, to them and for the log. Both name the setting. */
export interface NotAllowed {
  /** A sentence or two to the person. */
  readonly text: string;
  /** The same for the event log, without addressing anybody. */
  readonly why: string;
  /** What whoever is refused can do. */
  readonly next: string;
}

/** What whoever is not among some people can do. */
export const ONE_OF_THEM = "Have one of them do it.";

/**
 * Why this person may not answer the question whether to take the machines down, or `null` when they may. Neither the
 * requester nor whoever asked this question may, unless the policy says so, and being an admin changes nothing about it
 * (invariant 6).
 *
 * @param asker who asked the question; `null` when the bot asked by itself, or when it is about no question.
 * @param what it is about.
 */
export function mayNotApprove(
  record: Maintenance,
  person: Person,
  policy: Policy,
  asker: string | null = null,
  what = "Down",
): NotAllowed | null {
  const isRequester = person.user === record.requester;
  if (!policy.selfApproval && (isRequester || person.user === asker)) {
    const setting = settingOf(record.cluster, "self_approval");
    const asked = isRequester ? record.id : `this ${what} of ${record.id}`;
    const who = isRequester
      ? "the requester cannot approve"
      : `whoever asks for the ${what} cannot approve it`;
    return {
      text: `You asked for ${asked} yourself, and in ${record.cluster} somebody else has to approve (${setting} is off).`,
      why: `${who}, because ${setting} is off.`,
      next: `Have somebody else approve it.${isRequester ? "" : ` If only you could, deny the question and have <@${record.requester}> ask for the ${what}.`}`,
    };
  }
  const notMember = notAMember(record, person, policy);
  if (notMember !== null) return notMember;
  if (policy.approvers.length > 0 && !isAmong(person, policy.approvers)) {
    const setting = settingOf(record.cluster, "approvers");
    const failed = failedLookup(person);
    return {
      text: `You are not an approver of ${record.cluster} (${setting}). Who may approve: ${mentions(policy.approvers)}.${failed}`,
      why: `not among ${setting}.${failed}`,
      next: ONE_OF_THEM,
    };
  }
  return null;
}

/** What somebody is who is no full member, to them and for the log. */
const ACCOUNTS: Readonly<
  Record<Exclude<Standing, "member">, { readonly you: string; readonly they: string }>
> = {
  guest: { you: "you are a guest of it", they: "a guest of the workspace" },
  bot: { you: "this is the account of a bot", they: "the account of a bot" },
  deactivated: { you: "your account is deactivated", they: "a deactivated account" },
  stranger: { you: "you are of another workspace", they: "somebody of another workspace" },
  unknown: {
    you: "Slack could not be asked whether you are one, which counts as no. Try again in half a minute; if it goes on, have whoever runs the bot look at its log: its token may lack users:read",
    they: "Slack could not be asked whether they are a full member of the workspace, which counts as no",
  },
};

/**
 * Why the kind of account that somebody has keeps them from approving and overriding, or `null`. An account that is not known
 * counts as one that may not (invariant 6).
 */
export function notAMember({ cluster }: Maintenance, person: Person, policy: Policy): NotAllowed | null {
  if (!policy.membersOnly || person.standing === "member") return null;
  const setting = settingOf(cluster, "members_only");
  const { you, they } = ACCOUNTS[person.standing];
  return {
    text: `In ${cluster} this takes a full member of the workspace (${setting} is on), and ${you}.`,
    why: `${they} (${setting} is on).`,
    next:
      person.standing === "unknown"
        ? "Try again in a minute, or have a full member do it."
        : "Have a full member of the workspace do it.",
  };
}

/**
 * Why no Down of this maintenance could ever get its approvals, or `null` when it could. Known only where approvers are
 * people: an empty list is everybody, and of a group nobody knows today who is in it tomorrow.
 *
 * @param asker who is about to ask for it and so could not approve it either; the requester unless told otherwise.
 */
export function nobodyCouldApprove(
  record: Maintenance,
  policy: Policy,
  asker: string = record.requester,
  what = "The Down",
): string | null {
  const { approvers, votes, selfApproval } = policy;
  if (approvers.length === 0 || approvers.some(isGroup)) return null;
  const asking = [...new Set([record.requester, asker])];
  const left = [...new Set(approvers)].filter((user) => selfApproval || !asking.includes(user));
  if (left.length >= votes) return null;
  const { cluster } = record;
  const needs = `${settingOf(cluster, "approvals")} asks for ${votes === 1 ? "one approval" : `${votes} approvals`}`;
  const who = left.length === 0 ? "nobody" : `only ${mentions(left)}`;
  const out = selfApproval ? [] : asking.filter((user) => approvers.includes(user));
  const requester =
    out.length > 0
      ? `, because ${mentions(out)} asked for it and ${settingOf(cluster, "self_approval")} is off`
      : "";
  return `${what} could never be approved: ${needs}, and of ${settingOf(cluster, "approvers")} ${who} could approve${requester}.`;
}

/** People and groups as Slack shows them, without notifying more than once each. */
export function mentions(ids: readonly string[]): string {
  return [...new Set(ids)].map((id) => (isGroup(id) ? `<!subteam^${id}>` : `<@${id}>`)).join(", ");
}

/** That a failed look-up of groups may be the reason: it counts as no (invariant 6). */
export function failedLookup(person: Person): string {
  return person.lookupFailed
    ? " Slack could not be asked for the members of user groups, which counts as no."
    : "";
}

/** Whether an id is a user group's (`S…`). */
export function isGroup(id: string): boolean {
  return id.startsWith("S");
}

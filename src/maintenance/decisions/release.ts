import { z } from "zod";
import { failedLookup, isGroup } from "../policy/may-approve.js";
import { isAmong, type Person, type Policy, settingOf } from "../policy/policy.js";
import { holdersText, holdsOf, isHeldBy, without } from "../record/holds.js";
import { withEvent } from "../record/log.js";
import type { Hold, Maintenance } from "../record/record.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { decisionRow, refused } from "./decided.js";
import { doneBefore } from "./done-before.js";

/**
 * Ends holds, and it goes on when none is left: one's own if there is one, else all that this person may end. So nobody
 * who takes back their own hold takes back another's by it.
 */
export const release = decisionRow({
  takes: z.object({ kind: z.literal("release") }),
  wanted: "release the hold",
  needsWorld: false,
  isOnce: false,
  whyNotPossible(record) {
    if (record.held !== null) return null;
    return {
      tone: "info",
      text: `${record.id} is not held${lastRelease(record)}: there was nothing to release.`,
      next:
        record.paused === null
          ? `See how it stands with /mesos status ${record.id}.`
          : `It is paused: go on with the button or /mesos go-on ${record.id}.`,
    };
  },
  alreadyDone: (record, _, context) =>
    doneBefore(record, "released", context) === null ? null : releasedReply(record),
  decide(record, _, context) {
    const { person, policy, nowMs, askedAtMs } = context;
    const holds = holdsOf(record);
    const own = holds.filter(({ by }) => by === person.user);
    const ending = own.length > 0 ? own : holds.filter((one) => mayRelease(record, one, person, policy));
    if (ending.length === 0) {
      const { who, failed } = whoMayRelease(record, holds, person);
      const reply = {
        tone: "refused",
        text: `${record.id} is held by ${holdersText(record)}. Who may release it: ${who}.${failed}`,
        notDone: "It stays held.",
      } as const;
      return refused(record, "release", reply, `who may release it: ${who}.${failed}`, context);
    }
    const by = person.user;
    const event = { kind: "released", by, askedAtMs } as const;
    const released = withEvent(without(record, ending, by, nowMs), nowMs, event);
    return { record: released, reply: replyOf(releasedReply(released)) };
  },
});

function lastRelease({ events }: Maintenance): string {
  const last = events.findLast((event) => event.kind === "released");
  return last === undefined ? "" : ` any more (<@${last.by}> released it)`;
}

function releasedReply(record: Maintenance): ReplyParts {
  const { id, held } = record;
  if (held === null) return { tone: "done", text: `${id} is released; it goes on.` };
  return {
    tone: "done",
    text: `${id}: released, but it is still held by ${holdersText(record)}.`,
    notDone: "It does not go on yet.",
    next: `Whoever may end that hold as well does it with Release or /mesos release ${id}.`,
  };
}

/** Whoever could let the machines go down, or asked for it, may also end an operator's hold; an owner's is for owners. */
function mayRelease(record: Maintenance, one: Hold, person: Person, policy: Policy): boolean {
  if (person.user === one.by || isAmong(person, policy.admins)) return true;
  // Held by somebody whose groups could not be looked up: whichever of the groups it was, its members may end it.
  const unsure = !record.owners.some((entry) => isHeldBy(entry, one));
  return one.as === "owner"
    ? record.owners.some(
        (entry) =>
          (isHeldBy(entry, one) || (unsure && isGroup(entry.owner))) && isAmong(person, [entry.owner]),
      )
    : person.user === record.requester || policy.approvers.length === 0 || isAmong(person, policy.approvers);
}

function whoMayRelease(record: Maintenance, holds: readonly Hold[], person: Person) {
  const admins = settingOf(record.cluster, "admins");
  const approvers = settingOf(record.cluster, "approvers");
  const who = holds.some(({ as }) => as === "owner")
    ? `the owners who hold it, and admins (${admins})`
    : `whoever holds it, the requester, approvers (${approvers}) and admins (${admins})`;
  return { who, failed: failedLookup(person) };
}

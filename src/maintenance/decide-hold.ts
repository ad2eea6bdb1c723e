import type { Decided, DecisionContext } from "./decide.js";
import type { Decision } from "./decision.js";
import { holdersText, holdsOf, isHeldBy, reasonOf, withHolds, without } from "./holds-of.js";
import { isDownSent, isToGoDown, withEvent } from "./log.js";
import { failedLookup, isGroup } from "./may-approve.js";
import { ownedBy, saying } from "./owners.js";
import { isAmong, type Person, type Policy } from "./policy.js";
import { settingOf } from "./policy-rules-setting.js";
import { quoted } from "./quote.js";
import type { Hold, Maintenance } from "./record.js";
import { beingCancelled, refused, unchanged } from "./refusals.js";
import { type Reply, type ReplyParts, replyOf } from "./reply.js";
import { wrongPhase } from "./wrong-phase.js";

/**
 * Stops all progress towards Down: nothing is asked, approved, posted or sent while somebody holds. Anybody may hold,
 * also beside others; an owner's hold is one that only owners and admins release.
 */
export function hold(
  record: Maintenance,
  { reason }: Extract<Decision, { kind: "hold" }>,
  { person, policy, nowMs }: DecisionContext,
): Decided {
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  if (record.batches.some(isDownSent)) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: the call that takes the machines down has been sent; that cannot be called back.`,
      notDone: "Nothing was held.",
      next: `Bring the machines back with /mesos up ${record.id} once they are down.`,
    });
  }
  if (!isBeforeDown(record)) return unchanged(record, wrongPhase(record, "Hold"));
  const by = person.user;
  const holds = holdsOf(record);
  const own = holds.find((one) => one.by === by);
  const speaks = by !== record.requester && !isAmong(person, policy.approvers);
  const owned = speaks ? ownedBy(record, person) : [];
  const maybeOwner = speaks && owned.length === 0 && mayOwn(record, person);
  const as = own?.as === "owner" || owned.length > 0 || maybeOwner ? "owner" : "operator";
  const news = owned.filter((entry) => entry.said !== "hold");
  const isSame = own !== undefined && own.as === as && (reason === null || reason === own.reason);
  if (isSame && news.length === 0) return unchanged(record, heldReply(record, own.reason, maybeOwner));
  if (own === undefined && owned.length > 0 && news.length === 0) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id} is already held for ${quoted(owned.flatMap(({ of }) => of).join(", "))} by ${holdersText(record)}.`,
      notDone: "Your hold was not added: any of its owners may release that one.",
      next: "If it has to wait for you as well, tell them.",
    });
  }
  const mine = { by, atMs: own?.atMs ?? nowMs, reason: reason ?? own?.reason ?? null, as } as const;
  const kept = holds.map((one) => (one === own ? mine : one));
  const holding = saying(record, news, "hold", by, nowMs);
  return {
    record: withEvent(withHolds(holding, own === undefined ? [...kept, mine] : kept), nowMs, {
      kind: "held",
      by,
      reason: mine.reason,
      as,
    }),
    reply: replyOf(heldReply(record, mine.reason, maybeOwner)),
  };
}

/** Who is in an owner's group cannot be told when the look-up failed: the hold is then the stronger one (invariant 6). */
function mayOwn({ owners }: Maintenance, { lookupFailed }: Person): boolean {
  return lookupFailed && owners.some(({ owner }) => isGroup(owner));
}

function heldReply({ id }: Maintenance, reason: string | null, maybeOwner: boolean): ReplyParts {
  const unsure = maybeOwner
    ? " Slack could not be asked whether you are in a group that owns something on these machines, so it counts as an owner's hold: you, members of those groups and admins release it."
    : "";
  return {
    tone: "done",
    text: `${id} is held${reasonOf(reason)}: nothing goes on until it is released. Its window stays at the master.${unsure}`,
    next: `Go on with Release or /mesos release ${id}.`,
  };
}

/**
 * Ends holds, and it goes on when none is left: one's own if there is one, else all that this person may end. So nobody
 * who takes back their own hold takes back another's by it.
 */
export function release(record: Maintenance, context: DecisionContext): Decided {
  const { person, policy, nowMs, askedAtMs } = context;
  if (isReleased(record, context)) return { record, reply: releasedReply(record) };
  if (record.held === null) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id} is not held${lastRelease(record)}: there was nothing to release.`,
      next: `See how it stands with /mesos status ${record.id}.`,
    });
  }
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
  const released = withEvent(without(record, ending, by, nowMs), nowMs, { kind: "released", by, askedAtMs });
  return { record: released, reply: releasedReply(released) };
}

/** Whether this very request has released it: its job runs again after a crash (invariant 7). */
function isReleased({ events }: Maintenance, { person, askedAtMs }: DecisionContext): boolean {
  return events.some(
    (event) => event.kind === "released" && event.by === person.user && event.askedAtMs === askedAtMs,
  );
}

function lastRelease({ events }: Maintenance): string {
  const last = events.findLast((event) => event.kind === "released");
  return last === undefined ? "" : ` any more (<@${last.by}> released it)`;
}

function releasedReply(record: Maintenance): Reply {
  const { id, held } = record;
  return replyOf(
    held === null
      ? { tone: "done", text: `${id} is released; it goes on.` }
      : {
          tone: "done",
          text: `${id}: released, but it is still held by ${holdersText(record)}.`,
          notDone: "It does not go on yet.",
          next: `Whoever may end that hold as well does it with Release or /mesos release ${id}.`,
        },
  );
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

/** Whether some machines are still to go down; also before the pattern has been looked up. */
function isBeforeDown({ batches }: Maintenance): boolean {
  return batches.length === 0 || batches.some(isToGoDown);
}

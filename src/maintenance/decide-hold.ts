import type { Decided, DecisionContext } from "./decide.js";
import type { Decision } from "./decision.js";
import { isDownSent, isToGoDown, withEvent } from "./log.js";
import { failedLookup } from "./may-approve.js";
import { ownedBy, saying } from "./owners.js";
import { isAmong, type Person, type Policy } from "./policy.js";
import { settingOf } from "./policy-rules-setting.js";
import { quoted } from "./quote.js";
import type { Maintenance } from "./record.js";
import { beingCancelled, refused, unchanged } from "./refusals.js";
import { type Reply, replyOf } from "./reply.js";
import type { Millis } from "./time.js";
import { wrongPhase } from "./wrong-phase.js";

/**
 * Stops all progress towards Down: nothing is asked, approved, posted or sent while somebody holds. Anybody may hold; an
 * owner's hold is one that only owners and admins release.
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
  const owned = ownedBy(record, person);
  const asOwner = owned.length > 0 && person.user !== record.requester && !isAmong(person, policy.approvers);
  const { held } = record;
  if (held !== null && (!asOwner || owned.every((entry) => entry.said === "hold"))) {
    return heldAlready(record, held, reason, person.user, nowMs);
  }
  const by = person.user;
  const as = asOwner ? ("owner" as const) : ("operator" as const);
  const holding = asOwner ? saying(record, person, "hold", nowMs) : record;
  return {
    record: withEvent({ ...holding, held: held ?? { by, atMs: nowMs, reason, as } }, nowMs, {
      kind: "held",
      by,
      reason,
      as,
    }),
    reply: heldReply(record, reason),
  };
}

/** A second hold: one's own with another reason keeps that one; beside somebody else's it is not added. */
function heldAlready(
  record: Maintenance,
  held: Held,
  reason: string | null,
  by: string,
  nowMs: Millis,
): Decided {
  const own = holdOf(record, by);
  if (own === null) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id} is already held by <@${held.by}>${reasonOf(held.reason)}.`,
      notDone: "Your hold was not added: it goes on once that one is released.",
      next: "If it has to wait for you as well, tell them, or hold it again after that.",
    });
  }
  if (reason === null || reason === own.reason) return { record, reply: heldReply(record, own.reason) };
  const kept = held.by === by ? { ...record, held: { ...held, reason } } : record;
  return {
    record: withEvent(kept, nowMs, { kind: "held", by, reason, as: own.as }),
    reply: heldReply(record, reason),
  };
}

/** The hold of this person as the log has it; it may be an owner's beside an operator's. `null` if they hold nothing. */
function holdOf({ events, held, owners }: Maintenance, by: string) {
  const holds = held?.by === by || owners.some((entry) => entry.said === "hold" && entry.by === by);
  const last = events.findLast((event) => event.kind === "held" && event.by === by);
  return holds && last?.kind === "held" ? last : null;
}

function reasonOf(reason: string | null): string {
  return reason === null ? "" : ` (${quoted(reason)})`;
}

function heldReply({ id }: Maintenance, reason: string | null): Reply {
  return replyOf({
    tone: "done",
    text: `${id} is held${reasonOf(reason)}: nothing goes on until it is released. Its window stays at the master.`,
    next: "Go on with Release.",
  });
}

/** Lets a maintenance go on, as far as this person may: it goes on when nobody holds it any more. */
export function release(record: Maintenance, context: DecisionContext): Decided {
  if (isReleased(record, context)) return { record, reply: releasedReply(record) };
  const { held } = record;
  if (held === null) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id} is not held${lastRelease(record)}: there was nothing to release.`,
      next: `See how it stands with /mesos status ${record.id}.`,
    });
  }
  const released = withoutHoldsOf(record, context);
  if (released === record) {
    const { who, failed } = whoMayRelease(record, held, context.person);
    const reply = {
      tone: "refused",
      text: `${record.id} is held by <@${held.by}>. Who may release it: ${who}.${failed}`,
      notDone: "It stays held.",
    } as const;
    return refused(record, "release", reply, `who may release it: ${who}.${failed}`, context);
  }
  return {
    record: released,
    reply: releasedReply(released),
  };
}

/** Whether this very request has released it: its job runs again after a crash (invariant 7). */
function isReleased({ events }: Maintenance, { person, nowMs, askedAtMs = nowMs }: DecisionContext): boolean {
  return events.some(
    (event) => event.kind === "released" && event.by === person.user && event.askedAtMs === askedAtMs,
  );
}

function lastRelease({ events }: Maintenance): string {
  const last = events.findLast((event) => event.kind === "released");
  return last === undefined ? "" : ` any more (<@${last.by}> released it)`;
}

function releasedReply({ id, held }: Maintenance): Reply {
  return replyOf(
    held === null
      ? { tone: "done", text: `${id} is released; it goes on.` }
      : {
          tone: "done",
          text: `Your hold on ${id} is released. <@${held.by}> still holds it.`,
          notDone: "It does not go on yet.",
        },
  );
}

/** The record without the holds that this person may release, the very same one if there is none; others stay. */
export function withoutHoldsOf(
  record: Maintenance,
  { person, policy, nowMs, askedAtMs = nowMs }: DecisionContext,
): Maintenance {
  const { held } = record;
  if (held === null) return record;
  const admin = isAmong(person, policy.admins);
  const isTheirs = (entry: Maintenance["owners"][number]) =>
    entry.said === "hold" && (admin || entry.by === person.user || isAmong(person, [entry.owner]));
  const owners = record.owners.map((entry) =>
    isTheirs(entry) ? { ...entry, said: "nothing" as const, by: person.user, atMs: nowMs } : entry,
  );
  const operator = held.as === "operator" && !mayReleaseOperator(record, held, person, policy) ? held : null;
  if (operator !== null && !record.owners.some(isTheirs)) return record;
  const owner = owners.find((entry) => entry.said === "hold");
  if (held.as === "owner" && owner !== undefined && !record.owners.some(isTheirs)) return record;
  const left = owner === undefined ? null : heldBy(record, owner, nowMs);
  return withEvent({ ...record, owners, held: operator ?? left }, nowMs, {
    kind: "released",
    by: person.user,
    askedAtMs,
  });
}

/** An owner's hold that stays when an operator's is released. */
function heldBy(record: Maintenance, owner: Maintenance["owners"][number], nowMs: Millis): Held {
  const by = owner.by ?? owner.owner;
  return { by, atMs: owner.atMs ?? nowMs, reason: holdOf(record, by)?.reason ?? null, as: "owner" };
}

type Held = NonNullable<Maintenance["held"]>;

/** Whoever could let the machines go down, or asked for it, may also end somebody's hold; an owner's hold is different. */
function mayReleaseOperator(record: Maintenance, held: Held, person: Person, policy: Policy): boolean {
  return (
    person.user === held.by ||
    person.user === record.requester ||
    policy.approvers.length === 0 ||
    isAmong(person, policy.approvers) ||
    isAmong(person, policy.admins)
  );
}

function whoMayRelease(record: Maintenance, held: Held, person: Person) {
  const admins = settingOf(record.cluster, "admins");
  const approvers = settingOf(record.cluster, "approvers");
  const who =
    held.as === "owner"
      ? `the owners who hold it, and admins (${admins})`
      : `<@${held.by}>, the requester, approvers (${approvers}) and admins (${admins})`;
  return { who, failed: failedLookup(person) };
}

/** Whether some machines are still to go down; also before the pattern has been looked up. */
function isBeforeDown({ batches }: Maintenance): boolean {
  return batches.length === 0 || batches.some(isToGoDown);
}

import type { Decided, DecisionContext } from "./decide.js";
import type { Decision } from "./decision.js";
import { withEvent } from "./log.js";
import { failedLookup } from "./may-approve.js";
import { ownedBy, saying } from "./owners.js";
import { isAmong, type Person, type Policy } from "./policy.js";
import { settingOf } from "./policy-rules-setting.js";
import type { Maintenance } from "./record.js";
import { beingCancelled, refused, unchanged } from "./refusals.js";
import { type Reply, replyOf } from "./reply.js";
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
  if (isSent(record)) {
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
    if (held.by === person.user) return { record, reply: heldReply(record) };
    return unchanged(record, {
      tone: "info",
      text: `${record.id} is already held by <@${held.by}>. Nothing was changed.`,
    });
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
    reply: heldReply(record),
  };
}

function heldReply({ id }: Maintenance): Reply {
  return replyOf({
    tone: "done",
    text: `${id} is held: nothing goes on until it is released. Its window stays at the master.`,
    next: "Go on with Release.",
  });
}

/** Lets a maintenance go on, as far as this person may: it goes on when nobody holds it any more. */
export function release(record: Maintenance, context: DecisionContext): Decided {
  const { held } = record;
  if (held === null) {
    const last = record.events.findLast((event) => event.kind === "held" || event.kind === "released");
    const isTheirs = last?.kind === "released" && last.by === context.person.user;
    if (isTheirs) return { record, reply: releasedReply(record) };
    return unchanged(record, {
      tone: "info",
      text: `${record.id} is not held. Nothing was changed.`,
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
  { person, policy, nowMs }: Pick<DecisionContext, "person" | "policy" | "nowMs">,
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
  const left =
    owner === undefined
      ? null
      : { by: owner.by ?? owner.owner, atMs: owner.atMs ?? nowMs, reason: null, as: "owner" as const };
  return withEvent({ ...record, owners, held: operator ?? left }, nowMs, {
    kind: "released",
    by: person.user,
  });
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

/** A call that takes machines down may be under way. */
function isSent(record: Maintenance): boolean {
  return record.batches.some((batch) => batch.phase === "taking_down" && batch.intent !== null);
}

/** Whether some machines are still to go down; also before the pattern has been looked up. */
function isBeforeDown({ batches }: Maintenance): boolean {
  const phases = ["scheduled", "draining", "awaiting_approval", "taking_down"];
  return batches.length === 0 || batches.some((batch) => phases.includes(batch.phase));
}

import { z } from "zod";
import { isGroup } from "../policy/may-approve.js";
import { ownedBy, withOwnersSaying } from "../policy/owners.js";
import { isAmong, type Person } from "../policy/policy.js";
import { isDownSent, isToGoDown } from "../record/batch.js";
import { holdersText, holdsOf, reasonOf, withHolds } from "../record/holds.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import { openRuns } from "../record/runs.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { type Decided, type DecisionContext, decisionRow, unchanged } from "./decided.js";
import { beingCancelled } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

/**
 * Stops all progress towards Down: nothing is asked, approved, posted or sent while somebody holds. Anybody may hold,
 * also beside others and before the hosts have been looked up. A runbook that runs is let finish, and nothing follows it; an owner's hold is one that only owners and admins release.
 */
export const hold = decisionRow({
  takes: z.object({ kind: z.literal("hold"), reason: z.string().nullable() }),
  wanted: "hold it",
  needsWorld: false,
  isOnce: false,
  whyNotPossible(record) {
    const cancelled = beingCancelled(record);
    if (cancelled !== null) return cancelled;
    const { id, batches } = record;
    if (batches.some(isDownSent)) {
      return {
        tone: "refused",
        text: `${id}: the call that takes the machines down has been sent; that cannot be called back.`,
        notDone: "Nothing was held.",
        next: `Bring the machines back with /mesos up ${id} once they are down.`,
      };
    }
    const goesOn = batches.length === 0 || batches.some(isToGoDown) || openRuns(record).length > 0;
    return goesOn ? null : wrongPhase(record, "Hold");
  },
  decide: holdNow,
});

function holdNow(
  record: Maintenance,
  { reason }: { readonly reason: string | null },
  { person, policy, nowMs }: DecisionContext,
): Decided {
  const by = person.user;
  const holds = holdsOf(record);
  const own = holds.find((one) => one.by === by);
  // The requester and approvers hold as operators, also where they own something.
  const mayHoldAsOwner = by !== record.requester && !isAmong(person, policy.approvers);
  const owned = mayHoldAsOwner ? ownedBy(record, person) : [];
  const maybeOwner = mayHoldAsOwner && owned.length === 0 && mayOwn(record, person);
  const as = own?.as === "owner" || owned.length > 0 || maybeOwner ? "owner" : "operator";
  const notYetHeld = owned.filter((entry) => entry.said !== "hold");
  const isSame = own !== undefined && own.as === as && (reason === null || reason === own.reason);
  if (isSame && notYetHeld.length === 0) return unchanged(record, heldReply(record, own.reason, maybeOwner));
  if (own === undefined && owned.length > 0 && notYetHeld.length === 0) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id} is already held for ${quoted(owned.flatMap(({ of }) => of).join(", "))} by ${holdersText(record)}.`,
      notDone: "Your hold was not added: any of its owners may release that one.",
      next: "If it has to wait for you as well, tell them.",
    });
  }
  const added = { by, atMs: own?.atMs ?? nowMs, reason: reason ?? own?.reason ?? null, as } as const;
  const kept = holds.map((one) => (one === own ? added : one));
  const holding = withOwnersSaying(record, notYetHeld, "hold", by, nowMs);
  return {
    record: withEvent(withHolds(holding, own === undefined ? [...kept, added] : kept), nowMs, {
      kind: "held",
      by,
      reason: added.reason,
      as,
    }),
    reply: replyOf(heldReply(record, added.reason, maybeOwner)),
  };
}

/** Who is in an owner's group cannot be told when the look-up failed: the hold is then the stronger one (invariant 6). */
function mayOwn({ owners }: Maintenance, { lookupFailed }: Person): boolean {
  return lookupFailed && owners.some(({ owner }) => isGroup(owner));
}

function heldReply({ id, batches }: Maintenance, reason: string | null, maybeOwner: boolean): ReplyParts {
  const unsure = maybeOwner
    ? " Slack could not be asked whether you are in a group that owns something on these machines, so it counts as an owner's hold: you, members of those groups and admins release it."
    : "";
  const stands = batches.some(({ phase }) => phase !== "scheduled" && phase !== "kill_draining");
  const stays = stands ? " Its window stays at the master." : "";
  return {
    tone: "done",
    text: `${id} is held${reasonOf(reason)}: nothing goes on until it is released.${stays}${unsure}`,
    next: `Go on with Release or /mesos release ${id}.`,
  };
}

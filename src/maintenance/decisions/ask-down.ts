import { obstacles } from "../approval/obstacles.js";
import { ask, conclude, freshPicture, openApproval, seenNow } from "../approval/question.js";
import { nobodyCouldApprove } from "../policy/may-approve.js";
import { batchOf, isDraining } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { replyOf } from "../text/reply.js";
import { type Decided, type DecisionContext, unchanged } from "./decided.js";
import { wrongPhase } from "./possible.js";
import { beingCancelled, filtered, isHeld, isMoving, nothingToDo } from "./replies.js";

/** Asks for the Down of a draining batch. */
export function askDown(record: Maintenance, batchId: string, context: DecisionContext): Decided {
  const { world, nowMs, policy, person } = context;
  const batch = batchOf(record, batchId);
  if (batch === null || world === null) return unchanged(record, nothingToDo(record));
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  const open = openApproval(batch);
  if (open !== null && nowMs < open.expiresAtMs) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id}: the approval is already asked for; the question stands in the thread.`,
      next: "Approve or deny it there.",
    });
  }
  if (!isDraining(batch)) {
    return unchanged(record, wrongPhase(record, "Down"));
  }
  if (record.held !== null) return unchanged(record, isHeld(record, "The approval was not asked for."));
  if (batch.movingFrom !== null)
    return unchanged(record, isMoving(record, "The approval was not asked for."));
  const blind = filtered(world);
  if (blind !== null) return unchanged(record, blind);
  const picture = freshPicture(record, batch, world);
  const { notOurs, unknown } = obstacles(world, batch, picture);
  if (notOurs.length > 0) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: ${quoted(list(notOurs, "; ", 5))}. Only machines that drain in our window can be taken down.`,
      notDone: "The approval was not asked for.",
      next: "Look at the card: if somebody removed the window, post it again with the button, or cancel.",
    });
  }
  if (unknown.length > 0) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: ${quoted(list(unknown, "; ", 5))}.`,
      notDone: "The approval was not asked for.",
      next: "Wait until the agents have registered again, then ask once more.",
    });
  }
  const nobody = nobodyCouldApprove(record, policy, person.user);
  if (nobody !== null) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: ${nobody}`,
      notDone: "The approval was not asked for.",
      next: "Have it asked for by somebody who is not needed to approve it.",
    });
  }
  const current = open === null ? record : conclude(record, batch, { kind: "expired", atMs: nowMs });
  const asked = ask(
    current,
    batchOf(current, batchId) ?? batch,
    seenNow(world, batch, picture),
    { by: person.user, forced: open?.forced ?? false },
    policy,
    nowMs,
  );
  return {
    record: asked,
    reply: replyOf({
      tone: "done",
      text: `${record.id}: the approval is asked for in the thread.`,
      next: policy.selfApproval ? null : "Somebody else has to approve it.",
    }),
  };
}

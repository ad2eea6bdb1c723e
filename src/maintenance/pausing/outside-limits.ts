import { approvalCovering, outsideOf } from "../approval/limits.js";
import { placeOf } from "../record/batch.js";
import { mayGoFromMs } from "../rolling/turn.js";
import { list } from "../text/list.js";
import type { PauseRule } from "./rule.js";

/** A batch that is covered by an approval for several is outside of its limits: it is asked about alone (invariant 5). */
export const outsideLimits: PauseRule = {
  name: "outside_limits",
  looksAt: "next_batch",
  goneOnFor: "batch",
  asksAlone: true,
  next: "approve or deny the question for this batch alone, or press Skip batch or Cancel on the card.",
  sees({ record, batch, seen, policy, nowMs }) {
    const covering = approvalCovering(record, batch, policy, nowMs);
    if (covering === null || nowMs < mayGoFromMs(batch, policy)) return null;
    const outside = outsideOf(covering.limits, seen);
    if (outside.length === 0) return null;
    const approvedWith = placeOf(record, covering.limits.batches[0] ?? batch.id);
    return {
      saw: `it is outside of the limits that were approved with ${approvedWith}: ${list(outside, "; ")}`,
      about: [batch.id],
    };
  },
};

import { downAsked, whyNotDown } from "../approval/down-rules.js";
import { isClear } from "../approval/obstacles.js";
import { ask, askAgainBecauseWorse, BY_ITSELF, grantedApproval, seenNow } from "../approval/question.js";
import { machineKey } from "../cluster/machine.js";
import { overBudget } from "../policy/over-budget.js";
import { batchOf, nowDown, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { MachineView, Picture } from "../record/picture.js";
import type { BatchIn, Maintenance } from "../record/record.js";
import { inTrouble } from "../record/troubles.js";
import { down } from "./down.js";
import { lossOf, taskCounts } from "./loss.js";
import { tellOverdue } from "./overdue.js";
import { type Moment, othersCounted, type Rule, type Step, soon } from "./step.js";

/**
 * From an approval to Down. START_MAINTENANCE kills what still runs and cannot be undone, so: the picture is compared
 * once more with what was approved, the intent is written down before the call, and a call without an answer is
 * settled by what the world shows once it can no longer be under way (invariants 5 and 7).
 */
export const takingDown: Rule<BatchIn<"taking_down">> = (record, batch, picture, moment) => {
  const { nowMs, policy } = moment;
  const waiting = picture.machines.filter((machine) => machine.mode !== "down");
  if (waiting.length === 0) {
    if (batch.intent === null) return downByOthers(record, batch, nowMs);
    const next = nowDown(batch);
    const told = withEvent(withBatch(record, next), nowMs, {
      kind: "down",
      batch: batch.id,
      machines: batch.machines.length,
      ...lossOf(batch.intent),
    });
    return down(told, next, picture, moment);
  }
  if (batch.intent !== null && nowMs < batch.intent.sentAtMs + policy.settleMs) {
    return {
      record,
      effects: [],
      wakeAtMs: Math.min(batch.intent.sentAtMs + policy.settleMs, soon(moment)),
    };
  }
  const told = tellOverdue(record, batch, nowMs);
  const next = batchOf(told, batch.id);
  return takeDown(told, next?.phase === "taking_down" ? next : batch, waiting, picture, moment);
};

/** No call is under way: sends it, or says why not. */
function takeDown(
  record: Maintenance,
  batch: BatchIn<"taking_down">,
  waiting: readonly MachineView[],
  picture: Picture,
  moment: Moment,
): Step {
  const { world, nowMs, policy } = moment;
  const approval = grantedApproval(batch, "down");
  if (approval === null) {
    const asked = ask(record, batch, seenNow(world, batch, picture), BY_ITSELF, policy, nowMs);
    return { record: asked, effects: [], wakeAtMs: null };
  }
  const others = othersCounted(moment);
  if (others === null) return { record, effects: [{ kind: "look_up_others" }], wakeAtMs: soon(moment) };
  const asked = downAsked({ record, batch, approval, world, others, policy, nowMs }, picture);
  const blocked = whyNotDown(asked);
  if (blocked?.then === "waits") {
    const { trouble, untilMs } = blocked;
    const wakeAtMs = Math.min(untilMs ?? approval.expiresAtMs, approval.expiresAtMs);
    return {
      record: trouble === null ? record : inTrouble(record, trouble, nowMs),
      effects: [],
      // What is held stays so when the approval expires.
      wakeAtMs: wakeAtMs > nowMs ? wakeAtMs : null,
    };
  }
  if (blocked !== null) {
    const canAsk = isClear(asked.obstacles) && overBudget(asked) === null;
    const how = { changes: blocked.changes, by: null, canAsk };
    return {
      record: askAgainBecauseWorse(record, batch, asked.seen, how, policy, nowMs),
      effects: [],
      wakeAtMs: null,
    };
  }
  const toStart = new Set(waiting.map(machineKey));
  const machines = batch.machines.filter((machine) => toStart.has(machineKey(machine)));
  const intent = { approvalId: approval.id, sentAtMs: nowMs, ...taskCounts(asked.seen) };
  return {
    record: withBatch(record, { ...batch, intent }),
    effects: [{ kind: "start_maintenance", batch: batch.id, machines }],
    wakeAtMs: soon(moment),
  };
}

/** Approved, but our call was never sent: it was somebody else's. */
function downByOthers(record: Maintenance, batch: BatchIn<"taking_down">, nowMs: number): Step {
  const told = withEvent(withBatch(record, nowDown(batch)), nowMs, {
    kind: "foreign_change",
    text: "Somebody else took these machines Down between the approval and our call.",
  });
  return { record: told, effects: [], wakeAtMs: null };
}

import { isUnsettled, withBatch } from "../record/batch.js";
import { standingAt } from "../window/ours.js";
import { type Rule, soon } from "./step.js";

/**
 * An extension on its way to the master: our machines that stand at exactly the old time are moved to the new one, in
 * one post, until none stands there any more. Other people's windows stay, also one of the same time (invariants 1, 12).
 * After Up nothing is moved any more, but the old time stays ours: the machines may still stand at it.
 */
export const moveWindow: Rule = (record, batch, _picture, moment) => {
  const { world, sight } = moment;
  const from = batch.movingFrom;
  if (from === null || batch.phase === "bringing_up") return { record, effects: [], wakeAtMs: null };
  const machines = standingAt(world, batch, from);
  if (machines.length === 0) {
    // Without any window shown nobody can say that ours was moved: forgotten, the old time would be somebody else's (invariant 2).
    if (sight.kind === "nothing") return { record, effects: [], wakeAtMs: null };
    return { record: withBatch(record, { ...batch, movingFrom: null }), effects: [], wakeAtMs: null };
  }
  // A post without an answer may still take effect, and then the old window is gone (invariant 7).
  if (isUnsettled(record, world.observedAtMs))
    return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  return {
    record,
    effects: [{ kind: "update_schedule", edit: { kind: "move", machines, from, to: batch.window } }],
    wakeAtMs: soon(moment),
  };
};

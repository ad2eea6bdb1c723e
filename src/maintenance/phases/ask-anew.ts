import { answersAwaitedUntil, mayAskNow } from "../approval/obstacles.js";
import { ask, seenNow } from "../approval/question.js";
import { closedForDown } from "../policy/hours.js";
import { overBudget } from "../policy/over-budget.js";
import { inTrouble, troubleOf } from "../record/troubles.js";
import { isItsTurn } from "../rolling/turn.js";
import { othersCounted, type Rule, soon } from "./step.js";

/**
 * A question that was taken back (for an extension, for a post) is asked anew as soon as the machines drain in our
 * window again, the answers that the post erased are back or were waited for, and no budget would be broken, and as the question of
 * whoever asked it first (invariant 6). One that the bot asked by itself also waits for the hours of the calendar.
 */
export const askAnew: Rule = (record, batch, picture, moment) => {
  const { world, policy, nowMs } = moment;
  const unchanged = { record, effects: [], wakeAtMs: null };
  if (batch.phase !== "draining" || batch.askAnew === null || batch.movingFrom !== null) return unchanged;
  if (!isItsTurn(record, batch)) return unchanged;
  const again = batch.askAnew;
  if (!mayAskNow(record, batch, picture, world)) return unchanged;
  const awaitedUntilMs = answersAwaitedUntil(record, picture, policy, nowMs);
  if (awaitedUntilMs !== null) return { ...unchanged, wakeAtMs: awaitedUntilMs };
  if (again.by === null && closedForDown(record, policy, nowMs) !== null) return unchanged;
  const others = othersCounted(moment);
  if (others === null) return { record, effects: [{ kind: "look_up_others" }], wakeAtMs: soon(moment) };
  const over = overBudget({ record, batch, world, others, policy, nowMs });
  if (over !== null)
    return { ...unchanged, record: inTrouble(record, troubleOf("over_budget", over), nowMs) };
  const how = { about: "down", ...again } as const;
  return { ...unchanged, record: ask(record, batch, seenNow(world, batch, picture), how, policy, nowMs) };
};

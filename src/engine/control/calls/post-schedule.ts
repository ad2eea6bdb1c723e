import type { Schedule } from "../../../maintenance/cluster/schedule.js";
import type { Policy } from "../../../maintenance/policy/policy.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import {
  withAcceptedRemoval,
  withPossiblePost,
  withRefusedRemoval,
} from "../../../maintenance/sight/own-calls.js";
import type { Millis } from "../../../maintenance/time.js";
import { applyEdit, type ScheduleEdit, sameSchedule } from "../../../maintenance/window/edit.js";
import { troubleFrom } from "../../lanes/troubles.js";
import { UNDONE, type Undone } from "../not-done.js";
import { type Answer, LOOK_AGAIN, type Outcome, type Scene, send } from "./send.js";
import { toldAnswer } from "./told-answer.js";

/**
 * Read, merge our change, write (invariant 1). The list is read once more right before the write, because other people
 * may have posted since the world was read. Nothing is posted when nothing would change (invariant 3).
 */
export async function postSchedule(edits: readonly ScheduleEdit[], scene: Scene): Promise<Outcome> {
  const { world, cluster, beside } = scene;
  let next: Schedule;
  try {
    const schedule = await cluster.master.scheduleOf(world.leaderId);
    // Another leader may show us less than this one did: posting on top of that would wipe windows (invariants 1, 2).
    if (schedule === null) return LOOK_AGAIN;
    const { down } = world.status;
    next = [...edits, ...beside].reduce((list, one) => applyEdit(list, one, down), schedule);
    if (sameSchedule(schedule, next)) return LOOK_AGAIN;
  } catch (error) {
    return { kind: "not_sent", trouble: troubleFrom(error, undoneBy(edits).notDone) };
  }
  return await send(scene, (maySend) => cluster.master.updateSchedule(next, maySend));
}

/** The record with what the answer told, of the post and of each window in it. */
export function toldPost(
  record: Maintenance,
  edits: readonly ScheduleEdit[],
  answer: Answer,
  policy: Policy,
  nowMs: Millis,
): Maintenance {
  const answered = toldAnswer(record, answer, undoneBy(edits), policy, nowMs);
  return edits.reduce((next, edit) => withPost(next, edit, answer.kind, policy, nowMs), answered);
}

/** What a post with these edits was to do: windows are posted, moved or taken out, and seldom two of them at once. */
function undoneBy(edits: readonly ScheduleEdit[]): Undone {
  return UNDONE[edits[0]?.kind ?? "place"];
}

/** What the answer to a post, or that none came, tells of the windows of these machines. */
function withPost(
  record: Maintenance,
  { kind, machines }: ScheduleEdit,
  answer: Answer["kind"],
  { hasCredentials }: Policy,
  nowMs: Millis,
): Maintenance {
  switch (`${kind} ${answer}` as const) {
    case "place accepted":
      return withPossiblePost(record, machines, nowMs);
    case "place none":
      // Only a view that can be filtered hides a window that was posted (invariant 2).
      return hasCredentials ? withPossiblePost(record, machines, nowMs) : record;
    case "remove accepted":
      return withAcceptedRemoval(record, machines, nowMs);
    case "remove refused":
      return withRefusedRemoval(record, machines);
    default:
      return record;
  }
}

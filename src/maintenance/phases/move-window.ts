import { isDraining, isUnsettled, withBatch } from "../record/batch.js";
import { noteOnce } from "../record/log.js";
import { earlierTimes, standingAt } from "../window/ours.js";
import { type Effect, type Rule, soon } from "./step.js";

/** Told once when machines stand in an earlier window of ours again, though the one of now was posted and seen. */
const MOVED_BACK =
  "Somebody else's post put machines back into an earlier window of ours; they are moved to the one of now again, and other people's windows stay.";

/**
 * A window that was made longer or moved, on its way to the master: our machines that stand at exactly an earlier time of ours are moved to the
 * time of now, in one post, until none stands there any more. Who read the schedule before may write that list back at
 * any time, so it is looked for as long as the window has to stand. Other people's windows stay, also one of the same
 * time (invariants 1, 12). Nothing is moved where the window is to go, or while machines are being taken down; the
 * earlier times stay ours.
 */
export const moveWindow: Rule = (record, batch, _picture, moment) => {
  const { world, sight } = moment;
  const unchanged = { record, effects: [], wakeAtMs: null };
  if (batch.phase !== "scheduled" && batch.phase !== "down" && !isDraining(batch)) return unchanged;
  const { movingFrom, earlierWindows } = batch;
  const effects = earlierTimes(batch).flatMap((from): Effect[] => {
    const machines = standingAt(world, batch, from);
    const edit = { kind: "move" as const, machines, from, to: batch.window };
    return machines.length > 0 ? [{ kind: "update_schedule", edit }] : [];
  });
  if (effects.length === 0) {
    // Without any window shown nobody can say that ours was moved (invariant 2).
    if (movingFrom === null || sight.kind === "nothing") return unchanged;
    const moved = { ...batch, movingFrom: null, earlierWindows: [...earlierWindows, movingFrom] };
    return { ...unchanged, record: withBatch(record, moved) };
  }
  if (record.unwatched !== null) return unchanged;
  // A post without an answer may still take effect, and then the earlier window is gone (invariant 7).
  if (isUnsettled(record, world.observedAtMs)) return { ...unchanged, wakeAtMs: record.unsettledUntilMs };
  const told = movingFrom === null ? noteOnce(record, MOVED_BACK, moment.nowMs) : record;
  return { record: told, effects, wakeAtMs: soon(moment) };
};

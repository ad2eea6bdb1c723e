import { newsBetween } from "../answers/news.js";
import { answersEvent } from "../answers/summary.js";
import { endMs, isOver } from "../cluster/schedule.js";
import { conflictsOf } from "../policy/conflicts.js";
import { AS_DRAIN, refusalOf } from "../policy/objection.js";
import { announcedAtMs, ended, isDraining, isUnsettled, placeOf, withBatch } from "../record/batch.js";
import { always, untilDown } from "../record/batch-phases.js";
import { withEvent } from "../record/log.js";
import type { BatchIn, DrainingBatch, Maintenance } from "../record/record.js";
import { inTrouble, troubleOf } from "../record/troubles.js";
import { besideUnreadable } from "../record/unreadable-trouble.js";
import { isAnnounced } from "../rolling/turn.js";
import { windowOf } from "../window/edit.js";
import { earlierTimes, standingAt } from "../window/ours.js";
import { draining } from "./draining.js";
import { type Moment, type Rule, soon } from "./step.js";

/** Posts the window until the master shows every machine in it. */
export const scheduled: Rule<BatchIn<"scheduled">> = (record, batch, picture, moment) => {
  const { world, sight, hosts, nowMs } = moment;
  if (!isAnnounced(record, batch, nowMs))
    return { record, effects: [], wakeAtMs: announcedAtMs(record, batch) };
  const ours = standingAt(world, batch, batch.window);
  // Posted again in the middle of an extension: these are moved (`move-window.ts`), not placed.
  const moving = earlierTimes(batch).flatMap((time) => standingAt(world, batch, time));
  const known = new Set([...ours, ...moving]);
  const foreign = batch.machines.filter(
    (machine) => windowOf(world.schedule, machine) !== null && !known.has(machine),
  );
  if (ours.length > 0 && ours.length + foreign.length === batch.machines.length) {
    const next: DrainingBatch = {
      ...untilDown(batch),
      phase: "draining",
      seenSinceMs: nowMs,
      askedByItself: false,
      askAnew: batch.askAnew,
    };
    const told = withEvent(withBatch(record, next), nowMs, {
      kind: "scheduled",
      batch: batch.id,
      machines: batch.machines.length,
    });
    // Frameworks may have answered before the first look that shows the window; later ones are news by themselves.
    const answered = picture.verdicts.some(({ answeredAtMs }) => answeredAtMs !== null);
    const isFirst = !record.batches.some(isDraining);
    const seen = record.picture ?? picture;
    const news = newsBetween({ ...seen, verdicts: [] }, seen, { before: seen, after: seen });
    const all = answered && isFirst ? withEvent(told, nowMs, answersEvent(seen, news)) : told;
    return draining(all, next, picture, moment);
  }
  // Before anything is concluded: a post without an answer may still take effect (invariant 7).
  if (isUnsettled(record, world.observedAtMs))
    return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  if (isOver(batch.window, nowMs)) {
    const over = inTrouble(record, troubleOf("window_over", { id: record.id }), nowMs);
    return { record: over, effects: [], wakeAtMs: null };
  }
  const current = sight.kind === "nothing" ? record : withProvedSight(record, batch);
  if (record.held !== null || record.unwatched !== null)
    return { record: current, effects: [], wakeAtMs: endMs(batch.window) };
  if (foreign.length > 0 && ours.length + moving.length === 0) {
    // Whose windows these are is told by the other maintenances.
    if (hosts === null) return { record, effects: [{ kind: "look_up_hosts" }], wakeAtMs: soon(moment) };
    if (hosts.kind === "others_unreadable") {
      const trouble = besideUnreadable(hosts.unreadable);
      return { record: inTrouble(record, trouble, nowMs), effects: [], wakeAtMs: soon(moment) };
    }
    return { record: taken(record, batch, hosts.others, moment), effects: [], wakeAtMs: null };
  }
  // Machines that somebody moved to another window in the meantime stay there (invariant 12).
  const stays = new Set([...foreign, ...moving]);
  const machines = batch.machines.filter((machine) => !stays.has(machine));
  if (machines.length === 0) return { record: current, effects: [], wakeAtMs: soon(moment) };
  return {
    record: current,
    effects: [{ kind: "update_schedule", edit: { kind: "place", machines, time: batch.window } }],
    wakeAtMs: soon(moment),
  };
};

/**
 * The end of a batch whose machines all stand in other windows before its own was posted (invariant 12), and of the
 * maintenance, if it has no other.
 */
function taken(
  record: Maintenance,
  batch: BatchIn<"scheduled">,
  others: readonly Maintenance[],
  { world, policy, nowMs }: Moment,
): Maintenance {
  const { machines } = batch;
  const asked = { record, machines, batches: [machines], world, others, policy, nowMs };
  const conflict = conflictsOf(asked);
  if (conflict === null) return record;
  const notDone = "No window was posted and nothing was overwritten.";
  const refusal = refusalOf(asked, [conflict], { ...AS_DRAIN, notDone });
  const { why } = refusal;
  if (batch.drained.length > 0) {
    // Its agents take nothing until they are reactivated, which is done for what is given back.
    const text = `${why} The machines are given back to whoever put them there, and their agents, which were drained, take tasks again.`;
    const givenBack = withBatch(record, { ...always(batch), phase: "cancelled" });
    return withEvent(givenBack, nowMs, { kind: "foreign_change", text });
  }
  const failed = withBatch(record, { ...always(batch), phase: "failed" });
  if (record.batches.length > 1) {
    const text = `${placeOf(record, batch.id)} is left out: ${why} The other batches go on.`;
    return withEvent(failed, nowMs, { kind: "foreign_change", text });
  }
  return ended(withEvent(failed, nowMs, { kind: "failed", ...refusal }), "failed", nowMs, why);
}

/** The view shows windows before the first post: one that shows none later is not believed (invariant 2). */
function withProvedSight(record: Maintenance, batch: BatchIn<"scheduled">): Maintenance {
  const { post, seenSinceMs } = batch;
  if (post.kind === "posted" || post.sightProved || seenSinceMs !== null) return record;
  return withBatch(record, { ...batch, post: { kind: "none", sightProved: true } });
}

import { indexAgents } from "../cluster/agent-index.js";
import { machineKey } from "../cluster/machine.js";
import { isOver } from "../cluster/schedule.js";
import { isPosted, isUnsettled } from "../record/batch.js";
import { namesOf } from "../record/names.js";
import type { Batch, Maintenance } from "../record/record.js";
import { type FoundTrouble, troubleOf } from "../record/troubles.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { mayStand } from "./own-calls.js";
import type { Look } from "./sight.js";

/**
 * The one rule for a master that shows nothing although something of ours should stand (invariant 2). Everything may
 * really be over; without the rights to see windows it looks the same. So nothing of ours is called over because of it
 * alone, and nothing is posted on top of it. `null` when nothing of the kind is in the way; while machines drain,
 * a window that is gone is told as somebody's change (`phases/foreign-changes.ts`).
 */
export function whyNothingShown(
  record: Maintenance,
  look: Look,
  hasCredentials: boolean,
): FoundTrouble | null {
  if (look.sight.kind !== "nothing" || isUnsettled(record, look.world.observedAtMs)) return null;
  if (record.cancel !== null) return removalUnseen(record, look);
  const vanished = hasCredentials && record.batches.some((batch) => windowsVanished(record, batch, look));
  return (
    postUnseen(record) ??
    (vanished ? troubleOf("windows_vanished", { id: record.id }) : downUnseen(record, look))
  );
}

/** Cancelled: whether our window was taken out cannot be told from here. */
function removalUnseen(record: Maintenance, { world }: Look): FoundTrouble | null {
  const { id, batches } = record;
  const standing = batches.filter((batch) => mayStand(batch, world.leaderId));
  return standing.length === 0
    ? null
    : troubleOf("cancel_unseen", { id, machines: machinesOf(record, standing) });
}

/**
 * Our window was posted, and nobody's is shown: somebody cleared everything in the same moment, or we are not shown
 * windows at all, and then the post has just replaced ones that we could not see. Posting once more would do it again.
 */
function postUnseen(record: Maintenance): FoundTrouble | null {
  const { id, batches } = record;
  const posted = batches.filter(isPosted);
  return posted.length === 0
    ? null
    : troubleOf("own_window_unseen", { id, machines: machinesOf(record, posted) });
}

/**
 * The master showed windows since the drain was planned, and before our first post it shows none. A master that asks
 * nobody who they are hides nothing: there the windows are over. A window of ours that was seen or posted before is
 * another matter: there a person has said to post again.
 */
function windowsVanished({ held }: Maintenance, batch: Batch, { nowMs }: Look): boolean {
  if (batch.phase !== "scheduled" || batch.seenSinceMs !== null) return false;
  const isProved = batch.post.kind === "none" && batch.post.sightProved;
  return isProved && held === null && !isOver(batch.window, nowMs);
}

/** Ours should be Down: nobody is said to have brought them Up. No agent registers on a machine that is Down. */
function downUnseen(record: Maintenance, { world }: Look): FoundTrouble | null {
  const { id, batches } = record;
  const { byMachine } = indexAgents(world.agents);
  const unseen = batches.filter(
    ({ phase, machines }) =>
      phase === "down" && !machines.some((machine) => byMachine.has(machineKey(machine))),
  );
  return unseen.length === 0 ? null : troubleOf("down_unseen", { id, machines: machinesOf(record, unseen) });
}

function machinesOf(record: Maintenance, batches: readonly Batch[]): string {
  return quoted(list(batches.flatMap((batch) => batch.machines.map(namesOf(record).of))));
}

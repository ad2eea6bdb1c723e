import { grantedApproval } from "../approval/question.js";
import type { TaskEnd } from "../cluster/world.js";
import { groupBy } from "../group-by.js";
import { placeOf } from "../record/batch.js";
import type { Approval, Batch, Maintenance } from "../record/record.js";
import { counted, list } from "../text/list.js";
import type { Millis } from "../time.js";
import type { PauseRule } from "./rule.js";

/** How far the clock of a master may be from ours. */
const CLOCKS_APART_MS = 60_000;

/**
 * With a batch more tasks were lost than were approved. What is there right before the call is compared with the approval
 * (invariant 5); what came between that look and the Down shows only afterwards, in what the master says it lost.
 */
export const lostMore: PauseRule = {
  name: "lost_more",
  looksAt: "batches_before",
  goneOnFor: "roll",
  lasts: true,
  next: "look at what was lost, then press Go on or Cancel on the card. Nothing more goes down until then.",
  sees({ record, world }) {
    const losses = groupBy(
      world.ended.filter(({ how }) => how === "lost_with_agent"),
      ({ agentId }) => agentId,
    );
    if (losses.size === 0) return null;
    const found = record.batches.flatMap((batch) => {
      const granted = wentDownUnder(batch);
      if (granted === null) return [];
      const approved = tasksApproved(record, granted);
      const lost = tasksLost(batch, granted.outcome.atMs, losses);
      return lost > approved ? [{ batch, lost, approved }] : [];
    });
    if (found.length === 0) return null;
    const words = found.map(
      ({ batch, lost, approved }) =>
        `${counted(lost, "task")} ${lost === 1 ? "was" : "were"} lost with ${placeOf(record, batch.id)}, and ${approved} ${approved === 1 ? "was" : "were"} approved`,
    );
    return { saw: list(words, "; "), about: found.map(({ batch }) => batch.id) };
  },
};

type Granted = Approval & { readonly outcome: Extract<Approval["outcome"], { kind: "granted" }> };

/** The approval under which a batch went down; `null` if it did not, or nobody approved it. */
function wentDownUnder(batch: Batch): Granted | null {
  if (batch.phase !== "down" && batch.phase !== "bringing_up" && batch.phase !== "up") return null;
  const granted = grantedApproval(batch, "down");
  return granted?.outcome?.kind === "granted" ? { ...granted, outcome: granted.outcome } : null;
}

/** Under the approval of another batch it is the limit; its own is for what was seen. */
function tasksApproved({ batches }: Maintenance, { under, seen }: Approval): number {
  const covering = batches.flatMap(({ approvals }) => approvals).find(({ id }) => id === under);
  return covering?.limits?.tasks ?? seen.tasks.length;
}

/** As many as the master remembers, until the batch was up: what the same machines lose later they lose by something else. */
function tasksLost(batch: Batch, sinceMs: Millis, losses: ReadonlyMap<string, readonly TaskEnd[]>): number {
  const untilMs = batch.phase === "up" ? batch.upAtMs : Number.POSITIVE_INFINITY;
  const theirs = batch.agents.flatMap(({ id }) => losses.get(id) ?? []);
  return theirs.filter(({ atMs }) => atMs >= sinceMs - CLOCKS_APART_MS && atMs < untilMs + CLOCKS_APART_MS)
    .length;
}

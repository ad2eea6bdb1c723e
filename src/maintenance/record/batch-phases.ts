import { z } from "zod";
import type { Unavailability } from "../cluster/schedule.js";
import type { Millis } from "../time.js";
import { type DrainIntent, type FlatBatch, storedBatch } from "./stored-batch.js";

/** What a batch has in every phase. */
interface Always
  extends Pick<
    FlatBatch,
    "id" | "machines" | "agents" | "namesakes" | "window" | "movingFrom" | "approvals"
  > {
  /** The windows that our machines were moved out of, oldest first: an old list that is written back puts them there again. */
  earlierWindows: readonly Unavailability[];
  /** When our window was last seen to appear in the master's schedule; `null` if it never was. */
  seenSinceMs: Millis | null;
  /** Agents for which DRAIN_AGENT was sent, or was to be. */
  drained: readonly DrainIntent[];
}

/** What it has until it is Down. */
interface UntilDown extends Always, Pick<FlatBatch, "intent" | "emptySinceMs" | "overdueTold" | "skippedBy"> {
  removal: Removal | null;
}

/** What came of taking its machines out of the schedule again; nothing more is posted for them then. */
type Removal =
  /** This leader showed our window and was then asked; it did not refuse. */
  | { readonly kind: "asked"; readonly leaderId: string }
  /** A master accepted it. */
  | { readonly kind: "accepted"; readonly atMs: Millis };

/** What came of posting its window. */
type Post =
  /**
   * Not posted yet, or a person has it posted again. `sightProved`: the master showed windows since it was planned, so one
   * that shows none is not believed (invariant 2).
   */
  | { readonly kind: "none"; readonly sightProved: boolean }
  /** Posted, accepted or without an answer: from here on our own window is what has to be shown. */
  | { readonly kind: "posted"; readonly atMs: Millis };

/** What it has while its window stands. */
interface Standing extends UntilDown {
  seenSinceMs: Millis;
}

type Own<Field extends keyof FlatBatch> = Pick<FlatBatch, Field>;

/** Machines that go down together: what is known of them is what their phase needs. */
export type Batch =
  | (UntilDown & { phase: "kill_draining" })
  | (UntilDown & Own<"askAnew"> & { phase: "scheduled"; post: Post })
  | (Standing & Own<"askedByItself" | "askAnew"> & { phase: "draining" })
  | (Standing & { phase: "awaiting_approval" })
  | (Standing & { phase: "taking_down" })
  | (Always & Own<"overdueTold" | "confirmedUp"> & { phase: "down" })
  | (Always & Own<"confirmedUp"> & { phase: "bringing_up" })
  | (Always &
      Own<"returned" | "missingTold" | "goneSinceMs" | "wentOnWithout"> & { phase: "up"; upAtMs: Millis })
  | (Always & Own<"goneSinceMs"> & { phase: "cancelled" })
  | (Always & { phase: "failed" });

/** A batch in one of these phases. */
export type BatchIn<P extends Batch["phase"]> = Extract<Batch, { phase: P }>;

/** A batch whose window stands and whose Down is neither approved nor under way. */
export type DrainingBatch = BatchIn<"draining" | "awaiting_approval">;

/** A batch whose window stands and that is to go down, approved or not. */
export type StandingBatch = DrainingBatch | BatchIn<"taking_down">;

/** A batch that is to go down, approved or not. */
export type BatchToGoDown = BatchIn<"kill_draining" | "scheduled"> | StandingBatch;

/** What a batch takes along into whatever phase comes next. */
export function always(batch: Batch): Always {
  const { id, machines, agents, namesakes, window, movingFrom, earlierWindows, approvals } = batch;
  const { seenSinceMs, drained } = batch;
  const beside = namesakes === undefined ? {} : { namesakes };
  return {
    ...{ id, machines, agents, ...beside, window, movingFrom, earlierWindows, approvals },
    ...{ seenSinceMs, drained },
  };
}

/** What a batch takes along into the next phase before Down. */
export function untilDown<B extends BatchToGoDown>(batch: B): UntilDown & Pick<B, "seenSinceMs"> {
  const { intent, emptySinceMs, overdueTold, removal, seenSinceMs, skippedBy } = batch;
  const skipped = skippedBy === undefined ? {} : { skippedBy };
  return { ...always(batch), intent, emptySinceMs, overdueTold, removal, seenSinceMs, ...skipped };
}

/** Between the flat shape that is stored and the one in which a field belongs to its phases. */
export const batch = z.codec(storedBatch, z.custom<Batch>(), { decode: inItsPhase, encode: flattened });

/** A stored batch with what its phase needs. Throws when it lacks a time that every batch of its phase has. */
export function inItsPhase(flat: FlatBatch): Batch {
  const { id, machines, agents, window, movingFrom, approvals, drainingSinceMs } = flat;
  const { intent, emptySinceMs, overdueTold, askedByItself, askAnew, confirmedUp } = flat;
  const { earlierWindows = [], drained = [] } = flat;
  const ever: Always = {
    ...{ id, machines, agents, window, movingFrom, earlierWindows, approvals, drained },
    ...(flat.namesakes === undefined ? {} : { namesakes: flat.namesakes }),
    seenSinceMs: drainingSinceMs,
  };
  const gone = flat.goneSinceMs === undefined ? {} : { goneSinceMs: flat.goneSinceMs };
  const skipped = flat.skippedBy === undefined ? {} : { skippedBy: flat.skippedBy };
  const before: UntilDown = {
    ...ever,
    intent,
    emptySinceMs,
    overdueTold,
    removal: removalIn(flat),
    ...skipped,
  };
  const standing = (): Standing => ({ ...before, seenSinceMs: known(flat, "drainingSinceMs") });
  const { phase } = flat;
  switch (phase) {
    case "kill_draining":
      return { ...before, phase };
    case "scheduled":
      return { ...before, phase, post: postIn(flat), askAnew };
    case "draining":
      return { ...standing(), phase, askedByItself, askAnew };
    case "awaiting_approval":
    case "taking_down":
      return { ...standing(), phase };
    case "down":
      return { ...ever, phase, overdueTold, confirmedUp };
    case "bringing_up":
      return { ...ever, phase, confirmedUp };
    case "up": {
      const { returned, missingTold, wentOnWithout } = flat;
      const without = wentOnWithout === undefined ? {} : { wentOnWithout };
      return { ...ever, ...gone, ...without, phase, upAtMs: known(flat, "upAtMs"), returned, missingTold };
    }
    case "cancelled":
      return { ...ever, ...gone, phase };
    case "failed":
      return { ...ever, phase };
  }
}

function known(flat: FlatBatch, field: "drainingSinceMs" | "upAtMs"): Millis {
  const atMs = flat[field];
  if (atMs === null) throw new Error(`The batch ${flat.id} is ${flat.phase} without ${field}.`);
  return atMs;
}

function postIn({ postedAtMs, sightProved }: FlatBatch): Post {
  return postedAtMs === null ? { kind: "none", sightProved } : { kind: "posted", atMs: postedAtMs };
}

function removalIn({ removedAtMs, removalLeaderId }: FlatBatch): Removal | null {
  if (removedAtMs !== null) return { kind: "accepted", atMs: removedAtMs };
  return removalLeaderId === null ? null : { kind: "asked", leaderId: removalLeaderId };
}

function flattened(batch: Batch): FlatBatch {
  const post = "post" in batch ? batch.post : null;
  const removal = "removal" in batch ? batch.removal : null;
  return {
    ...ELSEWHERE,
    ...batch,
    drainingSinceMs: batch.seenSinceMs,
    // While a question or an approval stands it is true; afterwards nobody asks.
    askedByItself:
      batch.phase === "draining"
        ? batch.askedByItself
        : batch.phase !== "scheduled" && batch.phase !== "kill_draining",
    postedAtMs: post?.kind === "posted" ? post.atMs : null,
    sightProved: post?.kind === "none" && post.sightProved,
    removedAtMs: removal?.kind === "accepted" ? removal.atMs : null,
    removalLeaderId: removal?.kind === "asked" ? removal.leaderId : null,
  };
}

/** What the stored shape says of phases that a batch is not in. */
const ELSEWHERE = {
  intent: null,
  askAnew: null,
  emptySinceMs: null,
  overdueTold: false,
  returned: [],
  upAtMs: null,
  missingTold: false,
  confirmedUp: [],
} satisfies Partial<FlatBatch>;

import { z } from "zod";

/** How the machines of a drain are divided into batches. */
const batchRule = z.discriminatedUnion("kind", [
  /** So many machines in a batch. */
  z.object({ kind: z.literal("count"), count: z.number().int().positive() }),
  /** Of the machines of the drain, rounded down, at least one. */
  z.object({ kind: z.literal("percent"), percent: z.number().positive().max(100) }),
  /** One batch for each value of an attribute of the agents. */
  z.object({ kind: z.literal("attribute"), name: z.string() }),
  z.object({ kind: z.literal("zone") }),
  z.object({ kind: z.literal("region") }),
]);

export type BatchRule = z.output<typeof batchRule>;

/**
 * What an approval covers. `each`: its own batch. `canary`: the first batch has its own, then one is for all others.
 * `once`: one is for all. One that is for several binds by limits, because their pictures do not exist yet.
 */
export const APPROVE_MODES = ["each", "canary", "once"] as const;

export type ApproveMode = (typeof APPROVE_MODES)[number];

/** What the batches after the one that was asked about have to keep to go down under the same approval. */
export const limits = z.object({
  /** Ids of the batches that it is for, the one that was asked about first. */
  batches: z.array(z.string()),
  /** Tasks lost with each of them at most. */
  tasks: z.number().int(),
  /** Machines out at once at most. */
  machines: z.number().int(),
  /** It is for no Down after this: the end of the last window when it was asked. */
  untilMs: z.number().int(),
});

export type Limits = z.output<typeof limits>;

/** What was asked for with `--batch`, `--canary`, `--horizon` and `--approve`: machines that go down one batch after another. */
export const roll = z.object({
  rule: batchRule,
  /** Machines in a first batch of their own, or `null`. */
  canary: z.number().int().positive().nullable(),
  /** Of how many batches at once windows are posted, in turn; absent: of all, unless the plan finds that too many. */
  horizon: z.number().int().positive().optional(),
  /** Absent: `each`. */
  approve: z.enum(APPROVE_MODES).optional(),
});

export type Roll = z.output<typeof roll>;

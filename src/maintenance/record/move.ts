import { z } from "zod";

const millis = z.number().int();

/** An app of a Marathon of which tasks are to be moved, as it was when the question was asked. */
const movingApp = z.object({
  frameworkId: z.string(),
  /** The framework's name. */
  framework: z.string(),
  /** Such as `/billing/api`. */
  app: z.string(),
  /** What is killed, in this order, each task once; everything else of the app stays. */
  tasks: z.array(z.object({ id: z.string(), host: z.string() })),
  instances: z.number().int(),
  /** How many instances have to be healthy at any time: the share that the app asks for, rounded up. */
  minimum: z.number().int(),
  /** How many were, as Marathon counts. */
  healthy: z.number().int(),
  /** Without health checks those count that run. */
  hasHealthChecks: z.boolean(),
});

export type MovingApp = z.output<typeof movingApp>;

/** What a question about moving tasks shows: its approval is for these tasks and no other. */
export const movePlan = z.object({
  apps: z.array(movingApp),
  /** What else of the same frameworks runs on the machines, and why it stays. */
  stays: z.array(
    z.object({ framework: z.string(), app: z.string(), tasks: z.number().int(), why: z.string() }),
  ),
});

export type MovePlan = z.output<typeof movePlan>;

/**
 * A kill that Marathon was asked for, written down before it is (invariants 5 and 7): a task is killed at most once under
 * one approval, and whether it was is settled by looking at Marathon and at the master.
 */
const kill = z.object({
  task: z.string(),
  atMs: millis,
  /** How many were healthy before. */
  healthy: z.number().int(),
  /** Neither Marathon nor the master shows it any more. */
  isGone: z.boolean(),
});

/** Tasks that are moved under an approval. */
export const move = z.object({
  batch: z.string(),
  approval: z.string(),
  /** Who gave the last vote. */
  by: z.string(),
  sinceMs: millis,
  /** Nothing is killed after it. */
  untilMs: millis,
  /** When Marathon is looked at again, at the earliest. */
  lookAtMs: millis,
  apps: z.array(
    movingApp.extend({
      kills: z.array(kill),
      /** Tasks beside ours on machines with windows before the first kill. */
      known: z.array(z.string()),
      /** Copies that were started on machines with windows since. */
      relaunched: z.array(z.string()),
      /** Why nothing more of it is killed; `null` while something may be. */
      stopped: z.string().nullable(),
      /** Why its Marathon could not be asked for a kill; absent once it has answered to one. */
      unasked: z.string().optional(),
    }),
  ),
  /** Why a Marathon could not be looked at, or asked for a kill; `null` when it could. It stops nothing but the kills. */
  away: z.string().nullable(),
  end: z.object({ atMs: millis, why: z.string() }).nullable(),
});

export type Move = z.output<typeof move>;

export type AppMove = Move["apps"][number];

/** How many of the approved tasks are gone, and of how many. */
export function movedOf({ apps }: Pick<Move, "apps">): { readonly moved: number; readonly of: number } {
  return {
    moved: apps.reduce((sum, { kills }) => sum + kills.filter(({ isGone }) => isGone).length, 0),
    of: apps.reduce((sum, { tasks }) => sum + tasks.length, 0),
  };
}

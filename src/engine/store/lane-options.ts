import type { StoreWorkerOptions } from "./store.js";

/**
 * What every lane shares. A lock lasts 6 s and is renewed every 2 s, and jobs without one are looked for every 2 s in
 * two passes (mark, then take), so the job of a killed worker runs again 6 to 8 s after the kill. A shorter lock would
 * be lost by a busy process, a longer one would hold up every maintenance of the cluster.
 */
const PICKED_UP_SOON = {
  lockDuration: 6_000,
  lockRenewTime: 2_000,
  stalledInterval: 2_000,
  /** After Redis was away: ask again each second instead of BullMQ's 15. */
  runRetryDelay: 1_000,
} satisfies StoreWorkerOptions;

/**
 * The control lane: beside this, the queue has a global concurrency of 1. A long-lived job is the record of a
 * maintenance and BullMQ counts its stalls for as long as it lives, so no number of crashes may fail it (invariant 11).
 */
export const CONTROL_WORKER_OPTIONS = {
  ...PICKED_UP_SOON,
  concurrency: 1,
  maxStalledCount: 1_000_000,
} satisfies StoreWorkerOptions;

/**
 * The lane of runs. A run whose lock is lost is ended, so a lock outlasts a store that is away for minutes; in turn it takes
 * as long until the run of a worker that died is known to be lost. A job comes again as often as it takes: it is never
 * started twice (`runs/runs.ts`).
 */
export const RUNS_WORKER_OPTIONS = {
  ...PICKED_UP_SOON,
  lockDuration: 300_000,
  lockRenewTime: 15_000,
  stalledInterval: 5_000,
  concurrency: 20,
  maxStalledCount: 1_000_000,
} satisfies StoreWorkerOptions;

/** The query lane: read-only, so many at once, and a question that has killed its worker twice is not asked again. */
export const QUERY_WORKER_OPTIONS = {
  ...PICKED_UP_SOON,
  concurrency: 16,
  maxStalledCount: 1,
} satisfies StoreWorkerOptions;

/**
 * The notify lane: few at once. `limiter` is what makes `queue.rateLimit(ms)` (Slack's 429) stop every worker and not
 * only the one that met it; its own numbers are above what Slack lets through.
 */
export const NOTIFY_WORKER_OPTIONS = {
  ...PICKED_UP_SOON,
  concurrency: 4,
  maxStalledCount: 1_000_000,
  limiter: { max: 50, duration: 1_000 },
} satisfies StoreWorkerOptions;

import type { Logger } from "../../base/logger.js";
import type { Clock } from "../clock.js";
import { type StoreQueue, wake } from "../store/store.js";

/** How often the jobs that wait are looked at. */
const EVERY_MS = 30_000;

/** A job that is due comes at most so late by itself. */
const LATE_MS = 5_000;

/**
 * Wakes jobs that have waited longer than they were to. A store lets a job wait until a time of day, so that a clock that is
 * set back makes it wait that much longer; here it is told by a clock that is never set back (invariant 11).
 */
export function wakeLateJobs(
  queues: readonly StoreQueue[],
  { elapsed, after }: Pick<Clock, "elapsed" | "after">,
  logger: Logger,
): { close(): void } {
  let closed = false;
  let takeBack = after(EVERY_MS, look);
  const sweeps = queues.map((queue) => sweepOf(queue, elapsed));

  function look(): void {
    void Promise.all(sweeps.map((sweep) => sweep()))
      .then((woken) => {
        const count = woken.reduce((sum, one) => sum + one, 0);
        if (count > 0)
          logger.warn(
            { jobs: count },
            "jobs waited longer than they were to, as when a clock is set back; they run now",
          );
      })
      // The store is away, which others tell.
      .catch((error: unknown) => logger.debug({ err: error }, "late jobs could not be looked for"))
      .finally(() => {
        if (!closed) takeBack = after(EVERY_MS, look);
      });
  }

  return {
    close() {
      closed = true;
      takeBack();
    },
  };
}

/** Looks at one queue, and resolves to how many jobs were woken. */
function sweepOf(queue: StoreQueue, elapsed: () => number): () => Promise<number> {
  /** Since when a job is seen to wait, and what is different when it waits again. */
  let waiting = new Map<string, { readonly turn: string; readonly sinceMs: number }>();

  return async () => {
    const jobs = await queue.getJobs(["delayed"]);
    const nowMs = elapsed();
    const before = waiting;
    waiting = new Map();
    let woken = 0;
    for (const job of jobs) {
      if (job?.id === undefined) continue;
      const turn = `${job.attemptsStarted}/${job.delay}`;
      const known = before.get(job.id);
      const sinceMs = known?.turn === turn ? known.sinceMs : nowMs;
      waiting.set(job.id, { turn, sinceMs });
      if (nowMs - sinceMs > job.delay + LATE_MS && (await wake(job))) woken += 1;
    }
    return woken;
  };
}

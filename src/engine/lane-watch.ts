import type { Logger } from "../base/logger.js";
import type { Clock } from "./clock.js";
import { runsQueueName } from "./lanes/jobs.js";
import type { Lane } from "./store/lane.js";
import type { Store } from "./store/store.js";

const LOOK_EVERY_MS = 5_000;

/** A look counts for no more than this, so that a process that was stopped meanwhile does not blame its lanes. */
const LOOK_COUNTS_MS = 10_000;

/** A lane that has taken none of the jobs that wait for so long stands still. */
export const STUCK_AFTER_MS = 30_000;

/** This process is no use when it has been unable to work for so long though one that starts now could. */
export const USELESS_AFTER_MS = 60_000;

export interface LaneWatchOptions {
  readonly store: Pick<Store, "lanes" | "tryWrite" | "writesAnew">;
  readonly logger: Logger;
  readonly clock: Pick<Clock, "elapsed" | "after">;
  /** For how many seconds a lane has taken none of the jobs that wait; 0 when it has, or none waits. */
  readonly onLook?: (lane: string, seconds: number) => void;
  /** Ends this process in order, so that a clean one goes on. Called once at most. */
  readonly end: (why: string) => void;
}

/** Looks whether the lanes of this process take the jobs that wait: nothing else shows that work gets done (invariant 13). */
export interface LaneWatch {
  /** `true`, or which lane stands still. */
  ready(): true | string;
  stop(): void;
}

interface Seen {
  taken: number;
  /** For how long it has been seen with jobs that wait and has taken none; `null` when that is not so. */
  stillMs: number | null;
}

/** Begins to look. A lane is watched from its start until it is closed. */
export function watchLanes(options: LaneWatchOptions): LaneWatch {
  const { store, logger, clock, onLook, end } = options;
  const seen = new Map<Lane, Seen>();
  let uselessMs: number | null = null;
  let lastMs = clock.elapsed();
  let stopped = false;
  let takeBack = clock.after(LOOK_EVERY_MS, () => void look());

  function stuck(): readonly string[] {
    return [...seen].flatMap(([{ name }, { stillMs }]) =>
      stillMs !== null && stillMs >= STUCK_AFTER_MS
        ? [`the lane ${name} has taken none of the jobs that wait for ${Math.round(stillMs / 1_000)} s`]
        : [],
    );
  }

  async function look(): Promise<void> {
    const nowMs = clock.elapsed();
    const sinceMs = Math.min(nowMs - lastMs, LOOK_COUNTS_MS);
    lastMs = nowMs;
    const lanes = store.lanes();
    for (const lane of seen.keys()) if (!lanes.includes(lane)) seen.delete(lane);
    await Promise.all(lanes.map((lane) => lookAt(lane, sinceMs)));
    const why = await whyUseless();
    uselessMs = why === null ? null : uselessMs === null ? 0 : uselessMs + sinceMs;
    if (stopped) return;
    // A runbook would be ended in the middle of its work; its lane's lock tells when it cannot go on.
    const runsRunbook = lanes.some((lane) => lane.name.startsWith(runsQueueName("")) && lane.running() > 0);
    if (why !== null && uselessMs !== null && uselessMs >= USELESS_AFTER_MS && !runsRunbook) {
      stopped = true;
      return end(why);
    }
    takeBack = clock.after(LOOK_EVERY_MS, () => void look());
  }

  async function lookAt(lane: Lane, sinceMs: number): Promise<void> {
    const known = seen.get(lane) ?? { taken: lane.taken(), stillMs: null };
    // Where the store does not tell, nothing is known of the lane; `tryWrite` speaks of the store.
    const waiting = await lane.waiting().catch(() => 0);
    const taken = lane.taken();
    const isStill = waiting > 0 && taken === known.taken;
    const stillMs = isStill ? (known.stillMs === null ? 0 : known.stillMs + sinceMs) : null;
    seen.set(lane, { taken, stillMs });
    onLook?.(lane.name, (stillMs ?? 0) / 1_000);
    const [before, now] = [known.stillMs ?? 0, stillMs ?? 0].map((ms) => ms >= STUCK_AFTER_MS);
    if (now && !before) logger.error({ lane: lane.name, waiting }, "a lane takes none of the jobs that wait");
    if (before && !now) logger.info({ lane: lane.name }, "a lane no longer stands still");
  }

  /** Why this process cannot work though one that starts now could; `null` when it can, or no other could either. */
  async function whyUseless(): Promise<string | null> {
    const written = await store.tryWrite();
    const whys = [...(written === true ? [] : [written]), ...stuck()];
    const [why] = whys;
    if (why === undefined) return null;
    return (await store.writesAnew()) ? why : null;
  }

  return {
    ready: () => stuck().join("; ") || true,
    stop() {
      stopped = true;
      takeBack();
    },
  };
}

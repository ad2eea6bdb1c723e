import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "../../base/logger.js";
import { decodeMaintenance, type Maintenance } from "../../maintenance/record/record.js";
import type { Kept } from "../../maintenance/show/history.js";
import { type Store, type StoreJob, type StoreQueue, wake } from "../store/store.js";
import { controlQueueName, MAINTENANCE_JOB } from "./jobs.js";
import { openRefusals } from "./refusals.js";

const UNREADABLE =
  "a maintenance cannot be read by this version of the bot, and nothing is done for it: run the newer version again";

/** As many of the newest finished maintenances are asked whether a window was ever seen: it proves that the bot sees windows. */
export const PROOFS = 100;

/** Finished records are read and decoded so many at a time: one may be large, and nobody else is served meanwhile. */
const PAGE = 5;

/** The control queue of one cluster as the place where its records live: reading them, and waking their jobs. */
export interface Records {
  readonly queue: StoreQueue;
  /**
   * The record of a maintenance, open, finished or refused; `null` if there is none.
   *
   * @throws UnreadableRecordError
   */
  find(id: string): Promise<Maintenance | null>;
  /**
   * The record with its job, for the one who writes.
   *
   * @throws UnreadableRecordError
   */
  job(id: string): Promise<{ job: StoreJob; record: Maintenance } | null>;
  /** The record of a maintenance's job; `null` if it cannot be read, which the log tells once. */
  read(job: StoreJob): Maintenance | null;
  /** All that have not ended and can be read, the oldest first. */
  open(): Promise<readonly Maintenance[]>;
  /** How many `open` passed over when it last looked, because they cannot be read. */
  unreadable(): number;
  /** The newest that have ended, newest first, without those that never began: the history. */
  finished(most: number): Promise<readonly Maintenance[]>;
  /** The newest that ended before they began, newest first. */
  refused(most: number): Promise<readonly Maintenance[]>;
  /** Whether a drain of this id ended before it began. */
  isRefused(id: string): Promise<boolean>;
  /** Keeps the record of one that ended before it began (`refusals.ts`). Its job is to be removed then. */
  keepRefused(record: Maintenance): Promise<void>;
  /** How many are kept, and how far back they reach. */
  kept(): Promise<Kept>;
  /** Lets the tick of a maintenance run now instead of at its time; nothing happens if it waits or runs already. */
  wake(id: string): Promise<void>;
  wakeAll(): Promise<void>;
}

/**
 * The data of a maintenance's job are of another shape than this version knows: a newer version wrote them and was
 * rolled back since. Guessing at them could take the wrong machines down.
 */
export class UnreadableRecordError extends Error {
  override readonly name = "UnreadableRecordError";

  readonly what: string;
  readonly next = "Run the newer version of the bot again.";

  constructor(id: string, cause: unknown) {
    const what = `The record of maintenance ${id} cannot be read by this version of the bot; most likely a newer one wrote it.`;
    super(`${what} Nothing is done for it. Run the newer version again.`, { cause });
    this.what = what;
  }
}

/**
 * The queue has a global concurrency of 1, which makes the one that writes the only one (invariant 8).
 *
 * @param logger told once of each record that cannot be read: it is passed over, so that it does not keep the others
 * from going on.
 */
export function openRecords(store: Store, cluster: string, logger: Logger): Records {
  const queue = store.queue(controlQueueName(cluster), { oneAtATime: true });
  const refusals = openRefusals(store, cluster);
  const told = new Set<string>();
  let passedOver = 0;

  async function jobs(...states: ("active" | "waiting" | "prioritized" | "delayed" | "failed")[]) {
    const found = await queue.getJobs(states);
    // A job that goes while the list is read stands in it as a gap.
    return found.filter((job) => job?.name === MAINTENANCE_JOB);
  }

  async function job(id: string) {
    const found = (await queue.getJob(id)) ?? (await refusals.job(id));
    if (found === null || found.name !== MAINTENANCE_JOB) return null;
    return { job: found, record: decoded(found) };
  }

  function read(one: StoreJob): Maintenance | null {
    try {
      return decoded(one);
    } catch (error) {
      const id = one.id ?? "";
      if (!told.has(id)) logger.error({ err: error, maintenance: id, cluster }, UNREADABLE);
      told.add(id);
      return null;
    }
  }

  const readable = (jobs: readonly StoreJob[]) => jobs.flatMap((one) => read(one) ?? []);

  /** A page at a time, and a turn of the event loop for each record. What ends meanwhile shifts the pages, so an id counts once. */
  async function newest(most: number, page: (from: number, to: number) => Promise<readonly StoreJob[]>) {
    const found = new Map<string, Maintenance>();
    for (let from = 0; from < most; from += PAGE) {
      const jobs = await page(from, Math.min(from + PAGE, most) - 1);
      for (const one of jobs) {
        for (const record of readable([one])) found.set(record.id, record);
        await nextTurn();
      }
      if (jobs.length === 0) break;
    }
    return [...found.values()].sort((a, b) => (b.end?.atMs ?? 0) - (a.end?.atMs ?? 0));
  }

  // Decisions are removed when they are done, so what is left are maintenances. A job that goes while the list is read is a gap.
  const completed = async (from: number, to: number, oldestFirst = false) =>
    (await queue.getJobs(["completed"], from, to, oldestFirst)).filter((one) => one !== undefined);

  return {
    queue,
    job,
    read,
    async find(id) {
      return (await job(id))?.record ?? null;
    },
    async open() {
      const all = await jobs("active", "waiting", "prioritized", "delayed", "failed");
      const found = readable(all);
      passedOver = all.length - found.length;
      return found.filter((record) => record.end === null).sort(byAge);
    },
    unreadable: () => passedOver,
    finished: (most) => newest(most, completed),
    refused: (most) => newest(most, refusals.jobs),
    async isRefused(id) {
      return (await refusals.job(id)) !== null;
    },
    keepRefused: refusals.keep,
    async kept() {
      const [counts, refused, [oldest]] = await Promise.all([
        queue.getJobCounts("completed"),
        refusals.count(),
        completed(0, 0, true),
      ]);
      return { cluster, finished: counts.completed ?? 0, refused, sinceMs: oldest?.finishedOn ?? null };
    },
    async wake(id) {
      const found = await queue.getJob(id);
      if (found !== undefined) await wake(found);
    },
    async wakeAll() {
      for (const one of await jobs("failed")) {
        try {
          await one.retry("failed");
        } catch (error) {
          // Another worker that starts at the same time has done it.
          logger.warn({ err: error, job: one.id, cluster }, "a failed job was not taken up again here");
        }
      }
      for (const one of await jobs("delayed")) await wake(one);
    },
  };
}

/** Lists of jobs come in the order in which they wait, which changes with every tick. */
function byAge(a: Maintenance, b: Maintenance): number {
  return a.requestedAtMs - b.requestedAtMs || a.id.localeCompare(b.id);
}

/** The maintenance of an id in whichever cluster: ids are used across all of them. */
export async function findAnywhere(
  clusters: ReadonlyMap<string, Records>,
  id: string,
): Promise<Maintenance | null> {
  for (const records of clusters.values()) {
    const found = await records.find(id);
    if (found !== null) return found;
  }
  return null;
}

function decoded(job: StoreJob): Maintenance {
  try {
    return decodeMaintenance(job.data);
  } catch (error) {
    throw new UnreadableRecordError(job.id ?? "", error);
  }
}

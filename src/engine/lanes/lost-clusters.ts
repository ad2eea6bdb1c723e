import type { Logger } from "../../base/logger.js";
import { standOf } from "../../maintenance/record/batch.js";
import { namesOf } from "../../maintenance/record/names.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { list } from "../../maintenance/text/list.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { Store } from "../store/store.js";
import { threadJobId } from "./ids.js";
import { NOTIFY_QUEUE, readJob, threadJob } from "./jobs.js";
import { noSuchMaintenance } from "./not-found.js";
import { openRecords, type Records, UnreadableRecordError } from "./records.js";

/**
 * Maintenances of clusters that the bot's clusters file lacks, because they were renamed or removed there: nothing goes
 * on for them, but their records still stand in the queue, and nobody may think them forgotten (invariant 11).
 */
export interface LostClusters {
  /** What is to be said of an id that names no maintenance of a configured cluster. */
  explain(id: string): Promise<Reply>;
  /** The same for a maintenance whose cluster is known to be lost. */
  standsStill(id: string, cluster: string): Promise<Reply>;
}

/** @param configured the records of the clusters in the bot's clusters file, by name. */
export function createLostClusters(
  store: Store,
  configured: ReadonlyMap<string, Records>,
  logger: Logger,
): LostClusters {
  const threads = store.queue(NOTIFY_QUEUE);
  const opened = new Map<string, Records>();

  function recordsOf(cluster: string): Records {
    const records = opened.get(cluster) ?? openRecords(store, cluster, logger);
    opened.set(cluster, records);
    return records;
  }

  async function standsStill(id: string, cluster: string): Promise<Reply> {
    const record = await recordsOf(cluster)
      .find(id)
      .catch((error: unknown) => {
        if (error instanceof UnreadableRecordError) return null;
        throw error;
      });
    const ended = record !== null && record.end !== null;
    return replyOf({
      tone: "error",
      text: `${id} belongs to ${cluster}, which is not in the bot's clusters file any more. ${lastState(record)}`,
      notDone: ended
        ? "Nothing was done."
        : "Nothing is done for it: its machines and its windows at the master stay as they are.",
      next: `Put ${cluster} back into the clusters file and restart the bot and the workers; ${ended ? "its history is then shown" : "it then goes on"}.`,
    });
  }

  return {
    standsStill,
    async explain(id) {
      // Each maintenance has a thread job, which names its cluster and is kept as long as the record.
      const thread = await threads.getJob(threadJobId(id));
      const cluster = thread === undefined ? null : readJob(threadJob, thread).cluster;
      return cluster === null || configured.has(cluster)
        ? await noSuchMaintenance(id, configured.values())
        : await standsStill(id, cluster);
    },
  };
}

function lastState(record: Maintenance | null): string {
  if (record === null) return "Its last state is not known.";
  const machines = record.batches.flatMap((batch) => batch.machines.map(namesOf(record).of));
  const of = machines.length === 0 ? "" : `, with ${list(machines)}`;
  return `Its last state was ${standOf(record)}${of}.`;
}

import { z } from "zod";
import type { ClusterConfig } from "../../config/config.js";
import type { Store } from "../store/store.js";

/** What each cluster's queue serves, a job for each; nobody runs them. */
const SERVED_QUEUE = "served";

const served = z.object({ masters: z.array(z.string()) });

type Served = Pick<ClusterConfig, "name" | "masters" | "zooKeeper">;

/**
 * Whether the queue of a cluster is this installation's: a name is not an identity, and two installations with the default
 * names on one Redis would take each other's work (invariant 13). The queue remembers the masters that it serves. One that
 * knows none of ours is somebody else's; otherwise it learns ours.
 *
 * @param takeOver on purpose: the queue serves ours from now on.
 * @returns why it is not ours, in sentences; `null` when it is.
 */
export async function whyNotServed(store: Store, cluster: Served, takeOver = false): Promise<string | null> {
  const { name } = cluster;
  const ours = mastersOf(cluster);
  const queue = store.queue(SERVED_QUEUE);
  // The first one is the one that counts, whoever adds another at the same time.
  await queue.add("masters", { masters: ours }, { jobId: name });
  const job = await queue.getJob(name);
  const known = job === undefined ? ours : served.parse(job.data).masters;
  const isShared = known.some((master) => ours.includes(master));
  if (!isShared && !takeOver) {
    return `The queue of ${name} serves other masters (${known.join(", ")}) than this clusters file names (${ours.join(", ")}): it belongs to another installation on the same Redis, or the masters have all changed. Nothing of it is done here. Give this installation a queue of its own with REDIS_PREFIX; if its masters were moved, start once with --take-over.`;
  }
  if (job !== undefined && known.join() !== ours.join()) await job.updateData({ masters: ours });
  return null;
}

function mastersOf({ masters, zooKeeper }: Served): string[] {
  const all =
    zooKeeper === null
      ? masters
      : zooKeeper.servers.map(({ host, port }) => `zk://${host}:${port}${zooKeeper.path}`);
  return all.map((master) => master.toLowerCase()).sort();
}

/** The bot would hear and show what another installation does. Starting again as it is would not help. */
export class OtherInstallationError extends Error {
  override readonly name = "OtherInstallationError";

  constructor(whys: readonly string[]) {
    super(`${whys.join("\n")}\nThe bot was not started.`);
  }
}

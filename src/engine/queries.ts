import type { Reply } from "../maintenance/reply.js";
import { replyOf } from "../maintenance/reply.js";
import { hostsReply, statusOfCluster, statusOfMachines, statusOfMaintenance } from "../maintenance/status.js";
import type { World } from "../maintenance/world.js";
import { type Cluster, HostsError } from "./cluster.js";
import { unknownMaintenance } from "./control.js";
import { type QueryJob, queryJob, type StoredReplyTarget } from "./lanes.js";
import type { Records } from "./records.js";
import type { StoreJob } from "./store/store.js";
import { replyFrom } from "./troubles.js";

export interface QueryPorts {
  readonly clusters: ReadonlyMap<string, { readonly cluster: Cluster; readonly records: Records }>;
  reply(to: StoredReplyTarget, reply: Reply): Promise<void>;
  now(): number;
}

/** The processor of the query lane: read-only questions, answered to the one who asked. */
export function queryProcessor(ports: QueryPorts) {
  return async (job: StoreJob): Promise<void> => {
    const query = queryJob.parse(job.data);
    const parts = ports.clusters.get(query.cluster);
    if (parts === undefined) {
      await ports.reply(
        query.replyTo,
        replyOf({
          tone: "error",
          text: `This worker has no cluster called ${query.cluster}.`,
          next: "Give bot and worker the same clusters file.",
        }),
      );
      return;
    }
    let answer: Reply;
    try {
      answer = await answerTo(query, parts.cluster, parts.records, ports.now());
    } catch (error) {
      answer =
        error instanceof HostsError
          ? replyOf({ tone: "refused", text: error.message, next: "Mend the pattern and ask again." })
          : replyFrom(error, "Your question is not answered.", "Ask again when the master answers.");
    }
    await ports.reply(query.replyTo, answer);
  };
}

async function answerTo(query: QueryJob, cluster: Cluster, records: Records, nowMs: number): Promise<Reply> {
  switch (query.kind) {
    case "maintenance": {
      const record = await records.find(query.id);
      return record === null
        ? unknownMaintenance(query.id, cluster.name)
        : statusOfMaintenance(record, nowMs);
    }
    case "status": {
      const open = await records.open();
      if (query.hosts === null) return statusOfCluster(cluster.name, open, await readable(cluster), nowMs);
      const world = await cluster.world();
      const { machines } = await cluster.resolve(query.hosts, world);
      if (machines.length > 0) return statusOfMachines(machines, world, open, nowMs);
      return hostsReply(cluster.name, await cluster.resolve(query.hosts, world), world, open);
    }
    case "hosts": {
      const world = await cluster.world();
      return hostsReply(cluster.name, await cluster.resolve(query.hosts, world), world, await records.open());
    }
  }
}

/** The open maintenances can be told even while the master is away. */
async function readable(cluster: Cluster): Promise<World | null> {
  try {
    return await cluster.world();
  } catch {
    return null;
  }
}

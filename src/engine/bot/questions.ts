import type { Command } from "../../commands/command.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { QUERY_QUEUE, type QueryJob, type StoredReplyTarget } from "../lanes/jobs.js";
import type { LostClusters } from "../lanes/lost-clusters.js";
import { SHORT_JOB_OPTIONS } from "../lanes/options.js";
import type { Store } from "../store/store.js";
import type { Unattended } from "./unattended.js";

export interface QuestionPorts {
  readonly store: Store;
  readonly clusters: readonly { readonly name: string; readonly channel: string | null }[];
  /** The cluster that a maintenance is in; `null` if there is none of that id. */
  clusterOf(id: string): Promise<string | null>;
  readonly lost: Pick<LostClusters, "explain">;
  readonly unattended: Unattended;
}

/** Read-only commands as jobs of the query lane; the answer comes from there, so nothing is returned but refusals. */
export interface Questions {
  ask(query: QueryJob): Promise<null>;
  status(command: Extract<Command, { verb: "status" }>, replyTo: StoredReplyTarget): Promise<Reply | null>;
  history(command: Extract<Command, { verb: "history" }>, replyTo: StoredReplyTarget): Promise<Reply | null>;
}

export function createQuestions(ports: QuestionPorts): Questions {
  const queue = ports.store.queue(QUERY_QUEUE);

  async function ask(query: QueryJob): Promise<null> {
    ports.unattended(await queue.add(query.kind, query, SHORT_JOB_OPTIONS), query.replyTo);
    return null;
  }

  /** The named cluster, else the one whose channel it is, else all: several may share a channel. */
  function clustersMeant(named: string | null, channel: string): readonly string[] {
    if (named !== null) return [named];
    const here = ports.clusters.filter((cluster) => cluster.channel === channel);
    return (here.length === 1 ? here : ports.clusters).map((cluster) => cluster.name);
  }

  return {
    ask,
    async status({ cluster: named, target }, replyTo) {
      if (target?.kind === "id") {
        const cluster = await ports.clusterOf(target.id);
        if (cluster === null) return await ports.lost.explain(target.id);
        return await ask({ kind: "maintenance", cluster, id: target.id, replyTo });
      }
      const hosts = target?.hosts ?? null;
      for (const cluster of clustersMeant(named, replyTo.channel)) {
        await ask({ kind: "status", cluster, hosts, replyTo });
      }
      return null;
    },
    async history({ cluster: named, id }, replyTo) {
      if (id !== null) {
        const cluster = await ports.clusterOf(id);
        return cluster === null
          ? await ports.lost.explain(id)
          : await ask({ kind: "history", cluster, id, replyTo });
      }
      for (const cluster of clustersMeant(named, replyTo.channel)) {
        await ask({ kind: "history", cluster, id: null, replyTo });
      }
      return null;
    },
  };
}

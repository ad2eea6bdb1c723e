import type { Command } from "../../commands/command.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { QUERY_QUEUE, type QueryJob, type StoredReplyTarget } from "../lanes/jobs.js";
import { SHORT_JOB_OPTIONS } from "../lanes/options.js";
import type { Store } from "../store/store.js";
import type { Unattended } from "./unattended.js";

export interface QuestionPorts {
  readonly store: Store;
  readonly clusters: readonly { readonly name: string; readonly channel: string | null }[];
  /** Asks in the cluster that a maintenance is in, or says that there is none of that id. */
  inClusterOf(id: string, ask: (cluster: string) => Promise<null>): Promise<Reply | null>;
  readonly unattended: Unattended;
}

/** Read-only commands as jobs of the query lane; the answer comes from there, so nothing is returned but refusals. */
export function createQuestions({ store, clusters, inClusterOf, unattended }: QuestionPorts) {
  const queue = store.queue(QUERY_QUEUE);

  async function ask(query: QueryJob): Promise<null> {
    unattended(await queue.add(query.kind, query, SHORT_JOB_OPTIONS), query.replyTo);
    return null;
  }

  /** Asks the named cluster, else the one whose channel it is, else all: several may share a channel. */
  async function askEach(
    named: string | null,
    channel: string,
    queryIn: (cluster: string) => QueryJob,
  ): Promise<null> {
    const here = clusters.filter((cluster) => cluster.channel === channel);
    const meant = (here.length === 1 ? here : clusters).map(({ name }) => name);
    for (const cluster of named === null ? meant : [named]) await ask(queryIn(cluster));
    return null;
  }

  async function maintenance(id: string, replyTo: StoredReplyTarget): Promise<Reply | null> {
    return await inClusterOf(id, (cluster) => ask({ kind: "maintenance", cluster, id, replyTo }));
  }

  return {
    ask,
    maintenance,
    async status(
      { cluster: named, target }: Extract<Command, { verb: "status" }>,
      replyTo: StoredReplyTarget,
    ): Promise<Reply | null> {
      if (target?.kind === "id") return await maintenance(target.id, replyTo);
      const hosts = target?.hosts ?? null;
      return await askEach(named, replyTo.channel, (cluster) => ({
        kind: "status",
        cluster,
        hosts,
        replyTo,
      }));
    },
    async history(
      { cluster: named, id }: Extract<Command, { verb: "history" }>,
      replyTo: StoredReplyTarget,
    ): Promise<Reply | null> {
      const queryIn = (cluster: string): QueryJob => ({ kind: "history", cluster, id, replyTo });
      return id === null
        ? await askEach(named, replyTo.channel, queryIn)
        : await inClusterOf(id, (cluster) => ask(queryIn(cluster)));
    },
  };
}

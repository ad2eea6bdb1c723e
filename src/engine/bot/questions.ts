import type { Command, HistoryCommand } from "../../commands/command.js";
import { quoted } from "../../maintenance/text/quote.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { People } from "../../slack/people/people.js";
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
  readonly people: Pick<People, "of">;
  /** Slack ids of those who asked for the maintenances that are kept, the newest first. */
  requesters(): Promise<readonly string[]>;
}

/** Read-only commands as jobs of the query lane; the answer comes from there, so nothing is returned but refusals. */
export function createQuestions({
  store,
  clusters,
  inClusterOf,
  unattended,
  people,
  requesters,
}: QuestionPorts) {
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

  /** The Slack id that a name stands for among those who asked for maintenances; `null` if it is nobody's. */
  async function personCalled(typed: string, user: string): Promise<string | null> {
    const name = typed.replace(/^@/, "").toLowerCase();
    if (name === "me") return user;
    if (/^[uw][a-z0-9]{5,}$/.test(name) && /\d/.test(name)) return name.toUpperCase();
    for (const id of await requesters()) {
      if ((await people.of(id))?.name.toLowerCase() === name) return id;
    }
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
      { cluster: named, id, hosts, by, sinceForMs, refused, csv }: HistoryCommand,
      replyTo: StoredReplyTarget,
    ): Promise<Reply | null> {
      const who = by === null ? null : await personCalled(by, replyTo.user);
      if (by !== null && who === null) {
        return replyOf({
          tone: "refused",
          text: `Nobody called ${quoted(by)} has asked for a maintenance that is kept here.`,
          next: "Type the name as Slack shows it, or me, after --by.",
        });
      }
      const filter = { hosts, by: who, sinceForMs, refused };
      const queryIn = (cluster: string): QueryJob => ({ kind: "history", cluster, id, filter, csv, replyTo });
      return id === null
        ? await askEach(named, replyTo.channel, queryIn)
        : await inClusterOf(id, (cluster) => ask(queryIn(cluster)));
    },
  };
}

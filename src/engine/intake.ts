import { type Command, type CommandContext, helpReply, parseCommand } from "../commands/index.js";
import { encodeMaintenance, type Maintenance } from "../maintenance/record.js";
import { type Reply, replyOf } from "../maintenance/reply.js";
import { formatSpan } from "../maintenance/time.js";
import type { ClickInput, CommandInput, SlackHandlers } from "../slack/handlers.js";
import { decisionFor } from "./decide-for-hosts.js";
import {
  DECISION_JOB,
  type DecisionJob,
  decisionJobId,
  HOSTS_JOB,
  type HostsJob,
  MAINTENANCE_JOB,
  MAINTENANCE_JOB_OPTIONS,
  maintenanceId,
  QUERY_QUEUE,
  type QueryJob,
  SHORT_JOB_OPTIONS,
  type StoredReplyTarget,
} from "./lanes.js";
import type { EngineLogger } from "./logger.js";
import type { Notifier } from "./notify.js";
import type { Records } from "./records.js";
import type { Store } from "./store/store.js";
import { StoreError } from "./store/store-error.js";

/** What the bot knows of a cluster: enough to understand a command, nothing to call a master with. */
export interface IntakeCluster {
  readonly name: string;
  readonly channel: string | null;
  readonly masters: readonly string[];
  readonly defaultDurationMs: number;
  readonly maxDurationMs: number;
  readonly approvers: readonly string[];
}

export interface IntakePorts {
  readonly store: Store;
  readonly clusters: readonly IntakeCluster[];
  readonly records: ReadonlyMap<string, Records>;
  readonly notifier: Notifier;
  readonly logger: EngineLogger;
  now(): number;
}

/**
 * The bot's side of the queue: turns commands and clicks into jobs and answers the person at once. It never calls a
 * master. What cannot be queued is said, and then nothing was done (invariant 9).
 */
export function createIntake(ports: IntakePorts): SlackHandlers {
  const queries = ports.store.queue(QUERY_QUEUE);

  return {
    async command(input: CommandInput): Promise<Reply | null> {
      const context: CommandContext = { clusters: ports.clusters, channel: input.channel };
      const parsed = parseCommand(input.text, context);
      if (!parsed.ok) return parsed.reply;
      return await orSay(() => run(parsed.command, input));
    },

    async click(input: ClickInput): Promise<Reply | null> {
      const { button } = input;
      return await orSay(async () => {
        const cluster = await clusterOf(button.id);
        if (cluster === null) return unknown(button.id);
        await placeDecision(cluster, {
          maintenance: button.id,
          decision: button.decision,
          by: input.user,
          replyTo: targetOf(input),
        });
        return null;
      });
    },
  };

  async function run(command: Command, input: CommandInput): Promise<Reply | null> {
    const replyTo = targetOf(input);
    switch (command.verb) {
      case "help":
        return helpReply(command.topic);
      case "clusters":
        return await placeQuery({ kind: "clusters", replyTo });
      case "drain":
        return await placeDrain(command, input);
      case "hosts":
        return await placeQuery({ kind: "hosts", cluster: command.cluster, hosts: command.hosts, replyTo });
      case "status":
        return await placeStatus(command, replyTo, input.channel);
      case "down":
      case "up":
      case "cancel": {
        const { verb, target } = command;
        if (target.kind === "id") {
          const cluster = await clusterOf(target.id);
          const record = cluster === null ? null : await recordsOf(cluster).find(target.id);
          if (cluster === null || record === null) return unknown(target.id);
          await placeDecision(cluster, {
            maintenance: target.id,
            decision: decisionFor(verb, record),
            by: input.user,
            replyTo,
          });
          return null;
        }
        const cluster = command.cluster ?? "";
        const job: HostsJob = { verb, hosts: target.hosts, by: input.user, replyTo };
        await recordsOf(cluster).queue.add(HOSTS_JOB, job, SHORT_JOB_OPTIONS);
        return null;
      }
    }
  }

  /** One command is one job, whatever happens: its id comes from the command, and adding it again changes nothing. */
  async function placeDrain(
    command: Extract<Command, { verb: "drain" }>,
    input: CommandInput,
  ): Promise<Reply> {
    const cluster = ports.clusters.find((c) => c.name === command.cluster);
    const records = recordsOf(command.cluster);
    const channel = cluster?.channel ?? input.channel;
    for (let attempt = 0; ; attempt++) {
      const id = maintenanceId(input.triggerId, attempt);
      const taken = await records.find(id);
      if (taken !== null && (taken.requester !== input.user || taken.hosts !== command.hosts) && attempt < 8)
        continue;
      const record = newMaintenance(id, command, channel, input.user, ports.now());
      // The thread first: should we die in between, a thread without a maintenance goes away by itself.
      await ports.notifier.openThread(record, targetOf(input));
      await records.queue.add(MAINTENANCE_JOB, encodeMaintenance(record), {
        ...MAINTENANCE_JOB_OPTIONS,
        jobId: id,
      });
      ports.logger.info(
        { maintenance: id, cluster: record.cluster, user: record.requester, hosts: record.hosts },
        "drain queued",
      );
      const where = channel === input.channel ? "here" : `in <#${channel}>`;
      return replyOf({
        tone: "done",
        text: `${id}: drain of ${command.hosts} in ${command.cluster} for ${formatSpan(command.durationMs)} is queued. Follow it ${where}.`,
      });
    }
  }

  async function placeStatus(
    command: Extract<Command, { verb: "status" }>,
    replyTo: StoredReplyTarget,
    channel: string,
  ): Promise<Reply | null> {
    if (command.target?.kind === "id") {
      const cluster = await clusterOf(command.target.id);
      if (cluster === null) return unknown(command.target.id);
      return await placeQuery({ kind: "maintenance", cluster, id: command.target.id, replyTo });
    }
    const hosts = command.target?.hosts ?? null;
    const named = command.cluster ?? ports.clusters.find((c) => c.channel === channel)?.name ?? null;
    const asked = named === null ? ports.clusters.map((c) => c.name) : [named];
    for (const cluster of asked) await placeQuery({ kind: "status", cluster, hosts, replyTo });
    return null;
  }

  async function placeQuery(query: QueryJob): Promise<null> {
    await queries.add(query.kind, query, SHORT_JOB_OPTIONS);
    return null;
  }

  async function placeDecision(cluster: string, job: DecisionJob): Promise<void> {
    await recordsOf(cluster).queue.add(DECISION_JOB, job, {
      ...SHORT_JOB_OPTIONS,
      jobId: decisionJobId(job),
    });
  }

  async function clusterOf(id: string): Promise<string | null> {
    for (const [name, records] of ports.records) {
      if ((await records.find(id)) !== null) return name;
    }
    return null;
  }

  function recordsOf(cluster: string): Records {
    const records = ports.records.get(cluster);
    if (records === undefined) throw new Error(`No control queue for cluster ${cluster}.`);
    return records;
  }

  /** A store that does not take the job is told in its own words, with what that means here. */
  async function orSay(run: () => Promise<Reply | null>): Promise<Reply | null> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      ports.logger.error({ err: error.message, code: error.code }, "nothing could be queued");
      const known = error.code !== "no_answer";
      return replyOf({
        tone: "error",
        text: `The bot's queue is away: ${error.what}`,
        notDone: known
          ? "Nothing was queued, so nothing will happen."
          : "It is not known whether this was queued.",
        next: known
          ? "Try again in a minute, or tell whoever runs the bot."
          : "Look with /mesos status before you try again.",
      });
    }
  }
}

function targetOf(input: CommandInput | ClickInput): StoredReplyTarget {
  const thread = "thread" in input && typeof input.thread === "string" ? input.thread : null;
  return { responseUrl: input.responseUrl, channel: input.channel, user: input.user, thread };
}

function newMaintenance(
  id: string,
  command: Extract<Command, { verb: "drain" }>,
  channel: string,
  user: string,
  nowMs: number,
): Maintenance {
  return {
    version: 1,
    id,
    cluster: command.cluster,
    channel,
    requester: user,
    hosts: command.hosts,
    reason: command.reason,
    ticket: command.ticket,
    requestedAtMs: nowMs,
    wanted: { startMs: null, durationMs: command.durationMs },
    batches: [],
    cancel: null,
    held: null,
    trouble: null,
    unsettledUntilMs: null,
    picture: null,
    events: [{ seq: 1, atMs: nowMs, kind: "requested", by: user }],
    seq: 1,
    end: null,
  };
}

function unknown(id: string): Reply {
  return replyOf({
    tone: "refused",
    text: `There is no maintenance ${id}.`,
    notDone: "Nothing was done.",
    next: "See the open ones with /mesos status.",
  });
}

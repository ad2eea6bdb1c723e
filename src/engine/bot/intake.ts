// How does a command or a click become a job?

import type { Logger } from "../../base/logger.js";
import type { Command, CommandContext } from "../../commands/command.js";
import { helpReply } from "../../commands/help.js";
import { parseCommand } from "../../commands/parse.js";
import type { Decision } from "../../maintenance/decisions/table.js";
import type { Person } from "../../maintenance/policy/policy.js";
import { encodeMaintenance } from "../../maintenance/record/record.js";
import { quoted } from "../../maintenance/text/quote.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { formatSpan } from "../../maintenance/time.js";
import type { ClickInput, CommandInput, SlackHandlers } from "../../slack/hear/handlers.js";
import type { ReplyTarget } from "../../slack/say/messenger.js";
import type { Clock } from "../clock.js";
import { commandJobId, decisionJobId, maintenanceId } from "../lanes/ids.js";
import {
  DECISION_JOB,
  type DecisionJob,
  HOSTS_JOB,
  type HostsJob,
  MAINTENANCE_JOB,
  type StoredReplyTarget,
} from "../lanes/jobs.js";
import type { LostClusters } from "../lanes/lost-clusters.js";
import type { Notifier } from "../lanes/notifier.js";
import { MAINTENANCE_JOB_OPTIONS, SHORT_JOB_OPTIONS } from "../lanes/options.js";
import { type Records, UnreadableRecordError } from "../lanes/records.js";
import { replyFrom } from "../lanes/troubles.js";
import type { Store } from "../store/store.js";
import { StoreError } from "../store/store-error.js";
import { newMaintenance } from "./new-maintenance.js";
import { createQuestions } from "./questions.js";
import { createUnattended } from "./unattended.js";

/** What the bot knows of a cluster: enough to understand a command, nothing to call a master with. */
export interface IntakeCluster {
  readonly name: string;
  readonly channel: string | null;
  readonly masters: readonly string[];
  readonly defaultDurationMs: number;
  readonly maxDurationMs: number;
  /** User groups that its policy names, as approvers, requesters, admins or owners. */
  readonly groups: readonly string[];
}

export interface IntakePorts {
  readonly store: Store;
  readonly clusters: readonly IntakeCluster[];
  readonly records: ReadonlyMap<string, Records>;
  readonly notifier: Notifier;
  readonly lost: LostClusters;
  /** Which of these user groups somebody is in; a failed look-up counts as none (invariant 6). */
  personOf(user: string, groups: readonly string[]): Promise<Person>;
  readonly logger: Logger;
  /** For metrics. */
  readonly onCommand?: ((verb: string, outcome: string) => void) | undefined;
  readonly clock: Clock;
}

/** Of some 28 million ids; more of them in a row are taken by a fault, not by chance. */
const MOST_IDS = 8;

/**
 * The bot's side of the queue: turns commands and clicks into jobs and answers the person at once. It never calls a
 * master. What cannot be queued is said, and then nothing was done (invariant 9).
 */
export function createIntake(ports: IntakePorts): SlackHandlers {
  const unattended = createUnattended(ports.notifier, ports.logger, ports.clock);
  const { store, clusters, lost } = ports;
  const questions = createQuestions({ store, clusters, clusterOf, lost, unattended });

  return {
    async command(input: CommandInput): Promise<Reply | null> {
      const context: CommandContext = {
        clusters: ports.clusters,
        channel: input.channel,
        command: input.command,
      };
      const parsed = parseCommand(input.text, context);
      if (!parsed.ok) {
        ports.onCommand?.("unknown", "refused");
        return parsed.reply;
      }
      const { command } = parsed;
      const reply = await orSay(() => run(command, input));
      ports.onCommand?.(command.verb, outcomeOf(command.verb, reply));
      return reply;
    },

    async click(input: ClickInput): Promise<Reply | null> {
      const { button } = input;
      const { id } = button;
      return await orSay(async () => {
        const cluster = await clusterOf(id);
        if (cluster === null) return await lost.explain(id);
        const replyTo = targetOf(input);
        if ("show" in button) return await questions.ask({ kind: "maintenance", cluster, id, replyTo });
        const person = await personOf(cluster, input.user);
        const { decision } = button;
        await placeDecision(cluster, { maintenance: id, decision, person, click: input.triggerId, replyTo });
        return null;
      });
    },
  };

  async function run(command: Command, input: CommandInput): Promise<Reply | null> {
    const replyTo = targetOf(input);
    if ("decision" in command) return await decideOn(command.id, input, command.decision);
    switch (command.verb) {
      case "help":
        return helpReply(command.topic);
      case "clusters":
        return await questions.ask({ kind: "clusters", replyTo });
      case "drain":
        return await placeDrain(command, input);
      case "hosts":
        return await questions.ask({
          kind: "hosts",
          cluster: command.cluster,
          hosts: command.hosts,
          replyTo,
        });
      case "status":
        return await questions.status(command, replyTo);
      case "schedule":
        return await questions.ask({ kind: "schedule", cluster: command.cluster, replyTo });
      case "history":
        return await questions.history(command, replyTo);
      case "down":
      case "up":
      case "cancel":
        return await placeVerb(command, input);
    }
  }

  /** A decision on one maintenance, from a command that names it. */
  async function decideOn(id: string, input: CommandInput, decision: Decision): Promise<Reply | null> {
    const cluster = await clusterOf(id);
    if (cluster === null) return await lost.explain(id);
    const person = await personOf(cluster, input.user);
    await placeDecision(cluster, {
      maintenance: id,
      decision,
      person,
      click: input.triggerId,
      replyTo: targetOf(input),
    });
    return null;
  }

  async function placeVerb(
    command: Extract<Command, { verb: "down" | "up" | "cancel" }>,
    input: CommandInput,
  ): Promise<Reply | null> {
    const { verb, target } = command;
    const override = command.verb === "down" ? command.override : null;
    let cluster = command.cluster ?? "";
    if (target.kind === "id") {
      const found = await clusterOf(target.id);
      if (found === null) return await lost.explain(target.id);
      cluster = found;
    }
    const person = await personOf(cluster, input.user);
    const job: HostsJob = {
      verb,
      target,
      person,
      override,
      askedAtMs: ports.clock.now(),
      replyTo: targetOf(input),
    };
    const options = { ...SHORT_JOB_OPTIONS, jobId: commandJobId(input.triggerId) };
    unattended(await recordsOf(cluster).queue.add(HOSTS_JOB, job, options), job.replyTo);
    return null;
  }

  /** One command is one job, whatever happens: its id comes from the command, and adding it again changes nothing. */
  async function placeDrain(
    command: Extract<Command, { verb: "drain" }>,
    input: CommandInput,
  ): Promise<Reply | null> {
    const cluster = ports.clusters.find((c) => c.name === command.cluster);
    const records = recordsOf(command.cluster);
    const channel = cluster?.channel ?? input.channel;
    const at = { channel, command: input.command };
    const person = await personOf(command.cluster, input.user);
    if (command.dryRun) {
      const id = maintenanceId(input.triggerId);
      const record = newMaintenance(id, command, person, at, ports.clock.now());
      const stored = encodeMaintenance(record);
      return await questions.ask({
        kind: "dry_run",
        cluster: command.cluster,
        record: stored,
        replyTo: targetOf(input),
      });
    }
    for (let attempt = 0; attempt < MOST_IDS; attempt++) {
      const id = maintenanceId(input.triggerId, attempt);
      const taken = await records.find(id);
      if (taken !== null && (taken.requester !== input.user || taken.hosts !== command.hosts)) continue;
      const record = newMaintenance(id, command, person, at, ports.clock.now());
      // The thread first: should we die in between, a thread without a maintenance goes away by itself.
      await ports.notifier.openThread(record, targetOf(input));
      const options = { ...MAINTENANCE_JOB_OPTIONS, jobId: id };
      const job = await records.queue.add(MAINTENANCE_JOB, encodeMaintenance(record), options);
      unattended(job, targetOf(input));
      ports.logger.info(
        { maintenance: id, cluster: record.cluster, user: record.requester, hosts: record.hosts },
        "drain queued",
      );
      const where = channel === input.channel ? "here" : `in <#${channel}>`;
      return replyOf({
        // Not done yet: whether it can be posted is for the worker to find out.
        tone: "info",
        text: `${id}: drain of ${quoted(command.hosts)} in ${command.cluster} for ${formatSpan(command.durationMs)} is queued. Follow it ${where}.`,
      });
    }
    return replyOf({
      tone: "error",
      text: `The drain of ${quoted(command.hosts)} in ${command.cluster} got no id: each of the ${MOST_IDS} that were tried belongs to another maintenance.`,
      notDone: "Nothing was queued and nothing was posted.",
      next: "Send the drain again: it then gets other ids.",
    });
  }

  async function placeDecision(cluster: string, job: Omit<DecisionJob, "askedAtMs">): Promise<void> {
    const options = { ...SHORT_JOB_OPTIONS, jobId: decisionJobId(job) };
    const data: DecisionJob = { ...job, askedAtMs: ports.clock.now() };
    unattended(await recordsOf(cluster).queue.add(DECISION_JOB, data, options), job.replyTo);
  }

  /** The person with the groups that matter in this cluster. Slack is asked at most once in a while (`groups.ts`). */
  async function personOf(cluster: string, user: string): Promise<Person> {
    const groups = ports.clusters.find((c) => c.name === cluster)?.groups ?? [];
    return groups.length === 0
      ? { user, groups: [], lookupFailed: false }
      : await ports.personOf(user, groups);
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
      if (error instanceof UnreadableRecordError) return replyFrom(error, "Nothing was queued.");
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

function outcomeOf(verb: Command["verb"], reply: Reply | null): string {
  if (reply === null) return "queued";
  const answered = verb === "drain" ? "queued" : "answered";
  return { done: answered, info: answered, refused: "refused", error: "failed" }[reply.tone];
}

function targetOf({ responseUrl, channel, user, thread, command }: ReplyTarget): StoredReplyTarget {
  return { responseUrl, channel, user, thread, command };
}

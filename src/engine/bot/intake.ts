// How does a command or a click become a job?

import type { Logger } from "../../base/logger.js";
import type { Command, CommandCluster, DrainCommand } from "../../commands/command.js";
import { helpReply } from "../../commands/help.js";
import { parseCommand } from "../../commands/parse.js";
import type { Decision } from "../../maintenance/decisions/table.js";
import type { Person } from "../../maintenance/policy/policy.js";
import { encodeMaintenance, type Maintenance } from "../../maintenance/record/record.js";
import { quoted } from "../../maintenance/text/quote.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { formatSpan } from "../../maintenance/time.js";
import type { ClickInput, CommandInput, SlackHandlers } from "../../slack/hear/handlers.js";
import type { ReplyTarget } from "../../slack/say/messenger.js";
import type { Clock } from "../clock.js";
import { commandJobId, decisionJobId, freeId, MOST_IDS, maintenanceId, threadJobId } from "../lanes/ids.js";
import {
  DECISION_JOB,
  type DecisionJob,
  HOSTS_JOB,
  type HostsJob,
  MAINTENANCE_JOB,
  type StoredReplyTarget,
  type ThreadJob,
  threadJob,
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
export interface IntakeCluster extends CommandCluster {
  /** User groups that its policy names, as approvers, requesters, admins, owners or for runbooks. */
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

/**
 * The bot's side of the queue: turns commands and clicks into jobs and answers the person at once. It never calls a
 * master. What cannot be queued is said, and then nothing was done (invariant 9).
 */
export function createIntake(ports: IntakePorts): SlackHandlers {
  const { store, clusters, clock } = ports;
  const unattended = createUnattended(ports.notifier, ports.logger, clock);
  const questions = createQuestions({ store, clusters, inClusterOf, unattended });

  return {
    async command(input: CommandInput): Promise<Reply | null> {
      const { channel, command: called } = input;
      const parsed = parseCommand(input.text, { clusters, channel, command: called });
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
      return await orSay(async () => {
        const stale = await notCurrent(input);
        if (stale !== null) return stale;
        return "show" in button
          ? await questions.maintenance(button.id, targetOf(input))
          : await decideOn(button.id, button.decision, input);
      });
    },
  };

  async function run(command: Command, input: CommandInput): Promise<Reply | null> {
    if ("decision" in command) return await decideOn(command.id, command.decision, input);
    const replyTo = targetOf(input);
    switch (command.verb) {
      case "help":
        return helpReply(command.topic);
      case "drain":
        return await placeDrain(command, input);
      case "down":
      case "up":
      case "cancel":
        return await placeVerb(command, input);
      case "status":
        return await questions.status(command, replyTo);
      case "history":
        return await questions.history(command, replyTo);
      case "hosts":
        return await questions.ask({
          kind: "hosts",
          cluster: command.cluster,
          hosts: command.hosts,
          replyTo,
        });
      case "schedule":
      case "frameworks":
        return await questions.ask({ kind: command.verb, cluster: command.cluster, replyTo });
      case "clusters":
        return await questions.ask({ kind: "clusters", replyTo });
    }
  }

  /** A decision on one maintenance, from a button or from a command that names it. */
  async function decideOn(id: string, decision: Decision, input: CommandInput | ClickInput) {
    return await inClusterOf(id, async (cluster) => {
      const job: DecisionJob = {
        maintenance: id,
        decision,
        person: await personOf(cluster, input.user),
        click: input.triggerId,
        askedAtMs: clock.now(),
        replyTo: targetOf(input),
      };
      return await place(cluster, DECISION_JOB, job, decisionJobId(job));
    });
  }

  /**
   * A button counts in its maintenance's own messages: a question's in the one in which it stands. One in another message is of
   * a card that was posted twice, of a question that was lost with the queue, or of a record that is gone (invariants 5, 13).
   */
  async function notCurrent({ button, message, channel, user }: ClickInput): Promise<Reply | null> {
    if (message === undefined) return null;
    const { id } = button;
    const job = await ports.notifier.queue.getJob(threadJobId(id));
    const thread = job === undefined ? null : threadJob.parse(job.data);
    const isGone = thread === null && (await findAnywhere(id)) === null;
    if (!isGone && (thread === null || isCurrent(thread, button, message))) return null;
    await ports.notifier.retire({ maintenance: id, channel, ts: message });
    ports.logger.warn({ maintenance: id, user, channel }, "a click on a message that is not current");
    if (isGone) return await ports.lost.explain(id);
    return replyOf({
      tone: "refused",
      text: `${id}: this message is not its current one any more; it loses its buttons.`,
      notDone: "Nothing was decided.",
      next: "Use the newest card, or the newest question in its thread.",
    });
  }

  /** The maintenance of an id in whichever cluster: ids are used across all of them. */
  async function findAnywhere(id: string): Promise<Maintenance | null> {
    for (const records of ports.records.values()) {
      const found = await records.find(id);
      if (found !== null) return found;
    }
    return null;
  }

  /** Whether the thread of an id belongs to this cluster and person, or to nobody yet. */
  async function isThreadOf(id: string, cluster: string, user: string): Promise<boolean> {
    const job = await ports.notifier.queue.getJob(threadJobId(id));
    if (job === undefined) return true;
    const thread = threadJob.parse(job.data);
    return thread.cluster === cluster && thread.replyTo.user === user;
  }

  async function placeVerb(
    command: Extract<Command, { verb: "down" | "up" | "cancel" }>,
    input: CommandInput,
  ): Promise<Reply | null> {
    const { verb, target } = command;
    const placeIn = async (cluster: string) => {
      const job: HostsJob = {
        verb,
        target,
        person: await personOf(cluster, input.user),
        override: command.verb === "down" ? command.override : null,
        askedAtMs: clock.now(),
        replyTo: targetOf(input),
      };
      return await place(cluster, HOSTS_JOB, job, commandJobId(input.triggerId));
    };
    return await (target.kind === "id" ? inClusterOf(target.id, placeIn) : placeIn(command.cluster ?? ""));
  }

  async function place(
    cluster: string,
    name: string,
    job: DecisionJob | HostsJob,
    jobId: string,
  ): Promise<null> {
    const placed = await recordsOf(cluster).queue.add(name, job, { ...SHORT_JOB_OPTIONS, jobId });
    unattended(placed, job.replyTo);
    return null;
  }

  /** One command is one job, whatever happens: its id comes from the command, and adding it again changes nothing. */
  async function placeDrain(command: DrainCommand, input: CommandInput): Promise<Reply | null> {
    const { cluster, hosts } = command;
    const records = recordsOf(cluster);
    const channel = clusters.find(({ name }) => name === cluster)?.channel ?? input.channel;
    const person = await personOf(cluster, input.user);
    const replyTo = targetOf(input);
    const recordOf = (id: string) =>
      newMaintenance(id, command, person, { channel, command: input.command }, clock.now());
    if (command.dryRun) {
      const record = encodeMaintenance(recordOf(maintenanceId(input.triggerId)));
      return await questions.ask({ kind: "dry_run", cluster, record, replyTo });
    }
    // Its own is free for a command that is delivered again.
    const isOwn = (one: Maintenance) =>
      one.cluster === cluster && one.requester === input.user && one.hosts === hosts;
    const id = await freeId(input.triggerId, async (one) => {
      const found = await findAnywhere(one);
      return (found !== null && !isOwn(found)) || !(await isThreadOf(one, cluster, input.user));
    });
    if (id === null) {
      return replyOf({
        tone: "error",
        text: `The drain of ${quoted(hosts)} in ${cluster} got no id: each of the ${MOST_IDS} that were tried belongs to another maintenance.`,
        notDone: "Nothing was queued and nothing was posted.",
        next: "Send the drain again: it then gets other ids.",
      });
    }
    const record = recordOf(id);
    // The thread first: should we die in between, a thread without a maintenance goes away by itself.
    await ports.notifier.openThread(record, replyTo);
    const options = { ...MAINTENANCE_JOB_OPTIONS, jobId: id };
    const job = await records.queue.add(MAINTENANCE_JOB, encodeMaintenance(record), options);
    // A queue takes an id once and says nothing of it the second time.
    const stored = await records.find(id);
    if (!(await isThreadOf(id, cluster, input.user)) || (stored !== null && !isOwn(stored))) {
      return replyOf({
        tone: "error",
        text: `The drain of ${quoted(hosts)} in ${cluster} and another one got the same id, ${id}, in the same moment.`,
        notDone:
          stored !== null && isOwn(stored)
            ? "It has no thread."
            : "Nothing was queued and nothing was posted.",
        next:
          stored !== null && isOwn(stored)
            ? `Take it back with /mesos cancel ${id} --cluster ${cluster}, then send the drain again.`
            : "Send the drain again: it then gets another id.",
      });
    }
    unattended(job, replyTo);
    ports.logger.info({ maintenance: id, cluster, user: record.requester, hosts }, "drain queued");
    const where = channel === input.channel ? "here" : `in <#${channel}>`;
    return replyOf({
      // Not done yet: whether it can be posted is for the worker to find out.
      tone: "info",
      text: `${id}: drain of ${quoted(hosts)} in ${cluster} for ${formatSpan(command.durationMs)} is queued. Follow it ${where}.`,
    });
  }

  /** The person with the groups that matter in this cluster. Slack is asked at most once in a while (`groups.ts`). */
  async function personOf(cluster: string, user: string): Promise<Person> {
    const groups = clusters.find(({ name }) => name === cluster)?.groups ?? [];
    return groups.length === 0
      ? { user, groups: [], lookupFailed: false }
      : await ports.personOf(user, groups);
  }

  /** Does something in the cluster that a maintenance is in; if there is none of that id, the person is told so. */
  async function inClusterOf(
    id: string,
    run: (cluster: string) => Promise<Reply | null>,
  ): Promise<Reply | null> {
    for (const [name, records] of ports.records) {
      if ((await records.find(id)) !== null) return await run(name);
    }
    return await ports.lost.explain(id);
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

/** Whether the thread knows this message; while its card is being posted nobody can tell. */
function isCurrent(thread: ThreadJob, button: ClickInput["button"], message: string): boolean {
  const { rootTs, approvals, runs } = thread;
  if ("decision" in button && button.decision.kind === "approve") {
    const stands = approvals[button.decision.approval];
    return stands === undefined || stands.ts === message;
  }
  const others = [...Object.values(approvals), ...Object.values(runs)].map(({ ts }) => ts);
  return rootTs === null || [rootTs, ...others].includes(message);
}

function outcomeOf(verb: Command["verb"], reply: Reply | null): string {
  if (reply === null) return "queued";
  const answered = verb === "drain" ? "queued" : "answered";
  return { done: answered, info: answered, refused: "refused", error: "failed" }[reply.tone];
}

function targetOf({ responseUrl, channel, user, thread, command }: ReplyTarget): StoredReplyTarget {
  return { responseUrl, channel, user, thread, command };
}

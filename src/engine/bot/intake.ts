// How does a command or a click become a job?

import type { Logger } from "../../base/logger.js";
import { VERSION } from "../../base/version.js";
import { mayHoldATime } from "../../commands/clock-time.js";
import type { AdoptCommand, Command, DecisionCommand } from "../../commands/command.js";
import { helpReply } from "../../commands/help.js";
import { parseCommand } from "../../commands/parse.js";
import type { Decision } from "../../maintenance/decisions/table.js";
import type { Person } from "../../maintenance/policy/policy.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { ClickInput, CommandInput, SlackHandlers } from "../../slack/hear/handlers.js";
import type { People } from "../../slack/people/people.js";
import type { AdoptValue } from "../../slack/render/button-value.js";
import { commandJobId, decisionJobId, triggerClaim } from "../lanes/ids.js";
import { DECISION_JOB, type DecisionJob, HOSTS_JOB, type HostsJob, targetOf } from "../lanes/jobs.js";
import type { LostClusters } from "../lanes/lost-clusters.js";
import type { Notifier } from "../lanes/notifier.js";
import { SHORT_JOB_OPTIONS } from "../lanes/options.js";
import { type Records, UnreadableRecordError } from "../lanes/records.js";
import { replyFrom } from "../lanes/troubles.js";
import type { SteadyClock } from "../steady-clock.js";
import type { Store } from "../store/store.js";
import { StoreError } from "../store/store-error.js";
import { createCommandLimit } from "./command-limit.js";
import { createForm, type FormCluster } from "./form.js";
import { createPlacing } from "./place-maintenance.js";
import { createQuestions } from "./questions.js";
import { staleClicks } from "./stale-click.js";
import { createUnattended } from "./unattended.js";

/** Of so many maintenances it is remembered who asked, for names that are typed. */
const REMEMBERED = 200;

/**
 * As long can the same command come again: Slack repeats what it takes for lost within minutes, and a request that it signed
 * is taken for five minutes before and after its time.
 */
const REPEATED_WITHIN_MS = 15 * 60_000;

/** What the bot knows of a cluster: enough to understand a command, nothing to call a master with. */
export interface IntakeCluster extends FormCluster {
  /** User groups that its policy names, as approvers, requesters, admins, owners or for runbooks. */
  readonly groups: readonly string[];
  /** @see Policy.membersOnly */
  readonly membersOnly: boolean;
}

export interface IntakePorts {
  readonly store: Store;
  readonly clusters: readonly IntakeCluster[];
  readonly records: ReadonlyMap<string, Records>;
  readonly notifier: Notifier;
  readonly lost: LostClusters;
  /** Somebody's account, and which of these user groups they are in; a failed look-up counts as none (invariant 6). */
  personOf(user: string, groups: readonly string[]): Promise<Person>;
  readonly people: Pick<People, "of">;
  readonly logger: Logger;
  /** Of one person. */
  readonly commandsPerMinute: number;
  /** For metrics. */
  readonly onCommand?: ((verb: string, outcome: string) => void) | undefined;
  readonly clock: Pick<SteadyClock, "now" | "elapsed" | "after">;
}

/**
 * The bot's side of the queue: turns commands and clicks into jobs and answers the person at once. It never calls a
 * master. What cannot be queued is said, and then nothing was done (invariant 9).
 */
export function createIntake(ports: IntakePorts): Omit<SlackHandlers, "home"> {
  const { store, clusters, clock } = ports;
  const unattended = createUnattended(ports.notifier, ports.logger, clock);
  const refusalOf = createCommandLimit(ports.commandsPerMinute, clock.elapsed);
  const questions = createQuestions({
    store,
    clusters,
    inClusterOf,
    unattended,
    people: ports.people,
    requesters,
  });
  const placing = createPlacing({ ...ports, questions, unattended, personOf });
  const whyStale = staleClicks(ports);

  async function command(input: CommandInput): Promise<Reply | null> {
    const { text, user, channel, triggerId } = input;
    const timeZone = mayHoldATime(text) ? ((await ports.people.of(user))?.timeZone ?? null) : null;
    const context = { clusters, channel, command: input.command, nowMs: clock.now(), timeZone };
    const parsed = parseCommand(text, context);
    if (!parsed.ok) {
      const { isOffer, reply } = parsed;
      ports.onCommand?.(isOffer ? "drain" : "unknown", isOffer ? "answered" : "refused");
      return isOffer ? { ...reply, offer: triggerId } : reply;
    }
    const reply = refusalOf(user, parsed.command) ?? (await orSay(() => run(parsed.command, input)));
    ports.onCommand?.(parsed.command.verb, outcomeOf(parsed.command.verb, reply));
    return reply;
  }

  return {
    ...createForm(clusters, clock.now, ports.people),

    /** The same trigger of Slack. One that the queue cannot be asked about is not carried out (invariant 9 and 10). */
    async once(trigger, run) {
      return await orSay(async () => {
        if (await store.claim(triggerClaim(trigger), REPEATED_WITHIN_MS)) return await run();
        ports.logger.info({}, "a command, click or dialog came again; it was not carried out twice");
        return null;
      });
    },

    command,

    async click(input: ClickInput): Promise<Reply | null> {
      const { button } = input;
      // All clicks on one line are that one command.
      if ("line" in button) return await command({ ...input, text: button.line, triggerId: button.offer });
      return await orSay(async () => {
        if ("adopt" in button) return await placing.place(adoptionOf(button.adopt), input);
        const stale = await whyStale({ ...input, button });
        if (stale !== null) return stale;
        return "show" in button
          ? await questions.maintenance(button.id, targetOf(input))
          : await decideOn(button.id, button.decision, input);
      });
    },
  };

  async function run(command: Command, input: CommandInput): Promise<Reply | null> {
    if ("decision" in command) return await decideAs(command, input);
    const replyTo = targetOf(input);
    switch (command.verb) {
      case "help":
        return helpReply(command.topic, VERSION);
      case "drain":
      case "adopt":
        return await placing.place(command, input);
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
        return await questions.ask({ kind: "clusters", cluster: command.cluster, replyTo });
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

  /** A verb on one maintenance. By its hosts it is known once they are looked up; the rules that it lifts go with it in one job. */
  async function decideAs(command: DecisionCommand, input: CommandInput): Promise<Reply | null> {
    const { verb, rest, target, decision, override } = command;
    if (target.kind === "id" && override === null) return await decideOn(target.id, decision, input);
    const placeIn = async (cluster: string) => {
      const job: HostsJob = {
        verb,
        rest,
        target,
        decision,
        person: await personOf(cluster, input.user),
        override,
        askedAtMs: clock.now(),
        replyTo: targetOf(input),
      };
      return await place(cluster, HOSTS_JOB, job, commandJobId(input.triggerId));
    };
    return await (target.kind === "id" ? inClusterOf(target.id, placeIn) : placeIn(command.cluster ?? ""));
  }

  /** Those who asked for the newest maintenances of every cluster, each once. */
  async function requesters(): Promise<readonly string[]> {
    const newest = await Promise.all(
      [...ports.records.values()].map(async (records) => [
        ...(await records.open()).records,
        ...(await records.finished(REMEMBERED)).records,
        ...(await records.refused(REMEMBERED)).records,
      ]),
    );
    return [...new Set(newest.flat().map(({ requester }) => requester))];
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

  /** The person with what matters of them in this cluster. Slack is asked at most once in a while (`groups.ts`). */
  async function personOf(cluster: string, user: string): Promise<Person> {
    const { groups = [], membersOnly = true } = clusters.find(({ name }) => name === cluster) ?? {};
    return groups.length === 0 && !membersOnly
      ? { user, standing: "unknown", groups: [], lookupFailed: false }
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
      ports.logger.error({ err: error, code: error.code }, "nothing could be queued");
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
  const answered = verb === "drain" || verb === "adopt" ? "queued" : "answered";
  return { done: answered, info: answered, refused: "refused", error: "failed" }[reply.tone];
}

/** What the button of machines that nobody looks after asks for: it was confirmed by the click. */
function adoptionOf({ cluster, hosts, machines, shown }: AdoptValue["adopt"]): AdoptCommand {
  return { verb: "adopt", cluster, hosts, reason: null, ticket: null, confirmed: machines, shown };
}

import type { Logger } from "../../base/logger.js";
import type { AdoptCommand, DrainCommand } from "../../commands/command.js";
import type { Person } from "../../maintenance/policy/policy.js";
import { encodeMaintenance, type Maintenance } from "../../maintenance/record/record.js";
import { quoted } from "../../maintenance/text/quote.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { formatSpan } from "../../maintenance/time.js";
import type { ClickInput, CommandInput } from "../../slack/hear/handlers.js";
import { freeId, MOST_IDS, maintenanceId, threadJobId } from "../lanes/ids.js";
import { MAINTENANCE_JOB, readJob, targetOf, threadJob } from "../lanes/jobs.js";
import type { Notifier } from "../lanes/notifier.js";
import { MAINTENANCE_JOB_OPTIONS } from "../lanes/options.js";
import { findAnywhere, type Records } from "../lanes/records.js";
import type { SteadyClock } from "../steady-clock.js";
import { cardChannel, noPlace } from "./card-place.js";
import { newMaintenance } from "./new-maintenance.js";
import type { createQuestions } from "./questions.js";
import type { Unattended } from "./unattended.js";

export interface PlacingPorts {
  readonly clusters: readonly { readonly name: string; readonly channel: string | null }[];
  readonly records: ReadonlyMap<string, Records>;
  readonly notifier: Notifier;
  readonly questions: Pick<ReturnType<typeof createQuestions>, "ask">;
  readonly unattended: Unattended;
  personOf(cluster: string, user: string): Promise<Person>;
  readonly logger: Logger;
  readonly clock: Pick<SteadyClock, "now">;
}

/** Places the job of a new maintenance, and its thread. */
export function createPlacing(ports: PlacingPorts) {
  const { clusters, clock } = ports;

  /** One command is one job, whatever happens: its id comes from the command, and adding it again changes nothing. */
  async function place(
    command: DrainCommand | AdoptCommand,
    input: CommandInput | ClickInput,
  ): Promise<Reply | null> {
    const { cluster, hosts } = command;
    const records = ports.records.get(cluster);
    // Only a button can name one that is not configured: an old message.
    const shown = clusters.find(({ name }) => name === cluster);
    if (records === undefined || shown === undefined) {
      return replyOf({
        tone: "refused",
        text: `${cluster} is not in the bot's clusters file any more.`,
        notDone: "Nothing was queued and nothing was posted.",
        next: "Look with /mesos clusters, and type the command for one of those.",
      });
    }
    const channel = cardChannel(shown, input.channel);
    const person = await ports.personOf(cluster, input.user);
    const replyTo = targetOf(input);
    const recordOf = (id: string) =>
      newMaintenance(
        id,
        command,
        person,
        { channel: channel ?? input.channel, command: input.command },
        clock.now(),
      );
    if (command.verb === "drain" && command.dryRun) {
      const record = encodeMaintenance(recordOf(maintenanceId(input.triggerId)));
      const isUsualDuration = !command.hasDuration;
      return await ports.questions.ask({ kind: "dry_run", cluster, record, isUsualDuration, replyTo });
    }
    if (channel === null) {
      return replyOf({
        tone: "refused",
        text: noPlace(shown),
        notDone: "Nothing was queued and nothing was posted.",
        next: `Type it in the channel where it belongs, with the bot as a member, or have a channel set for ${cluster} (channel in the clusters file, SLACK_CHANNEL).`,
      });
    }
    const what = `${WORDS[command.verb].name} of ${quoted(hosts)} in ${cluster}`;
    const span = command.verb === "drain" ? ` for ${formatSpan(command.durationMs)}` : "";
    const again = WORDS[command.verb].again;
    // Its own is free for a command that is delivered again.
    const isOwn = (one: Maintenance) =>
      one.cluster === cluster && one.requester === input.user && one.hosts === hosts;
    const id = await freeId(input.triggerId, async (one) => {
      const found = await findAnywhere(ports.records, one);
      return (found !== null && !isOwn(found)) || !(await isThreadOf(one, cluster, input.user));
    });
    if (id === null) {
      return replyOf({
        tone: "error",
        text: `The ${what} got no id: each of the ${MOST_IDS} that were tried belongs to another maintenance.`,
        notDone: "Nothing was queued and nothing was posted.",
        next: `${again}: it then gets other ids.`,
      });
    }
    const before = await records.find(id);
    if (before !== null) return sentBefore(before, what, again);
    const record = recordOf(id);
    // The thread first: should we die in between, a thread without a maintenance goes away by itself.
    await ports.notifier.openThread(record, replyTo, `${what}${span}`);
    const options = { ...MAINTENANCE_JOB_OPTIONS, jobId: id };
    const job = await records.queue.add(MAINTENANCE_JOB, encodeMaintenance(record), options);
    // A queue takes an id once and says nothing of it the second time.
    const stored = await records.find(id);
    if (!(await isThreadOf(id, cluster, input.user)) || (stored !== null && !isOwn(stored))) {
      const isOurs = stored !== null && isOwn(stored);
      return replyOf({
        tone: "error",
        text: `The ${what} and another one got the same id, ${id}, in the same moment.`,
        notDone: isOurs ? "It has no thread." : "Nothing was queued and nothing was posted.",
        next: isOurs
          ? `Take it back with /mesos cancel ${id} --cluster ${cluster}. ${again} after that.`
          : `${again}: it then gets another id.`,
      });
    }
    ports.unattended(job, replyTo);
    ports.logger.info({ maintenance: id, cluster, user: record.requester, hosts }, `${command.verb} queued`);
    // What comes of it is for the worker to find out; the thread tells it to the person, once.
    return null;
  }

  /** Whether the thread of an id belongs to this cluster and person, or to nobody yet. */
  async function isThreadOf(id: string, cluster: string, user: string): Promise<boolean> {
    const job = await ports.notifier.queue.getJob(threadJobId(id));
    if (job === undefined) return true;
    const thread = readJob(threadJob, job);
    return thread.cluster === cluster && thread.replyTo.user === user;
  }

  return { place };
}

/** A command that was delivered again, or a button that was clicked again: nothing more is placed (invariant 7). */
function sentBefore({ id, end }: Maintenance, what: string, again: string): Reply {
  return replyOf({
    tone: "info",
    text: `${id}: this ${what} was sent already${end === null ? "" : ", and it is over"}.`,
    notDone: "Nothing more was queued.",
    next: `See how it stands with /mesos status ${id}.${end === null ? "" : ` ${again} by typing it to ask for another one.`}`,
  });
}

const WORDS = {
  drain: { name: "drain", again: "Send the drain again" },
  adopt: { name: "adoption", again: "Adopt them again" },
} as const;

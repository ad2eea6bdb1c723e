import type { Maintenance } from "../../maintenance/record/record.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import { threadJobId } from "../lanes/ids.js";
import { readJob, type ThreadJob, threadJob } from "../lanes/jobs.js";
import { wake } from "../store/store.js";
import type { NotifyPorts } from "./ports.js";

/**
 * The addresses of the cards of the maintenances that this one left behind or was left behind by, as far as those are posted
 * and Slack tells: a link that is missing holds nothing up, for the card names the id.
 */
export async function linksOf(
  record: Maintenance,
  known: ThreadJob["links"],
  ports: Pick<NotifyPorts, "messenger" | "queue" | "logger">,
): Promise<ThreadJob["links"]> {
  let links = known;
  for (const id of linkedWith(record).filter((one) => links[one] === undefined)) {
    const job = await ports.queue.getJob(threadJobId(id));
    const { channel = "", rootTs = null } = job === undefined ? {} : readJob(threadJob, job);
    if (rootTs !== null) links = { ...links, ...(await linkTo(id, channel, rootTs, ports)) };
  }
  return links;
}

/** The card of this one is posted: those of the others can link it. */
export async function wakeLinked(record: Maintenance, { queue }: Pick<NotifyPorts, "queue">): Promise<void> {
  for (const id of linkedWith(record)) {
    const job = await queue.getJob(threadJobId(id));
    if (job !== undefined) await wake(job);
  }
}

function linkedWith({ leftBehind, leftBehindBy }: Maintenance): string[] {
  return [...leftBehind.map(({ id }) => id), ...(leftBehindBy === undefined ? [] : [leftBehindBy])];
}

async function linkTo(
  id: string,
  channel: string,
  ts: string,
  ports: Pick<NotifyPorts, "messenger" | "logger">,
): Promise<ThreadJob["links"]> {
  try {
    return { [id]: await ports.messenger.permalink(channel, ts) };
  } catch (error) {
    if (!(error instanceof SlackFailure)) throw error;
    ports.logger.warn(
      { ...error.fields, maintenance: id },
      "the card of a linked maintenance has no address",
    );
    return error.permanent ? { [id]: "" } : {};
  }
}

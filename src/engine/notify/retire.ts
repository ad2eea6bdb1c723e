import { renderRetired } from "../../slack/render/retired.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import { threadJobId } from "../lanes/ids.js";
import { type RetireJob, readJob, threadJob } from "../lanes/jobs.js";
import { type NotifyPorts, obeyRateLimit } from "./ports.js";

/**
 * Takes the buttons off a message that is not its maintenance's own: posted a second time after a crash, or of a record that
 * is gone. A message that Slack does not let us edit stays as it is; whoever clicked was told.
 */
export async function retire({ maintenance, channel, ts }: RetireJob, ports: NotifyPorts): Promise<void> {
  const job = await ports.queue.getJob(threadJobId(maintenance));
  const thread = job === undefined ? null : readJob(threadJob, job);
  const root = thread?.rootTs ?? null;
  try {
    const address = thread === null || root === null ? null : await addressOf(thread.channel, root, ports);
    await ports.messenger.update(channel, ts, renderRetired(maintenance, address));
  } catch (error) {
    await obeyRateLimit(error, ports);
    if (!(error instanceof SlackFailure && error.permanent)) throw error;
    ports.logger.warn({ ...error.fields, maintenance }, "a card that is not current could not be edited");
  }
}

async function addressOf(channel: string, ts: string, { messenger }: NotifyPorts): Promise<string> {
  try {
    return await messenger.permalink(channel, ts);
  } catch (error) {
    if (error instanceof SlackFailure && error.permanent) return "";
    throw error;
  }
}

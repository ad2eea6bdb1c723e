import type { Logger } from "../../base/logger.js";
import { replyOf } from "../../maintenance/text/reply.js";
import type { Clock } from "../clock.js";
import type { StoredReplyTarget } from "../lanes/jobs.js";
import type { Notifier } from "../lanes/notifier.js";
import type { StoreJob } from "../store/store.js";

/** A worker takes an idle job within milliseconds; busy ones within seconds. */
const PATIENCE_MS = 8_000;

/** Tells somebody when no worker has taken their job for a while: silence would look as if nothing had been understood. */
export type Unattended = (job: StoreJob, replyTo: StoredReplyTarget) => void;

export function createUnattended(
  notifier: Notifier,
  logger: Logger,
  { after }: Pick<Clock, "after">,
): Unattended {
  async function look(job: StoreJob, replyTo: StoredReplyTarget): Promise<void> {
    const state = await job.getState();
    if (state !== "waiting" && state !== "prioritized") return;
    const reply = replyOf({
      tone: "error",
      text: "This is queued, but no worker has taken it yet.",
      notDone: "Nothing has been done so far.",
      next: "It is done as soon as a worker is free; if none runs, start one (npm start -- --role worker).",
    });
    await notifier.reply(replyTo, reply);
  }

  return (job, replyTo) => {
    after(PATIENCE_MS, () => {
      look(job, replyTo).catch((error) =>
        logger.warn({ err: error, job: job.id }, "a queued job could not be looked at"),
      );
    });
  };
}

import type { Logger } from "../../base/logger.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { MaintenanceClick } from "../../slack/hear/handlers.js";
import { threadJobId } from "../lanes/ids.js";
import { readJob, type ThreadJob, threadJob } from "../lanes/jobs.js";
import type { LostClusters } from "../lanes/lost-clusters.js";
import type { Notifier } from "../lanes/notifier.js";
import { findAnywhere, type Records } from "../lanes/records.js";

interface StalePorts {
  readonly records: ReadonlyMap<string, Records>;
  readonly notifier: Notifier;
  readonly lost: LostClusters;
  readonly logger: Logger;
}

/**
 * Why a click decides nothing, or `null`: a button counts in its maintenance's own messages, a question's in the one in which it
 * stands. One in another message is of a card that was posted twice, of a question that was lost with the queue, or of a record
 * that is gone; it loses its buttons (invariants 5, 13).
 */
export function staleClicks({ records, notifier, lost, logger }: StalePorts) {
  return async ({ button, message, channel, user }: MaintenanceClick): Promise<Reply | null> => {
    if (message === undefined) return null;
    const { id } = button;
    const job = await notifier.queue.getJob(threadJobId(id));
    const thread = job === undefined ? null : readJob(threadJob, job);
    const isGone = thread === null && (await findAnywhere(records, id)) === null;
    if (!isGone && (thread === null || isCurrent(thread, button, message))) return null;
    await notifier.retire({ maintenance: id, channel, ts: message });
    logger.warn({ maintenance: id, user, channel }, "a click on a message that is not current");
    if (isGone) return await lost.explain(id);
    return replyOf({
      tone: "refused",
      text: `${id}: this message is not its current one any more; it loses its buttons.`,
      notDone: "Nothing was decided.",
      next: "Use the newest card, or the newest question in its thread.",
    });
  };
}

/** Whether the thread knows this message; while its card is being posted nobody can tell. */
function isCurrent(thread: ThreadJob, button: MaintenanceClick["button"], message: string): boolean {
  const { rootTs, approvals, runs } = thread;
  if ("decision" in button && button.decision.kind === "approve") {
    const stands = approvals[button.decision.approval];
    return stands === undefined || stands.ts === message;
  }
  const others = [...Object.values(approvals), ...Object.values(runs)].map(({ ts }) => ts);
  return rootTs === null || [rootTs, ...others].includes(message);
}

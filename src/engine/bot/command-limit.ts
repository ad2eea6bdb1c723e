import type { Command } from "../../commands/command.js";
import { counted } from "../../maintenance/text/list.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { formatSpan } from "../../maintenance/time.js";

const MINUTE_MS = 60_000;

/** They give machines back, or keep them from going: always possible, whatever else a person has sent (invariant 11). */
const NEVER_LIMITED: readonly Command["verb"][] = ["cancel", "up", "hold", "stop-run"];

/**
 * How many commands each person may send in any minute, so that nobody holds up the queue for the others. Told by a clock that is
 * never set back, and known to this process alone: a bot that is started again begins anew, and several bots each count their own.
 *
 * @param elapsed see `Clock.elapsed`.
 * @returns counts a command of a person, and says why it is not carried out; `null` when it may be.
 */
export function createCommandLimit(perMinute: number, elapsed: () => number) {
  /** When the commands of the last minute came, oldest first, by person. Whoever sent the latest one comes last. */
  const sent = new Map<string, readonly number[]>();

  function forget(beforeMs: number): void {
    for (const [user, times] of sent) {
      if ((times.at(-1) ?? 0) > beforeMs) return;
      sent.delete(user);
    }
  }

  return (user: string, { verb }: Command): Reply | null => {
    if (NEVER_LIMITED.includes(verb)) return null;
    const nowMs = elapsed();
    forget(nowMs - MINUTE_MS);
    const times = (sent.get(user) ?? []).filter((atMs) => atMs > nowMs - MINUTE_MS);
    const [oldestMs = nowMs] = times;
    if (times.length >= perMinute) return refusal(perMinute, oldestMs + MINUTE_MS - nowMs);
    sent.delete(user);
    sent.set(user, [...times, nowMs]);
    return null;
  };
}

function refusal(perMinute: number, waitMs: number): Reply {
  const wait = formatSpan(Math.ceil(waitMs / 1_000) * 1_000);
  return replyOf({
    tone: "refused",
    text: `You have sent ${counted(perMinute, "command")} within a minute, and COMMANDS_PER_MINUTE lets one person send no more.`,
    notDone: "This one was not carried out, and nothing was queued for it.",
    next: `Send it again in ${wait}. Buttons go on working, and so do /mesos cancel, up, hold and stop-run.`,
  });
}

import { localTime } from "../maintenance/text/local-time.js";
import { type Reply, replyOf } from "../maintenance/text/reply.js";
import { formatSpan } from "../maintenance/time.js";
import type { CommandContext, DrainCommand } from "./command.js";

/**
 * What the times of a drain were taken for, before anything is queued.
 *
 * @param line the same drain with its times in full.
 */
export function echo(
  { startMs, durationMs }: DrainCommand,
  line: string,
  { nowMs, timeZone }: Pick<CommandContext, "nowMs" | "timeZone">,
): Reply {
  const zone = timeZone ?? "UTC";
  const fromMs = startMs ?? nowMs;
  const endMs = fromMs + durationMs;
  const isSameWeek = endMs - fromMs < 6 * 86_400_000;
  const end = localTime(endMs, zone, isSameWeek && startMs !== null ? "day of the week" : "date");
  const text =
    startMs === null
      ? `That is from now until ${end} (${zone}), for ${minutes(durationMs)}.`
      : `That is ${localTime(startMs, zone)} (${zone}), in ${minutes(startMs - nowMs)}, until ${end}.`;
  return replyOf({
    tone: "info",
    text,
    notDone: "Nothing is queued yet.",
    next: "Send the line below as it is, or type another one.",
    line,
  });
}

/** A span to the minute: nobody counts seconds until tomorrow. */
function minutes(ms: number): string {
  return formatSpan(Math.max(60_000, Math.round(ms / 60_000) * 60_000));
}

import type { FrameworkSummary } from "../answers/summary.js";
import { endMs, type Unavailability } from "../cluster/schedule.js";
import { announcedAtMs, hasEnded, isToGoDown, windowNotSeen } from "../record/batch.js";
import type { Unasked } from "../record/picture.js";
import type { Maintenance } from "../record/record.js";
import { quoted } from "../text/quote.js";
import { aboutSpan, formatSpan, type Millis, nanosToMillis } from "../time.js";

/** What a framework did, in the words of both tables and cards. */
export const ANSWERED = { accept: "accepted", decline: "declined" } as const;

/** What made the master forget an answer. */
export const ERASED_BY = {
  schedule_change: "a schedule change",
  fail_over: "a fail-over",
  agent_away: "its agent going away",
  unknown: "an unknown cause",
} as const;

/** What is done when tasks are left at the deadline. */
export const AT_DEADLINE: Readonly<Record<NonNullable<Maintenance["deadline"]>["then"], string>> = {
  release: "the machines are given back",
  ask: "the approval is asked for",
  force: "the approval is asked for, to go on in spite of them",
};

/** Why a framework cannot be asked to leave. */
export const UNASKED_BECAUSE: Record<Unasked, string> = {
  framework_disconnected: "not connected",
  framework_inactive: "takes no offers",
  agent_deactivated: "agent deactivated",
  agent_disconnected: "agent not connected",
  agent_away: "agent not registered",
};

/** `cannot be asked: not connected`, or on how many of its machines; each reason by itself. */
export function unaskedTexts({ unasked, ...counts }: FrameworkSummary): string[] {
  const busy = counts.promised + counts.refused + counts.silent;
  return unasked.map(({ why, machines }) => {
    const on = machines === busy ? "" : ` on ${machines}`;
    return `cannot be asked${on}: ${UNASKED_BECAUSE[why]}`;
  });
}

/**
 * `m-7k3q2 is draining: web-* in prod, asked for by <@U0ALICE> for kernel`, without the stop; one that nobody asked for says
 * which maintenance left its machines behind.
 */
export function headOf(record: Maintenance, state: string): string {
  const reason = record.reason === null ? "" : ` for ${quoted(record.reason)}`;
  const left = record.leftBehindBy === undefined ? "" : ` left behind by ${record.leftBehindBy},`;
  return `${record.id} ${state}: ${quoted(record.hosts)} in ${record.cluster},${left} asked for by <@${record.requester}>${reason}`;
}

/** Where a window stands in time, in spans: they mean the same in every time zone. */
export function windowText(window: Unavailability | null, nowMs: Millis): string {
  if (window === null) return "";
  const startMs = nanosToMillis(window.start);
  if (nowMs < startMs) return until(startMs, nowMs);
  const end = endMs(window);
  if (end === null) return "no end";
  return nowMs < end ? `${aboutSpan(end - nowMs)} left` : `over for ${aboutSpan(nowMs - end)}`;
}

/** When something begins. */
export function until(startMs: Millis, nowMs: Millis): string {
  return nowMs < startMs ? `in ${aboutSpan(startMs - nowMs)}` : "now";
}

/** How long ago something was. */
export function ago(atMs: Millis, nowMs: Millis): string {
  return `${aboutSpan(nowMs - atMs)} ago`;
}

/** The window of the first batch that has not ended; one that the master has not shown has no time left. */
export function windowOfRecord(record: Maintenance, nowMs: Millis): string {
  const { batches, wanted } = record;
  const batch = batches.find((one) => !hasEnded(one));
  if (batch !== undefined) {
    const unseen = windowNotSeen(record, batch);
    const startMs = nanosToMillis(batch.window.start);
    if (unseen === null) {
      const early = nowMs < startMs && !isToGoDown(batch) ? "down early, starts " : "";
      return `${early}${windowText(batch.window, nowMs)}`;
    }
    const postedMs = announcedAtMs(record, batch);
    const known = postedMs === null ? unseen : `announced ${until(postedMs, nowMs)}`;
    return nowMs < startMs ? `${until(startMs, nowMs)}, ${known}` : unseen;
  }
  if (batches.length > 0) return "over";
  if (wanted.adopt !== undefined) return "the one that stands";
  return wanted.startMs === null ? formatSpan(wanted.durationMs) : until(wanted.startMs, nowMs);
}

import { endMs } from "../cluster/schedule.js";
import type { World } from "../cluster/world.js";
import type { MachineView, VerdictRow } from "../record/picture.js";
import type { Batch, Maintenance } from "../record/record.js";
import { counted } from "../text/list.js";
import { utc } from "../text/utc.js";
import { formatSpan, type Millis, nanosToMillis } from "../time.js";
import { windowOf } from "../window/edit.js";
import { holds } from "../window/whose.js";

/** Agents registered, `+n?` for those not back since a fail-over, `awaited` for one that is to come back after Up. */
export function agentsCell(view: MachineView, awaited: boolean): string {
  if (view.recovering > 0) return `${view.agents}+${view.recovering}?`;
  return awaited && view.agents === 0 ? "0 awaited" : String(view.agents);
}

/** How old an answer is, or what is known instead of one. */
export function answerCell(row: VerdictRow, nowMs: Millis): string {
  if (row.answeredAtMs !== null) return ago(row.answeredAtMs, nowMs);
  if (row.erased !== null) return "erased";
  return row.tasks === 0 ? "" : "none yet";
}

/** What a framework did, in the words of both tables and cards. */
export const ANSWERED = { accept: "accepted", decline: "declined" } as const;

/** What made the master forget an answer. */
export const ERASED_BY = { schedule_change: "a schedule change", fail_over: "a fail-over" } as const;

/** `accepted 12:03, erased by a schedule change 12:10`; the title of its column says that these are times of UTC. */
export function erasedCell(erased: NonNullable<VerdictRow["erased"]>, nowMs: Millis): string {
  const { answer, answeredAtMs, why, erasedAtMs } = erased;
  return `${ANSWERED[answer]} ${clock(answeredAtMs, nowMs)}, erased by ${ERASED_BY[why]} ${clock(erasedAtMs, nowMs)}`;
}

/** `12:03` in UTC, with the day before it if that is not today: `11-20 12:03`. */
export function clock(atMs: Millis, nowMs: Millis): string {
  const sameDay = utc(atMs, "minute").slice(0, 10) === utc(nowMs, "minute").slice(0, 10);
  return utc(atMs, sameDay ? "time of day" : "minute of the year");
}

/** The maintenance of ours that a machine is in, `others` for a foreign window, or nothing. */
export function belongsTo(machine: MachineView, world: World, open: readonly Maintenance[]): string {
  const ours = open.find((record) => record.end === null && holds(record, machine));
  if (ours !== undefined) return ours.id;
  return windowOf(world.schedule, machine) === null ? "" : "others";
}

/** `3 machines: 1 up, 2 draining`. */
export function modes(views: readonly MachineView[]): string {
  const count = (mode: MachineView["mode"]) => views.filter((view) => view.mode === mode).length;
  const parts = [
    [count("up"), "up"],
    [count("draining"), "draining"],
    [count("down"), "Down"],
  ] as const;
  const told = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  return `${counted(views.length, "machine")}${told.length > 0 ? `: ${told.join(", ")}` : ""}`;
}

/** Where a window stands in time, in spans: they mean the same in every time zone. */
export function windowText(window: Batch["window"] | null, nowMs: Millis): string {
  if (window === null) return "";
  const startMs = nanosToMillis(window.start);
  if (nowMs < startMs) return until(startMs, nowMs);
  const end = endMs(window);
  if (end === null) return "no end";
  return nowMs < end ? `${formatSpan(end - nowMs)} left` : `over for ${formatSpan(nowMs - end)}`;
}

/** When something begins. */
export function until(startMs: Millis, nowMs: Millis): string {
  return nowMs < startMs ? `in ${formatSpan(startMs - nowMs)}` : "now";
}

/** How long ago something was. */
export function ago(atMs: Millis, nowMs: Millis): string {
  return `${formatSpan(nowMs - atMs)} ago`;
}

import type { LogEvent } from "./events.js";
import { list } from "./list.js";
import { formatSpan, type Millis } from "./time.js";

/** One event of the log as a line of an audit, in plain text. */
export interface EventLine {
  readonly atMs: Millis;
  /** Slack user id, or empty for what the bot did or saw by itself. */
  readonly who: string;
  readonly what: string;
}

/** An event in words that stand on their own: no name is mentioned that notifies anybody, nothing is cut. */
export function eventLine(event: LogEvent): EventLine {
  return { atMs: event.atMs, who: whoOf(event), what: plain(whatOf(event)) };
}

/** `<@U0BOB>` → `U0BOB`: a mention is a bare id where nothing makes a name of it. */
function plain(words: string): string {
  return words.replace(/<(?:@|!subteam\^)([A-Z0-9]+)>/g, "$1");
}

function whoOf(event: LogEvent): string {
  return ("by" in event && event.by) || "";
}

/** Date and time of day in UTC, to the second: `2026-11-20 12:03:05`. */
export function stamp(atMs: Millis): string {
  return new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
}

function because(reason: string | null): string {
  return reason === null ? "" : `: ${reason}`;
}

function whatOf(event: LogEvent): string {
  switch (event.kind) {
    case "requested":
      return "asked for the maintenance";
    case "scheduled":
      return `${event.batch}: window of ${event.machines} machines stands in the schedule`;
    case "answers_changed":
      return `answers: ${event.tasksLeft} of ${event.tasksMost} tasks left; ${frameworks(event)}`;
    case "empty":
      return `${event.batch}: no tasks left`;
    case "answers_cleared":
      return `the master forgot all answers after a ${event.why === "fail_over" ? "fail-over" : "schedule change"}`;
    case "window_starts_soon":
      return `the window starts at ${stamp(event.startMs)}`;
    case "approval_asked":
      return `${event.batch}: question ${event.approval}, whether to go Down`;
    case "approved":
      return `${event.batch}: approved ${event.approval}`;
    case "voted":
      return `${event.batch}: vote ${event.votes} of ${event.needed} for ${event.approval}`;
    case "denied":
      return `${event.batch}: denied ${event.approval}${because(event.reason)}`;
    case "approval_expired":
      return `${event.batch}: ${event.approval} expired without an answer`;
    case "approval_reminder":
      return `${event.batch}: reminded of ${event.approval}, which expires at ${stamp(event.expiresAtMs)}`;
    case "approval_outdated":
      return `${event.batch}: ${event.approval} not carried out, it got worse: ${event.changes.join("; ")}`;
    case "refused":
      return `wanted to ${event.decision.replaceAll("_", " ")} and may not: ${event.why}`;
    case "held":
      return `held it${event.as === "owner" ? " as an owner" : ""}${because(event.reason)}`;
    case "released":
      return "released the hold";
    case "extended":
      return `${event.batch}: extended the window by ${formatSpan(event.byMs)}${event.endMs === null ? "" : `, until ${stamp(event.endMs)}`}`;
    case "deadline":
      return `the deadline passed with ${event.tasksLeft} tasks left; then ${event.then}`;
    case "overridden":
      return `overrode the rule ${event.rule}: ${event.reason}`;
    case "owners_told":
      return `told owners: ${event.owners.map(({ owner, of }) => `${owner} (${of.join(", ")})`).join("; ")}`;
    case "owner_ready":
      return `ready for Down: ${event.of.join(", ")}`;
    case "blast_radius":
      return "blast radius shown";
    case "taking_down":
      return `${event.batch}: taking down`;
    case "down":
      return `${event.batch}: ${event.machines} machines Down, ${event.tasksLost} tasks lost`;
    case "bringing_up":
      return `${event.batch}: ${event.by === null ? "bringing up" : "asked for Up"}`;
    case "up":
      return `${event.batch}: ${event.machines} machines up`;
    case "agents_returned":
      return `agents back: ${event.machines.join(", ")}; ${event.missing} missing`;
    case "agents_missing":
      return `agents not back: ${event.machines.join(", ")}`;
    case "cancel_asked":
      return "cancelled";
    case "cancelled":
      return "machines given back";
    case "overdue":
      return `${event.batch}: the window ended at ${stamp(event.endMs)} and machines are still away`;
    case "foreign_change":
      return `somebody else's change: ${event.text}`;
    case "trouble":
      return `trouble ${event.code}: ${event.what}${event.said === null ? "" : ` The master said: ${event.said}`} ${event.notDone}`;
    case "trouble_over":
      return `trouble ${event.code} over after ${formatSpan(event.atMs - event.sinceMs)}`;
    case "note":
      return event.text;
    case "failed":
      return `failed: ${event.why}`;
  }
}

function frameworks(event: Extract<LogEvent, { kind: "answers_changed" }>): string {
  if (event.frameworks.length === 0) return "no framework is asked";
  return event.frameworks
    .map((each) => {
      const counts = (["promised", "refused", "silent", "empty"] as const)
        .filter((verdict) => each[verdict] > 0)
        .map((verdict) => `${verdict} ${each[verdict]}`);
      const on = each.refusedOn.length === 0 ? "" : ` (refuses on ${list(each.refusedOn)})`;
      return `${each.name} ${counts.join(" ")}${on}`;
    })
    .join(", ");
}

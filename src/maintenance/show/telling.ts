import type { LogEvent, LogEventKind } from "../record/events.js";

/**
 * How an event is told in the thread. `decision`: what somebody decided or has to decide, and what came of it; always a message
 * of its own. `news`: what may change a decision; a message of its own, as long as there are not too many of them.
 * `progress`: what only shows that it goes on; a line of the one progress message. `nothing`: it is shown elsewhere.
 */
export type Telling = "decision" | "news" | "progress" | "nothing";

/** Of each kind of event; what changed in the answers depends on what it is. */
const TELLINGS: Readonly<Record<Exclude<LogEventKind, "answers_changed">, Telling>> = {
  // The card is its message.
  requested: "nothing",
  adopted: "decision",
  blast_radius: "decision",
  owners_told: "decision",
  owner_ready: "decision",
  approval_asked: "decision",
  approval_reminder: "decision",
  approval_expired: "decision",
  approval_outdated: "decision",
  voted: "decision",
  approved: "decision",
  denied: "decision",
  refused: "decision",
  within_limits: "decision",
  overridden: "decision",
  held: "decision",
  released: "decision",
  extended: "decision",
  skipped: "decision",
  left_behind: "decision",
  split_off: "decision",
  watched_again: "decision",
  cancel_asked: "decision",
  cancelled: "decision",
  kill_draining: "decision",
  taking_down: "decision",
  bringing_up: "decision",
  down: "decision",
  up: "decision",
  run_asked: "decision",
  run_started: "decision",
  run_stop_asked: "decision",
  run_ended: "decision",
  left_down: "decision",
  failed: "decision",
  paused: "decision",
  overdue: "decision",
  deadline: "decision",
  unwatched: "decision",
  scheduled: "news",
  empty: "news",
  kill_drained: "news",
  agents_away: "news",
  agents_gone: "news",
  agents_missing: "news",
  agents_returned: "news",
  answers_cleared: "news",
  foreign_change: "news",
  move_stopped: "news",
  move_ended: "news",
  windows_moved: "news",
  trouble: "news",
  trouble_over: "news",
  note: "news",
  agents_registered: "progress",
  move_step: "progress",
  went_on: "progress",
  window_starts_soon: "progress",
};

export function tellingOf(event: LogEvent): Telling {
  switch (event.kind) {
    case "answers_changed":
      return event.news === undefined ? "progress" : "news";
    case "answers_cleared":
      // Our own posts do that, each time a window moves.
      return event.why === "schedule_change" ? "progress" : "news";
    case "agents_returned":
      // That all are back is what came of Up, once for a batch; many come one after another.
      return event.missing === 0 ? "decision" : "news";
    case "went_on":
      return event.by === null ? "progress" : "decision";
    default:
      return TELLINGS[event.kind];
  }
}

/** What may be shown in the channel as well as in the thread, for those who do not follow it. */
export const BROADCASTS = ["question", "overdue", "trouble", "pause"] as const;

export type Broadcast = (typeof BROADCASTS)[number];

export function broadcastOf({ kind }: Pick<LogEvent, "kind">): Broadcast | null {
  switch (kind) {
    case "approval_asked":
    case "approval_reminder":
    case "approval_expired":
      return "question";
    case "overdue":
      return "overdue";
    case "trouble":
      return "trouble";
    case "paused":
      return "pause";
    default:
      return null;
  }
}

import type { LogEvent, LogEventKind } from "../record/events.js";
import type { Maintenance } from "../record/record.js";
import type { DecisionContext } from "./decided.js";

/**
 * What this very request did when it was carried out before: its job runs again after a crash (invariant 7). It matters
 * where it means what stands now: by then that may be another batch, window or pause.
 */
export function doneBefore<K extends LogEventKind>(
  { events }: Maintenance,
  kind: K,
  { person, askedAtMs }: DecisionContext,
): Extract<LogEvent, { kind: K }> | null {
  const found = events.find(
    (event) =>
      event.kind === kind &&
      "askedAtMs" in event &&
      event.askedAtMs === askedAtMs &&
      event.by === person.user,
  );
  return (found as Extract<LogEvent, { kind: K }> | undefined) ?? null;
}

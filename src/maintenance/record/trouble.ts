import type { Millis } from "../time.js";
import { withEvent } from "./log.js";
import type { Maintenance, Trouble } from "./record.js";

/**
 * Sets or clears what keeps the maintenance from going on, with an event when that changes (invariant 10). The same
 * trouble again keeps its start, so that a master that is away for an hour is told once.
 */
export function withTrouble(
  record: Maintenance,
  trouble: Omit<Trouble, "sinceMs"> | null,
  nowMs: Millis,
): Maintenance {
  const before = record.trouble;
  if (trouble === null) {
    if (before === null) return record;
    return withEvent({ ...record, trouble: null }, nowMs, {
      kind: "trouble_over",
      code: before.code,
      sinceMs: before.sinceMs,
    });
  }
  const { code, what, said, notDone, next } = trouble;
  const told = { code, what, said, notDone, next };
  if (before !== null && before.code === code && before.notDone === notDone) {
    return { ...record, trouble: { ...told, sinceMs: before.sinceMs } };
  }
  return withEvent({ ...record, trouble: { ...told, sinceMs: nowMs } }, nowMs, { kind: "trouble", ...told });
}

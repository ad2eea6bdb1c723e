import { until as untilSeen } from "../../src/rehearsal/demo/until.js";

/**
 * Ends what hangs. Far above what the slowest machine needs, so that no test passes or fails by its speed, and longer than it takes until
 * the run of a process that died is known to be lost (`RUNS_WORKER_OPTIONS`).
 */
const HANGS_MS = 450_000;

/** Looks until there is something to see, and returns it. Throws an Error that names what was missing. */
export function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  limitMs = HANGS_MS,
): Promise<T> {
  return untilSeen(what, look, limitMs);
}

import type { Maintenance } from "../record/record.js";
import type { Look } from "./sight.js";

/**
 * So long after an election agents may not have registered with the master yet. They look for a new leader within
 * seconds, and register within a minute of finding it (Mesos' flag `--registration_backoff_factor`); the rest is for
 * clocks that differ: the election is by the master's clock, and now by ours, which may be behind it.
 */
const ELECTION_MS = 2 * 60_000;

/** A drain waits no longer than this from when it first waited for this reason, however often a master is elected. */
const LONGEST_WAIT_MS = 10 * 60_000;

/** Whether machines may be missing from the world because their agents had no time yet to register with a new leader. */
export function isJustElected(record: Maintenance, { world, nowMs }: Omit<Look, "sight">): boolean {
  const { electedAtMs } = world;
  if (electedAtMs === null || Math.abs(nowMs - electedAtMs) >= ELECTION_MS) return false;
  const first = record.events.find((event) => event.kind === "trouble" && event.code === "just_elected");
  return first === undefined || nowMs - first.atMs < LONGEST_WAIT_MS;
}

import { createHash } from "node:crypto";
import { type Millis, type Nanos, nanosToMillis } from "../time.js";
import type { MachineId } from "./machine.js";

/** When machines are planned to be away: Mesos' `Unavailability`, exact int64 nanoseconds. */
export interface Unavailability {
  readonly start: Nanos;
  /** `null` means without an end; that is not the same as 0 and is kept as it is. */
  readonly duration: Nanos | null;
}

/** When it ends, for clocks and people; `null` without an end. */
export function endMs({ start, duration }: Unavailability): Millis | null {
  return duration === null ? null : nanosToMillis(start + duration);
}

/** Whether it has ended; one without an end never has. */
export function isOver(window: Unavailability, nowMs: Millis): boolean {
  const end = endMs(window);
  return end !== null && end <= nowMs;
}

/** One window of the schedule: machines that share one unavailability. */
export interface Window extends Unavailability {
  readonly machines: readonly MachineId[];
}

/** A master's whole schedule: one list, shared by everybody who posts to it. */
export interface Schedule {
  readonly windows: readonly Window[];
}

const digests = new WeakMap<Schedule, string>();

/** A fingerprint that changes with the schedule: with machines, times and their order. */
export function scheduleDigest(schedule: Schedule): string {
  const known = digests.get(schedule);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  for (const { machines, start, duration } of schedule.windows) {
    hash.update(`${start}/${duration ?? "open"}`);
    for (const { hostname, ip } of machines) hash.update(`\n${hostname?.toLowerCase() ?? ""}|${ip ?? ""}`);
    hash.update("\n\n");
  }
  const digest = hash.digest("hex").slice(0, 16);
  digests.set(schedule, digest);
  return digest;
}

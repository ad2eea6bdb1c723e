import type { Unavailability } from "./schedule.js";

/** The windows in `Seen.window`, each once: exact nanoseconds (invariant 1). Machines that stood in none add none. */
export function windowsSeen(text: string): Unavailability[] {
  return [...new Set(text.split(" "))].flatMap((one) => {
    const [, start, duration] = /^(-?\d{1,19})\/(-?\d{1,19}|open)$/.exec(one) ?? [];
    if (start === undefined || duration === undefined) return [];
    return [{ start: BigInt(start), duration: duration === "open" ? null : BigInt(duration) }];
  });
}

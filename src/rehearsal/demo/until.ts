import { setTimeout as wait } from "node:timers/promises";

const LOOK_EVERY_MS = 100;

/**
 * Looks until there is something to see, and returns it. Throws an Error that names what was missing when the time is
 * over; an error while looking counts as not seen yet.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  limitMs = 30_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  let last = "";
  do {
    try {
      const seen = await look();
      if (seen) return seen;
    } catch (error) {
      last = ` (${error instanceof Error ? error.message : String(error)})`;
    }
    await wait(LOOK_EVERY_MS);
  } while (Date.now() < end);
  throw new Error(`Not seen within ${limitMs / 1000} s: ${what}${last}.`);
}

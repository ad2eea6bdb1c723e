import fc from "fast-check";

/**
 * Properties run from one seed, so that a change is red because of what it changes and not by luck. `npm run fuzz`
 * looks for what that seed misses: a new seed each time, and twenty times the runs.
 */
const SEED = 20_261_120;

const FUZZ_FACTOR = 20;

export const isFuzzing = process.env.FUZZ === "1";

fc.configureGlobal(isFuzzing ? { numRuns: runs(100) } : { seed: SEED });

/** How often a property runs that wants another number than fast-check's hundred. */
export function runs(usual: number): number {
  return isFuzzing ? usual * FUZZ_FACTOR : usual;
}

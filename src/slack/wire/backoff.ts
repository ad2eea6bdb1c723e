const FIRST_MS = 500;

const LONGEST_MS = 30_000;

/** How long to wait after the n-th failure in a row (1, 2, …), or as long as the other side asked for. */
export function backoffMs(failures: number, askedMs: number | null): number {
  return Math.max(askedMs ?? 0, Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10)));
}

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

type Unit = keyof typeof UNIT_MS;

const WHOLE = /^(?:\d{1,9}\s*[dhms]\s*)+$/;

const PART = /(\d{1,9})\s*([dhms])/g;

/**
 * Milliseconds of a duration written as `90m`, `1h30m` or `2d` (units d, h, m, s; each at most once, largest first), or
 * `null` when the text is none. A number without a unit is none: in a file nobody is there to ask what it meant.
 */
export function parseDuration(text: string): number | null {
  const lower = text.trim().toLowerCase();
  if (!WHOLE.test(lower)) return null;
  let total = 0;
  let previous = Number.POSITIVE_INFINITY;
  for (const [, count, unit] of lower.matchAll(PART)) {
    const size = UNIT_MS[unit as Unit];
    if (size >= previous) return null;
    previous = size;
    total += Number(count) * size;
  }
  return total;
}

/** The value below which a share of the values lies (nearest rank); `NaN` of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(Math.ceil(share * sorted.length), 1);
  return sorted[rank - 1] ?? Number.NaN;
}

/** The middle value; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** Three significant digits are more than a run can promise; whole numbers keep theirs. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** The rounded median of something that each of them has. */
export function middle<T>(all: readonly T[], of: (one: T) => number): number {
  return rounded(median(all.map(of)));
}

/** How many times `value` is `yardstick`. */
export function ratio(value: number, yardstick: number): number {
  return rounded(value / yardstick);
}

/** Nanoseconds since the epoch or of a span, exact: a master's int64 (invariant 1). Never a JavaScript number. */
export type Nanos = bigint;

/** Milliseconds since the epoch or of a span, for clocks and people. Names that hold one end in `Ms`. */
export type Millis = number;

const NANOS_PER_MILLI = 1_000_000n;

/** Exact: every whole millisecond has its nanosecond count. */
export function millisToNanos(ms: Millis): Nanos {
  return BigInt(Math.round(ms)) * NANOS_PER_MILLI;
}

/** Rounds towards zero to whole milliseconds; only for showing and for timers, never for writing back. */
export function nanosToMillis(ns: Nanos): Millis {
  return Number(ns / NANOS_PER_MILLI);
}

const UNITS: readonly (readonly [string, Millis])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
];

/** A span as it is typed in a command, rounded up to whole minutes: `2h`, `1h30m`, `1d2h`. */
export function typedSpan(ms: Millis): string {
  let rest = Math.max(60_000, Math.ceil(ms / 60_000) * 60_000);
  let text = "";
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** A span as people write it, whole seconds and nothing left out: `4 h`, `1 h 30 m`, `1 d 7 h 30 m`. */
export function formatSpan(ms: Millis): string {
  return spanOf(ms, UNITS.length);
}

/** About how long something has lasted, or will: its two largest units, such as `2 h 5 m` or `1 d 7 h`. */
export function aboutSpan(ms: Millis): string {
  return spanOf(ms, 2);
}

function spanOf(ms: Millis, units: number): string {
  let rest = Math.max(0, Math.round(ms / 1000) * 1000);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    rest -= count * size;
    if (parts.length === units) break;
  }
  return parts.length > 0 ? parts.join(" ") : "0 s";
}

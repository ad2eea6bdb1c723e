const UNITS: readonly { readonly letter: string; readonly names: RegExp; readonly ms: number }[] = [
  { letter: "w", names: /^w(?:eeks?)?$/, ms: 7 * 86_400_000 },
  { letter: "d", names: /^d(?:ays?)?$/, ms: 86_400_000 },
  { letter: "h", names: /^(?:h|hrs?|hours?)$/, ms: 3_600_000 },
  { letter: "m", names: /^(?:m|mins?|minutes?)$/, ms: 60_000 },
];

/** Units that are told apart from names, and not taken. */
const OTHER_UNIT = /^(?:s|secs?|seconds?|mo|months?|y|yrs?|years?)$/i;

type ParsedDuration =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly problem: string };

/** Whether a word is meant as a duration, be it a good one or not: `4h`, `90`, `-1h`, `4x`, but not `10.0.0.1`. */
export function looksLikeDuration(text: string): boolean {
  return /^[-+]?(?:\d+(?:[.,]\d+)?[a-z]*)+$/i.test(text);
}

/** Whether a word can only be a duration: `4h`, `90min`, but not `4`, which could be a name as well. */
export function isPlainDuration(text: string): boolean {
  return /[a-z]$/i.test(text) && parseDuration(text).ok;
}

/** Whether a word is a unit standing by itself, as in `4 hours`, be it one that is understood or not. */
export function isUnit(text: string): boolean {
  return unitOf(text.toLowerCase()) !== undefined || OTHER_UNIT.test(text);
}

/** Whether the second of two durations goes on with the first: `1h 30m`, but not `4h 5h`. */
export function continuesDuration(first: string, second: string): boolean {
  if (!isPlainDuration(first) || !isPlainDuration(second)) return false;
  return (smallestUnit(first)?.ms ?? 0) > (smallestUnit(second)?.ms ?? 0) && /^\d+[a-z]+$/i.test(second);
}

function smallestUnit(text: string) {
  return unitOf(/[a-z]+$/i.exec(text)?.[0].toLowerCase() ?? "");
}

/**
 * A span such as `4h`, `90m`, `1h30m`, `2d` or `1w`, in whole minutes; a bare number is hours. Words are units as well
 * (`4hours`), and `1.5h` is an hour and a half.
 */
export function parseDuration(text: string): ParsedDuration {
  const typed = text.toLowerCase();
  if (typed.startsWith("-")) return { ok: false, problem: `${text} is less than nothing.` };
  const parts = [...typed.matchAll(/(\d+(?:[.,]\d+)?)([a-z]*)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== typed.replace(/^\+/, "")) {
    return { ok: false, problem: `${text} is not a duration such as 4h, 90m or 1h30m.` };
  }
  let ms = 0;
  let before = "";
  for (const [, digits = "", name = ""] of parts) {
    // After hours without a unit come minutes (1h30), alone it is hours (4).
    const unit = unitOf(name === "" ? (before === "h" ? "m" : "h") : name);
    if (!unit) {
      const problem = `${text} is not a duration: its unit is m, h, d or w, not ${name}.`;
      return { ok: false, problem };
    }
    ms += Number(digits.replace(",", ".")) * unit.ms;
    before = unit.letter;
  }
  const whole = Math.round(ms / 60_000) * 60_000;
  if (whole === 0) return { ok: false, problem: `${text} is no time at all; the shortest is 1m.` };
  return { ok: true, ms: whole };
}

function unitOf(name: string) {
  return UNITS.find(({ names }) => names.test(name));
}

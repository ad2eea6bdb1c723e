const UNITS: readonly { readonly letter: string; readonly names: RegExp; readonly ms: number }[] = [
  { letter: "w", names: /^(?:w(?:eeks?)?|[个個]?(?:周|週|星期))$/u, ms: 7 * 86_400_000 },
  { letter: "d", names: /^(?:d(?:ays?)?|天)$/u, ms: 86_400_000 },
  { letter: "h", names: /^(?:h|hrs?|hours?|[个個]?小[时時])$/u, ms: 3_600_000 },
  { letter: "m", names: /^(?:m|mins?|minutes?|分[钟鐘]?)$/u, ms: 60_000 },
];

/** Units that are told apart from names, and not taken. */
const OTHER_UNIT = /^(?:s|secs?|seconds?|mo|months?|y|yrs?|years?|秒[钟鐘]?|[个個]?月|年)$/iu;

/** Letters of a unit: those of English, or Chinese characters. */
const LETTER = "[a-z\\p{Script=Han}]";

const COUNT = "\\d+(?:[.,]\\d+)?";

/** Letters end each number but the last: a text can be taken apart in one way only, so that it takes no longer than it is long. */
const LOOKS_LIKE = new RegExp(`^[-+]?${COUNT}(?:${LETTER}+${COUNT})*${LETTER}*$`, "iu");

const PART = new RegExp(`(${COUNT})(${LETTER}*)`, "gu");

const ENDS_IN_UNIT = new RegExp(`${LETTER}$`, "iu");

const ONE_PART = new RegExp(`^\\d+${LETTER}+$`, "iu");

const NUMBER = new RegExp(`^\\+?(${COUNT})$`);

const MINUTE_MS = 60_000;

/** As long as can be counted exactly: longer than anything that has a limit takes. */
const LONGEST_MS = Math.floor(Number.MAX_SAFE_INTEGER / MINUTE_MS) * MINUTE_MS;

type ParsedDuration =
  | { readonly ok: true; readonly ms: number }
  | {
      readonly ok: false;
      readonly problem: string;
      /** How it would be written for each thing that it can mean; absent where it means nothing. */
      readonly either?: readonly string[];
    };

const HAN_DIGITS = "〇一二三四五六七八九";

const HAN_DIGIT = "[一二两兩三四五六七八九十]";

const UNIT_IN_HAN = "(?:[个個]?(?:小[时時]|周|週|星期)|天|分[钟鐘]?|秒[钟鐘]?|[个個]?月|年)";

/** A number in Han or in figures from its first character on, so that a long one is looked at once. */
const COUNT_IN_HAN = `((?<!${HAN_DIGIT})${HAN_DIGIT}{1,3}|(?<!\\d)\\d+)`;

const HAN_AND_A_HALF = new RegExp(`${COUNT_IN_HAN}[个個]半(${UNIT_IN_HAN})`, "gu");

const HAN_UNIT_AND_A_HALF = new RegExp(`${COUNT_IN_HAN}([个個]?小[时時]|天|[周週])半`, "gu");

const HAN_HALF = new RegExp(`半(?=${UNIT_IN_HAN})`, "gu");

const HAN_NUMBER = new RegExp(`${COUNT_IN_HAN}(?=${UNIT_IN_HAN})`, "gu");

/** `半小时`, `一小时`, `两天`, `一个半小时`, `二十四小时` with figures in the place of their numbers. */
function inFigures(text: string): string {
  const half = (_: string, count: string, unit: string) => `${figures(count)}.5${unit}`;
  return text
    .replace(HAN_AND_A_HALF, half)
    .replace(HAN_UNIT_AND_A_HALF, half)
    .replace(HAN_HALF, "0.5")
    .replace(HAN_NUMBER, (_, count: string) => figures(count));
}

/** A number below a hundred in figures. */
function figures(count: string): string {
  if (/^\d+$/.test(count)) return count;
  const plain = count.replace(/[两兩]/g, "二");
  const [, tens, ones] = /^([^十]?)十([^十]?)$/.exec(plain) ?? [];
  const digit = (one: string) => HAN_DIGITS.indexOf(one);
  if (tens === undefined) return plain.length === 1 ? String(digit(plain)) : count;
  return String((tens === "" ? 1 : digit(tens)) * 10 + (ones ? digit(ones) : 0));
}

/** Whether a word is meant as a duration, be it a good one or not: `4h`, `90`, `-1h`, `4x`, but not `10.0.0.1`. */
export function looksLikeDuration(text: string): boolean {
  return LOOKS_LIKE.test(inFigures(text));
}

/** Whether a word can only be a duration: `4h`, `90min`, but not `4`, which could be a name as well. */
export function isPlainDuration(text: string): boolean {
  return ENDS_IN_UNIT.test(text) && parseDuration(text).ok;
}

/** Whether a word is a unit standing by itself, as in `4 hours`, be it one that is understood or not. */
export function isUnit(text: string): boolean {
  return unitOf(text.toLowerCase()) !== undefined || OTHER_UNIT.test(text);
}

/** Whether the second of two durations goes on with the first: `1h 30m`, but not `4h 5h`. */
export function continuesDuration(first: string, second: string): boolean {
  if (!isPlainDuration(first) || !isPlainDuration(second)) return false;
  return (smallestUnit(first)?.ms ?? 0) > (smallestUnit(second)?.ms ?? 0) && ONE_PART.test(inFigures(second));
}

function smallestUnit(text: string) {
  const [, , name = ""] = [...text.toLowerCase().matchAll(PART)].at(-1) ?? [];
  return unitOf(name);
}

/**
 * A span such as `4h`, `90m`, `1h30m`, `2d` or `1w`, in whole minutes. Words are units as well (`4hours`, `4小时`, `半小时`), and
 * `1.5h` is an hour and a half. A bare number can mean hours or minutes, so it is asked about.
 *
 * @param bare `hours` where a bare number is known to be hours.
 */
export function parseDuration(text: string, bare: "hours" | "asked" = "asked"): ParsedDuration {
  const typed = inFigures(text.toLowerCase());
  if (typed.startsWith("-")) return { ok: false, problem: `${text} is less than nothing.` };
  if (!LOOKS_LIKE.test(typed))
    return { ok: false, problem: `${text || '""'} is not a duration such as 4h, 90m or 1h30m.` };
  let ms = 0;
  let before = "";
  for (const [, digits = "", name = ""] of typed.matchAll(PART)) {
    // After hours without a unit come minutes (1h30), alone it is hours (4).
    const unit = unitOf(name === "" ? (before === "h" ? "m" : "h") : name);
    if (!unit) {
      const problem = `${text} is not a duration: its unit is m, h, d or w, not ${name}.`;
      return { ok: false, problem };
    }
    ms += Number(digits.replace(",", ".")) * unit.ms;
    before = unit.letter;
  }
  const whole = Math.min(Math.round(ms / MINUTE_MS) * MINUTE_MS, LONGEST_MS);
  if (whole === 0) return { ok: false, problem: `${text} is no time at all; the shortest is 1m.` };
  const number = NUMBER.exec(typed)?.[1];
  if (number !== undefined && bare === "asked") {
    const problem = `${number} hours or ${number} minutes? A number alone does not say.`;
    return { ok: false, problem, either: [`${number}h`, `${number}m`] };
  }
  return { ok: true, ms: whole };
}

function unitOf(name: string) {
  return UNITS.find(({ names }) => names.test(name));
}

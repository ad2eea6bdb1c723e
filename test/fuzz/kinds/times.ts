import fc from "fast-check";
import { expect } from "vitest";
import { readTime } from "../../../src/commands/clock-time.js";
import { isPlainDuration, looksLikeDuration, parseDuration } from "../../../src/commands/duration.js";
import { undoFormatting } from "../../../src/commands/unformat.js";
import { duration } from "../../../src/config/fields.js";
import { kindOf } from "../case-runner.js";
import { mutatedText } from "../mutations.js";
import { expectSentence } from "../sentences.js";

const DURATIONS = [
  "4h",
  "90m",
  "1h30m",
  "2 d",
  "1.5h",
  "1,5H",
  "1w2d",
  "3hrs",
  "45mins",
  "两小时半",
  "一个半小时",
  "二十四小时",
  "4",
  "1h30",
];

export const DURATION_TOKENS = [
  ...[
    "1",
    "0",
    "12",
    "1.5",
    "1,5",
    ".",
    ",",
    "+",
    "-",
    "h",
    "m",
    "d",
    "w",
    "s",
    "mo",
    "1h",
    "30m",
    "hours",
    "minutes",
    " ",
    "1e9",
  ],
  ...["一", "两", "十", "半", "个", "小时", "分钟", "天", "周", "月", "一小时", "个半", "９"],
];

/** A line has no longer one. */
const LONGEST = 4_000;

/** As they stand in a line that was read. */
const typed = (o: Pick<Parameters<typeof mutatedText>[0], "bases" | "tokens">) =>
  mutatedText({ ...o, longest: LONGEST }).map(undoFormatting);

const inFile = duration();

export const durations = kindOf({
  name: "durations",
  share: 30_000,
  cases: typed({ bases: DURATIONS, tokens: DURATION_TOKENS }),
  run: (text) => ({
    typed: parseDuration(text),
    looks: looksLikeDuration(text),
    isPlain: isPlainDuration(text),
    inFile: inFile.safeParse(text),
  }),
  check({ typed, looks, isPlain, inFile: read }) {
    if (isPlain) expect(looks).toBe(true);
    if (typed.ok) expect(typed.ms % 60_000).toBe(0);
    else expectSentence(typed.problem);
    if (read.success) expect(Number.isSafeInteger(read.data)).toBe(true);
    else
      for (const { message } of read.error.issues)
        expect(message).toMatch(/^is (?:not a duration: write|too (?:short|long): the)/);
    return !typed.ok;
  },
});

const TIMES = [
  ...[
    "22:00",
    "tomorrow 22:00",
    "friday 6am",
    "next friday at 10 pm",
    "noon",
    "midnight",
    "dec 3 22:00",
    "22:00 UTC",
    "22:00+08:00",
  ],
  ...[
    "2026-12-01T22:00+08:00",
    "2026-10-25 02:30",
    "明天22:00",
    "明晚10点",
    "后天上午9点",
    "周五22:00",
    "今天22点30分",
  ],
];

export const TIME_TOKENS = [
  ...[
    "22",
    ":00",
    ":",
    "T",
    "Z",
    "+08:00",
    "-11",
    " UTC",
    " CST",
    "am",
    " pm",
    "today ",
    "tomorrow ",
    "tonight",
    "monday ",
    "next ",
    "at ",
  ],
  ...[
    "2026",
    "-12",
    "-01",
    "/",
    ".",
    "0",
    "99",
    "in ",
    " ago",
    "jan ",
    "1st",
    "noon",
    "明天",
    "下周",
    "上午",
    "点",
    "分",
    "三",
    "天后",
    "：",
  ],
];

const ZONES = [
  "Europe/Berlin",
  "Asia/Shanghai",
  "America/St_Johns",
  "Pacific/Apia",
  "UTC",
  "Nowhere/Land",
  "",
  null,
];

const nowMs = fc.oneof(
  fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2030, 0) }),
  fc.constantFrom(
    ...["2026-10-25T00:29:00Z", "2027-03-28T00:59:59Z", "2026-12-31T23:59:59Z", "2028-02-29T12:00:00Z"].map(
      Date.parse,
    ),
  ),
);

export const times = kindOf({
  name: "dates and times of day",
  share: 6_000,
  cases: fc.record({
    // That an option has no value is told before.
    text: typed({ bases: TIMES, tokens: TIME_TOKENS }).map((text) => text || "noon"),
    timeZone: fc.constantFrom(...ZONES),
    nowMs,
    laterMs: fc.constantFrom(0, 0, 3_600_000, 90 * 86_400_000),
  }),
  run: ({ text, timeZone, nowMs: now, laterMs }) =>
    readTime(text, { nowMs: now, timeZone, afterMs: now + laterMs }),
  check(read, { nowMs: now, laterMs }) {
    if (read.kind === "time") expect(read.atMs).toBeGreaterThan(now + laterMs);
    else expectSentence(read.problem);
    return read.kind === "problem";
  },
});

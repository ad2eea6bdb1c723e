// What does a time line look like?

import { isOpen } from "../maintenance/policy/calendar.js";
import type { Timeline, TimelineRow } from "../maintenance/show/timeline.js";
import { counted } from "../maintenance/text/list.js";
import { type Range, rangeOf, type Tick, ticksOf } from "./scale.js";
import { drawable, fitting, isDrawable, namesIn, shortened, widthOf, xml } from "./text.js";
import { type Clock, clockOf } from "./when.js";

/** For whom a time line is drawn. */
export interface TimelineReader {
  /** IANA name of the time zone in which they read times. */
  readonly zone: string;
  /** What somebody is called, by Slack id. */
  nameOf(id: string): string;
}

/** Where moments lie in the picture, and how they are told. */
interface Canvas {
  readonly range: Range;
  readonly clock: Clock;
  readonly reader: TimelineReader;
  readonly nowMs: number;
  x(ms: number): number;
}

/** All sizes are in pixels of the picture at its own size, which Slack shows at about two thirds of it. */
const WIDTH = 800;

const SIDE = 24;

const LEFT = SIDE;

const RIGHT = WIDTH - SIDE;

const TITLE_SIZE = 19;

const TEXT_SIZE = 15;

const SMALL_SIZE = 13;

const TITLE_BASE = 36;

const LEGEND_BASE = 64;

const DAYS_BASE = 98;

const TIMES_BASE = 117;

const ROWS_TOP = 124;

const ROW = 58;

/** From the top of a row: its words, then a strip of the chart with its bar in the middle. */
const LABEL_BASE = 22;

const STRIP_TOP = 29;

const STRIP = 26;

const BAR = 16;

/** A window shorter than this is still seen. */
const LEAST_BAR = 5;

const COLOURS = {
  paper: "#ffffff",
  ink: "#1d1c1d",
  quiet: "#5c5f66",
  strip: "#f7f8fa",
  line: "#dcdee3",
  strong: "#a9adb6",
  closed: "#9aa0ab",
  ours: "#2f6fde",
  theirs: "#6b7280",
  now: "#c2185b",
} as const;

/**
 * A time line as SVG: one row for each window, its machines and times in words above its bar. Ours, others', Down, now and the
 * closed hours are told apart by shape as well as by colour.
 */
export function drawTimeline(timeline: Timeline, reader: TimelineReader): string {
  const { rows, nowMs, more } = timeline;
  const clock = clockOf(reader.zone, nowMs);
  const range = rangeOf(rows, nowMs);
  const x = (ms: number) => {
    const part = (ms - range.fromMs) / (range.toMs - range.fromMs);
    return LEFT + Math.min(1, Math.max(0, part)) * (RIGHT - LEFT);
  };
  const canvas = { range, clock, reader, nowMs, x };
  const bottom = ROWS_TOP + rows.length * ROW;
  const height = bottom + (more > 0 ? 40 : 18);
  const closed = closedIn(range, timeline);
  const ticks = ticksOf(range, reader.zone, 9);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="Roboto Mono">`,
    PATTERNS,
    box(0, 0, WIDTH, height, COLOURS.paper),
    heading(timeline, clock.zone(range.fromMs, range.toMs)),
    legend(timeline, closed.length > 0, clock),
    axis(ticks, canvas),
    ...rows.flatMap((row, index) => {
      const top = ROWS_TOP + index * ROW;
      return [
        strip(top + STRIP_TOP, ticks, closed, canvas),
        rowOf(row, top, canvas),
        nowMark(x(nowMs), top + STRIP_TOP, STRIP),
      ];
    }),
    more === 0 ? "" : small(LEFT, bottom + 22, `and ${counted(more, "later window")}`),
    "</svg>",
  ];
  return `${parts.filter((part) => part !== "").join("\n")}\n`;
}

/** Fills that are told apart without colour. */
const PATTERNS = [
  "<defs>",
  `<pattern id="theirs" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">${box(0, 0, 8, 8, COLOURS.paper)}${box(0, 0, 3, 8, COLOURS.theirs)}</pattern>`,
  `<pattern id="closed" width="6" height="6" patternUnits="userSpaceOnUse">${box(0, 0, 6, 6, "#e6e8ec")}<circle cx="1.5" cy="1.5" r="0.9" fill="${COLOURS.closed}"/><circle cx="4.5" cy="4.5" r="0.9" fill="${COLOURS.closed}"/></pattern>`,
  "</defs>",
].join("\n");

function heading({ title }: Timeline, zone: string): string {
  const right = `Times: ${zone}`;
  const room = RIGHT - LEFT - widthOf(right, SMALL_SIZE) - 16;
  const left = shortened(drawable(title), fitting(room, TITLE_SIZE));
  return `${text(LEFT, TITLE_BASE, left, { size: TITLE_SIZE, bold: true })}\n${small(RIGHT, TITLE_BASE, right, "end")}`;
}

/** What the shapes mean; only those that there are. */
function legend({ rows, nowMs }: Timeline, isClosed: boolean, clock: Clock): string {
  const entries: (readonly [string, (at: number) => string])[] = [
    ...(rows.some(({ ours }) => ours !== null)
      ? [["ours", (at: number) => bar(at, LEGEND_BASE - 11, 26, 12, true)] as const]
      : []),
    ...(rows.some(({ ours }) => ours === null)
      ? [["not ours", (at: number) => bar(at, LEGEND_BASE - 11, 26, 12, false)] as const]
      : []),
    ...(rows.some(({ down }) => down > 0)
      ? [
          [
            "Down",
            (at: number) => bar(at, LEGEND_BASE - 11, 26, 12, true) + core(at, LEGEND_BASE - 11, 26, 12, 0.5),
          ] as const,
        ]
      : []),
    ...(isClosed
      ? [
          [
            "closed hours",
            (at: number) => box(at, LEGEND_BASE - 13, 26, 16, "url(#closed)", COLOURS.closed),
          ] as const,
        ]
      : []),
    [`now, ${clock.time(nowMs)}`, (at: number) => nowMark(at + 6, LEGEND_BASE - 13, 16)] as const,
  ];
  let at = LEFT;
  return entries
    .map(([words, draw]) => {
      const drawn = draw(at);
      const shape = words.startsWith("now") ? 20 : 34;
      const entry = `${drawn}${small(at + shape, LEGEND_BASE, words)}`;
      at += shape + widthOf(words, SMALL_SIZE) + 26;
      return entry;
    })
    .join("\n");
}

/** The hours in which the calendar lets no machine be taken down. */
function closedIn({ fromMs, toMs }: Range, { calendar }: Timeline): Range[] {
  if (calendar.length === 0) return [];
  const step = (toMs - fromMs) / (RIGHT - LEFT);
  const closed: Range[] = [];
  let since: number | null = null;
  for (let pixel = 0; pixel <= RIGHT - LEFT; pixel++) {
    const at = fromMs + pixel * step;
    const isClosed = pixel < RIGHT - LEFT && !isOpen(calendar, Math.round(at));
    if (isClosed) since ??= at;
    if (isClosed || since === null) continue;
    closed.push({ fromMs: since, toMs: at });
    since = null;
  }
  return closed;
}

/** Days above, times of day below them. */
function axis(ticks: readonly Tick[], { range, clock, x }: Canvas): string {
  const hasTimes = ticks.some(({ isDay }) => !isDay);
  const named = (all: readonly Tick[], words: (ms: number) => string, short = words) =>
    all.map(({ atMs }) => ({ at: x(atMs), words: words(atMs), short: short(atMs) }));
  const days = named(
    ticks.filter(({ isDay }) => isDay),
    clock.day,
    clock.date,
  );
  if (!hasTimes) return labels(days, { base: TIMES_BASE, first: null, bold: true }).join("\n");
  return [
    ...labels(days, { base: DAYS_BASE, first: clock.day(range.fromMs), bold: true }),
    ...labels(named(ticks, clock.time), { base: TIMES_BASE, first: null, bold: false }),
  ].join("\n");
}

/** What lies behind a bar: closed hours, and the lines of the axis. */
function strip(
  top: number,
  ticks: readonly Tick[],
  closed: readonly Range[],
  { x }: Pick<Canvas, "x">,
): string {
  const bottom = top + STRIP;
  return [
    box(LEFT, top, RIGHT - LEFT, STRIP, COLOURS.strip),
    ...closed.map(({ fromMs, toMs }) => box(x(fromMs), top, x(toMs) - x(fromMs), STRIP, "url(#closed)")),
    ...ticks.map(({ atMs, isDay }) => {
      const at = px(x(atMs));
      const colour = isDay ? COLOURS.strong : COLOURS.line;
      return `<line x1="${at}" y1="${top}" x2="${at}" y2="${bottom}" stroke="${colour}"/>`;
    }),
  ].join("\n");
}

/** Words at places of the axis, left out where they would run into those before. `first` stands at the left edge. */
function labels(
  all: readonly { readonly at: number; readonly words: string; readonly short: string }[],
  o: { readonly base: number; readonly first: string | null; readonly bold: boolean },
): string[] {
  const look = { size: SMALL_SIZE, bold: o.bold, colour: o.bold ? COLOURS.ink : COLOURS.quiet };
  const gaps = all.slice(1).map((one, index) => one.at - (all[index]?.at ?? 0));
  const room = Math.min(...gaps, RIGHT - LEFT) - 8;
  const isShort = all.some(({ words }) => widthOf(words, SMALL_SIZE) > room);
  const shown: string[] = [];
  let taken = 0;
  const [next] = all;
  if (o.first !== null && (next === undefined || next.at - LEFT > widthOf(o.first, SMALL_SIZE) + 10)) {
    shown.push(text(LEFT, o.base, o.first, look));
    taken = LEFT + widthOf(o.first, SMALL_SIZE) + 10;
  }
  for (const { at, words, short } of all) {
    const label = isShort ? short : words;
    const width = widthOf(label, SMALL_SIZE);
    const left = o.bold && o.first !== null ? at : at - width / 2;
    const start = Math.min(Math.max(left, LEFT), RIGHT - width);
    // Moved away from its line it would name another moment.
    if (start < taken || Math.abs(start - left) > width / 2) continue;
    shown.push(text(start, o.base, label, look));
    taken = start + width + 8;
  }
  return shown;
}

function rowOf(row: TimelineRow, top: number, { range, clock, reader, nowMs, x }: Canvas): string {
  const { startMs, endMs, ours, down, machines } = row;
  const base = top + LABEL_BASE;
  const { label, whose, right } = wordsOf(row, clock.span(startMs, endMs), nowMs, reader);
  const barTop = top + STRIP_TOP + (STRIP - BAR) / 2;
  const [left, end] = [x(startMs), endMs === null ? RIGHT : x(endMs)];
  const width = Math.max(LEAST_BAR, end - left);
  const start = Math.min(left, RIGHT - width);
  const isBefore = startMs < range.fromMs;
  const isAfter = endMs === null || endMs > range.toMs;
  return [
    text(LEFT, base, label, { size: TEXT_SIZE, bold: true }),
    small(LEFT + widthOf(label, TEXT_SIZE) + 14, base, whose),
    text(RIGHT - widthOf(right, SMALL_SIZE), base, right, {
      size: SMALL_SIZE,
      bold: down > 0,
      colour: down > 0 ? COLOURS.ink : COLOURS.quiet,
    }),
    bar(start, barTop, width, BAR, ours !== null),
    down > 0 ? core(start, barTop, width, BAR, down === machines ? 0.5 : 0.25) : "",
    isBefore ? arrow(start, barTop, -1) : "",
    isAfter ? arrow(start + width, barTop, 1) : "",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Fewer characters than this name no machine. */
const LEAST_NAME = 10;

/** The line above a bar. What is told elsewhere gives way until machines are named: whose they are, and what else is noted. */
function wordsOf(row: TimelineRow, when: string, nowMs: number, reader: TimelineReader) {
  const head = drawable(headOf(row));
  const names = row.names.map(drawable);
  const whose = whoseOf(row, reader);
  const right = (note: string | null) => {
    const state = stateOf({ ...row, note }, nowMs);
    return state === "" ? when : `${state} · ${when}`;
  };
  const choices = [
    ...whose.map((one) => ({ whose: one, right: right(row.note) })),
    { whose: "", right: right(null) },
  ].map((choice) => {
    const taken = widthOf(choice.right, SMALL_SIZE) + widthOf(choice.whose, SMALL_SIZE) + 44;
    return { ...choice, room: fitting(RIGHT - LEFT - taken, TEXT_SIZE) };
  });
  const least = head.length + Math.min(LEAST_NAME, ...names.map(({ length }) => length));
  const chosen = choices.find(({ room }) => room >= least) ?? choices.at(-1);
  const room = chosen?.room ?? 0;
  const label = `${head}${namesIn(names, row.machines, room - head.length)}`;
  return { label: shortened(label, room), whose: chosen?.whose ?? "", right: chosen?.right ?? when };
}

/** `Batch 2 (12): `, `12: `, or nothing before the name of a single machine. */
function headOf({ head, machines }: TimelineRow): string {
  if (head !== null) return `${head} (${machines}): `;
  return machines === 1 ? "" : `${machines}: `;
}

/** What is to be known of the machines now, beside that they drain. */
function stateOf({ down, machines, note, endMs }: TimelineRow, nowMs: number): string {
  const isLate = down > 0 && endMs !== null && endMs < nowMs;
  const words = down === 0 ? null : down === machines ? "Down" : `${down} of ${machines} Down`;
  return drawable([words, isLate ? "overdue" : null, note].filter((one) => one !== null).join(", "));
}

/** The longest first. A name that the font cannot draw is left out: the id says it, and the table beside has the name. */
function whoseOf({ ours }: TimelineRow, reader: TimelineReader): readonly string[] {
  if (ours === null) return ["not ours", ""];
  const name = reader.nameOf(ours.who);
  return [
    ...(name !== "" && isDrawable(name) ? [`${ours.id} ${shortened(drawable(name), 18)}`] : []),
    ours.id,
    "",
  ];
}

function bar(x: number, y: number, width: number, height: number, isOurs: boolean): string {
  const look = isOurs
    ? `fill="${COLOURS.ours}" stroke="${COLOURS.ours}"`
    : `fill="url(#theirs)" stroke="${COLOURS.theirs}"`;
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${height}" rx="2" ${look} stroke-width="1"/>`;
}

/** A black band in the middle of a bar, over a part of its height: machines are Down. */
function core(x: number, y: number, width: number, height: number, part: number): string {
  const inner = height * part;
  return `<rect x="${px(x)}" y="${px(y + (height - inner) / 2)}" width="${px(width)}" height="${inner}" fill="${COLOURS.ink}"/>`;
}

/** A window goes on beyond the edge of the picture. */
function arrow(x: number, y: number, direction: 1 | -1): string {
  const [tip, foot] = [x + direction * 11, x + direction * 2];
  return `<path d="M${px(foot)} ${y - 1}L${px(tip)} ${y + BAR / 2}L${px(foot)} ${y + BAR + 1}Z" fill="${COLOURS.ink}"/>`;
}

/** A line below a triangle. */
function nowMark(x: number, top: number, height: number): string {
  const line = box(x - 1, top, 2, height, COLOURS.now);
  return `<path d="M${px(x - 5)} ${top}L${px(x + 5)} ${top}L${px(x)} ${top + 7}Z" fill="${COLOURS.now}"/>${line}`;
}

function box(x: number, y: number, width: number, height: number, fill: string, stroke?: string): string {
  const edge = stroke === undefined ? "" : ` stroke="${stroke}"`;
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" fill="${fill}"${edge}/>`;
}

function small(x: number, y: number, words: string, anchor: "start" | "end" = "start"): string {
  const left = anchor === "start" ? x : x - widthOf(words, SMALL_SIZE);
  return text(left, y, words, { size: SMALL_SIZE, colour: COLOURS.quiet });
}

function text(
  x: number,
  y: number,
  words: string,
  { size, bold = false, colour = COLOURS.ink }: { size: number; bold?: boolean; colour?: string },
): string {
  if (words === "") return "";
  const weight = bold ? ' font-weight="600"' : "";
  return `<text x="${px(x)}" y="${px(y)}" font-size="${size}"${weight} fill="${colour}" xml:space="preserve">${xml(words)}</text>`;
}

/** Half pixels and less are not seen. */
function px(value: number): number {
  return Math.round(value * 10) / 10;
}

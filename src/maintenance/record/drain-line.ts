import { COMMAND } from "../text/command.js";
import { utc } from "../text/utc.js";
import { type Millis, typedSpan } from "../time.js";
import type { Maintenance, UpMode } from "./record.js";
import type { Roll } from "./roll.js";

/** What a drain asks for, as its line has it; `null` is what was not typed. */
export interface DrainWords {
  readonly cluster: string;
  readonly hosts: string;
  readonly durationMs: Millis;
  /** When the window starts, in ms since the epoch; `null`: at once. */
  readonly startMs: Millis | null;
  /** When it was asked for: `--in` counts from there. */
  readonly askedAtMs: Millis;
  /** How long before its start the window is posted; `null`: at once. */
  readonly announceMs: Millis | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly deadline: {
    /** From the start of the window on. */
    readonly afterMs: Millis;
    readonly action: NonNullable<Maintenance["deadline"]>["then"];
  } | null;
  readonly roll: Roll | null;
  readonly kill: { readonly graceMs: Millis | null } | null;
  readonly up: UpMode;
  readonly run: string | null;
  readonly override: string | null;
  /** `<number>`: to be filled in by whoever types it. */
  readonly confirmed: number | "<number>" | null;
  readonly dryRun: boolean;
}

/** What a record was asked for, to be typed again at any time. */
export function drainWords(record: Maintenance): DrainWords {
  const { cluster, hosts, reason, ticket, wanted, deadline, confirmed, requestedAtMs } = record;
  const startMs = wanted.startMs ?? requestedAtMs;
  return {
    cluster,
    hosts,
    durationMs: wanted.durationMs,
    startMs: wanted.startMs,
    askedAtMs: requestedAtMs,
    announceMs: wanted.announceMs ?? null,
    reason,
    ticket,
    deadline:
      deadline === null
        ? null
        : { afterMs: deadline.afterMs ?? deadline.atMs - startMs, action: deadline.then },
    roll: wanted.roll ?? null,
    kill: wanted.kill ?? null,
    up: wanted.up ?? "ask",
    run: wanted.run ?? null,
    override: record.overrides.find(({ rule }) => rule === "calendar")?.reason ?? null,
    confirmed,
    dryRun: false,
  };
}

/** The line that asks for it, wherever it is typed: it names its cluster, and means the same when it is read again. */
export function drainLine(words: DrainWords): string {
  const { cluster, hosts, durationMs, deadline, kill, up, confirmed, dryRun } = words;
  return [
    `${COMMAND} drain ${typedWord(hosts)} ${typedSpan(durationMs)}`,
    ...startOption(words),
    ...option("announce", words.announceMs, typedSpan),
    ...option("deadline", deadline, ({ afterMs, action }) => `${typedSpan(afterMs)} --then ${action}`),
    ...rollOptions(words.roll),
    ...option("kill", kill, ({ graceMs }) => (graceMs === null ? "" : typedSpan(graceMs))),
    ...option("run", words.run, typedWord),
    ...(up === "ask" ? [] : [`--up ${up}`]),
    ...option("reason", words.reason, typedText),
    ...option("ticket", words.ticket, typedWord),
    ...option("override", words.override, typedText),
    ...option("confirm", confirmed, String),
    `--cluster ${typedWord(cluster)}`,
    ...(dryRun ? ["--dry-run"] : []),
  ].join(" ");
}

/** What taking over machines asks for, as its line has it. */
export type AdoptWords = Pick<DrainWords, "cluster" | "hosts" | "reason" | "ticket" | "confirmed">;

export function adoptLine({ cluster, hosts, reason, ticket, confirmed }: AdoptWords): string {
  return [
    `${COMMAND} adopt ${typedWord(hosts)}`,
    ...option("reason", reason, typedText),
    ...option("ticket", ticket, typedWord),
    ...option("confirm", confirmed, String),
    `--cluster ${typedWord(cluster)}`,
  ].join(" ");
}

/**
 * A start on a whole minute as that time, of UTC: it was typed as a time. Another one was typed as how much later it is, and is
 * so much later than when the line is sent.
 */
function startOption({ startMs, askedAtMs }: DrainWords): string[] {
  if (startMs === null) return [];
  return startMs % 60_000 === 0
    ? [`--at ${utc(startMs, "minute").replace(" ", "T")}Z`]
    : [`--in ${typedSpan(startMs - askedAtMs)}`];
}

function option<T>(name: string, value: T | null, typed: (value: T) => string): string[] {
  return value === null ? [] : [`--${name} ${typed(value)}`.trimEnd()];
}

function rollOptions(roll: Roll | null): string[] {
  if (roll === null) return [];
  const { rule, canary, horizon = null, approve = null } = roll;
  return [
    `--batch ${typedRule(rule)}`,
    ...option("canary", canary, String),
    ...option("horizon", horizon, String),
    ...option("approve", approve, String),
  ];
}

function typedRule(rule: Roll["rule"]): string {
  switch (rule.kind) {
    case "count":
      return String(rule.count);
    case "percent":
      return `${rule.percent}%`;
    case "attribute":
      return typedWord(`@${rule.name}`);
    case "zone":
    case "region":
      return rule.kind;
  }
}

/** Words that are read as they stand: without spaces, quotes and the dashes of phones, and not taken for help or an option. */
const BARE = /^[a-z0-9@~!&*<][^\s"'\u2010-\u2015\u2212]*$/i;

function typedWord(text: string): string {
  return BARE.test(text) ? text : typedText(text);
}

/** In the quotes that nothing inside of it closes; where both would be closed, double ones become single ones. */
function typedText(text: string): string {
  const mark = ['"', "'"].find((one) => !new RegExp(`${one}[ ,:]`).test(text));
  return mark === undefined ? `"${text.replaceAll('"', "'")}"` : `${mark}${text}${mark}`;
}

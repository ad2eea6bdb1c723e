import { formatSpan } from "../maintenance/time.js";
import type { Arguments, Part } from "./arguments.js";
import { readTime } from "./clock-time.js";
import type { CommandCluster } from "./command.js";
import { isPlainDuration, looksLikeDuration, parseDuration } from "./duration.js";
import { Mistake } from "./mistake.js";
import type { OptionName } from "./options.js";

/** When a window starts, in milliseconds since the epoch (`null`: at once), and how long it lasts. */
interface WindowRead {
  readonly startMs: number | null;
  readonly durationMs: number;
  /** Whether the line says how long it lasts, or when it ends. */
  readonly isGiven: boolean;
}

/** Further ahead than anybody plans; also keeps times within what can be counted exactly. */
const FURTHEST_MS = 366 * 86_400_000;

/** The window that a line asks for, within the cluster's limit. */
export function readWindow(args: Arguments, cluster: CommandCluster): WindowRead {
  const typed = readDuration(args, cluster);
  const startMs = readStart(args);
  const until = args.part("until");
  if (until === null)
    return { startMs, durationMs: typed ?? cluster.defaultDurationMs, isGiven: typed !== null };
  if (typed !== null) throw new Mistake("A window has a duration or an --until, not both.");
  if (args.option("batch") !== null || args.option("canary") !== null) {
    throw new Mistake(
      "--until is the end of one window, and batches have one each: write how long each of them lasts, such as 2h.",
    );
  }
  const endMs = readTimeOf(args, "until", until, startMs ?? args.clock.nowMs);
  const durationMs = endMs - (startMs ?? args.clock.nowMs);
  if (durationMs < 60_000) throw new Mistake(`--until ${until.text} is before the window starts.`);
  throwIfLonger(`A window until ${until.text}`, durationMs, cluster);
  return { startMs, durationMs, isGiven: true };
}

/** How long before its start a window is posted, or `null` for at once. */
export function readAnnounce(args: Arguments, startMs: number | null): number | null {
  const part = args.part("announce");
  if (part === null) return null;
  if (startMs === null) {
    throw new Mistake(
      "--announce is how long before its start a window is posted, and this one starts at once: add --at or --in.",
    );
  }
  if (args.option("kill") !== null)
    throw new Mistake("With --kill the window is posted when the kill is over, so --announce is not for it.");
  return readSpan(part, "announce");
}

/** How much longer a window gets, in milliseconds: less than the named cluster, else the most patient, allows in all. */
export function readExtension(args: Arguments): number {
  const part = args.next();
  if (part === null) throw new Mistake("By how much? extend needs a duration.");
  if (part.text.startsWith("-")) {
    throw new Mistake(
      `A window cannot be made shorter, so not by ${part.text}. Machines that are done earlier are brought back with up, or given back with cancel.`,
    );
  }
  const next = args.peek();
  if (/^by$/i.test(part.text) && next !== null && isPlainDuration(next)) {
    const slip = { from: part.from, to: args.next()?.from ?? part.to, meant: "" };
    throw new Mistake(
      `The duration stands behind the hosts or the id as it is, without a ${part.text}.`,
      slip,
    );
  }
  const ms = readSpan(part);
  const longest = Math.max(0, ...args.clustersMeant().map((cluster) => cluster.maxDurationMs));
  if (ms <= longest) return ms;
  const where = args.namedCluster() ?? "any cluster";
  throw new Mistake(
    `${part.text} more is too long: a window lasts at most ${formatSpan(longest)} in ${where}, from its start.`,
  );
}

/**
 * A duration in milliseconds.
 *
 * @param option the option whose value it is; absent for a word of its own.
 */
export function readSpan(part: Part, option?: OptionName, bare?: "hours"): number {
  const parsed = parseDuration(part.text, bare);
  if (parsed.ok) return parsed.ms;
  const problem = option === undefined ? parsed.problem : `--${option}: ${parsed.problem}`;
  const { from, to } = part;
  const slips = parsed.either?.map((meant) => ({ from, to, meant }));
  throw new Mistake(problem, slips === undefined ? null : { of: "one", slips });
}

/** How long a window lasts, in milliseconds; `null` if the line does not say. */
function readDuration(args: Arguments, cluster: CommandCluster): number | null {
  const text = args.peek();
  if (text === null || !looksLikeDuration(text)) return null;
  const part = args.next();
  if (part === null) return null;
  // The classic order is older than units.
  const ms = readSpan(part, undefined, args.isClassic ? "hours" : undefined);
  throwIfLonger(text, ms, cluster);
  return ms;
}

function throwIfLonger(what: string, ms: number, { name, maxDurationMs }: CommandCluster): void {
  if (ms <= maxDurationMs) return;
  throw new Mistake(`${what} is longer than the ${formatSpan(maxDurationMs)} that ${name} allows.`);
}

/** `--in 2h` or `--at 22:00`, or `null` for at once. */
function readStart(args: Arguments): number | null {
  const after = args.part("in");
  const at = args.part("at");
  if (after !== null && at !== null)
    throw new Mistake("A window starts --in some time or --at a time, not both.");
  if (at !== null) return readTimeOf(args, "at", at, args.clock.nowMs);
  if (after === null) return null;
  if (/^(?:now|0+[a-z]*)$/i.test(after.text)) throw new Mistake("Without --in the window starts at once.");
  const inMs = readSpan(after, "in");
  if (inMs > FURTHEST_MS) throw new Mistake(`${after.text} is more than a year ahead.`);
  return args.clock.nowMs + inMs;
}

/** The time of an option, in milliseconds since the epoch: the first one after `afterMs` where no day is said. */
function readTimeOf(args: Arguments, option: "at" | "until", part: Part, afterMs: number): number {
  const { text, from, to } = part;
  const read = readTime(text, { ...args.clock, afterMs });
  if (read.kind === "problem") throw new Mistake(`--${option}: ${read.problem}`);
  if (read.kind === "twice") {
    const slips = read.either.map((meant) => ({ from, to, meant }));
    throw new Mistake(`--${option}: ${read.problem}`, { of: "one", slips });
  }
  if (read.atMs > args.clock.nowMs + FURTHEST_MS) throw new Mistake(`${text} is more than a year ahead.`);
  if (!read.isExact) args.take({ from, to, meant: read.exact });
  return read.atMs;
}

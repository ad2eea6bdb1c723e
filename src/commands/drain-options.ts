import { nearest } from "../hosts/nearest.js";
import { formatSpan, typedSpan } from "../maintenance/time.js";
import type { Arguments } from "./arguments.js";
import { DEADLINE_ACTIONS, type Deadline } from "./command.js";
import { parseDuration } from "./duration.js";
import { Mistake } from "./mistake.js";

/** Further ahead than anybody plans; also keeps times within what can be counted exactly. */
const FURTHEST_MS = 366 * 86_400_000;

/** Placeholder for a length of time that only the person knows. */
const DURATION = "<duration>";

/** `--in 2h` in milliseconds, or `null` for at once. */
export function readStart(args: Arguments): number | null {
  const text = args.option("in");
  if (text === null) return null;
  if (/^(?:now|0+[a-z]*)$/i.test(text)) {
    throw new Mistake("Without --in the window starts at once.", args.lineWith("in", null));
  }
  const startInMs = readSpan(args, "in", text);
  if (startInMs <= FURTHEST_MS) return startInMs;
  throw new Mistake(`${text} is more than a year ahead.`, args.lineWith("in", DURATION));
}

/** `--deadline 2h --then release`, or `null`; without `--then` it is asked. */
export function readDeadline(args: Arguments, durationMs: number): Deadline | null {
  const text = args.option("deadline");
  const then = args.option("then");
  if (text === null) {
    if (then === null) return null;
    const problem = "--then says what happens at a deadline, and none is given.";
    throw new Mistake(problem, args.lineWith("deadline", DURATION));
  }
  const afterMs = readSpan(args, "deadline", text);
  if (afterMs > durationMs) {
    const problem = `A deadline of ${text} is later than the end of the window, which lasts ${formatSpan(durationMs)}.`;
    throw new Mistake(problem, args.lineWith("deadline", typedSpan(durationMs)));
  }
  return { afterMs, action: then === null ? "ask" : readAction(args, then) };
}

function readAction(args: Arguments, typed: string): Deadline["action"] {
  const action = DEADLINE_ACTIONS.find((known) => known === typed.toLowerCase());
  if (action) return action;
  const meant = nearest(typed, DEADLINE_ACTIONS, { limit: 1 })[0] ?? `<${DEADLINE_ACTIONS.join("|")}>`;
  throw new Mistake(
    `--then is release (give the machines back), ask (for the Down) or force (go on), not ${typed}.`,
    args.lineWith("then", meant),
  );
}

/** `--confirm 40`, or `null`. */
export function readConfirmed(args: Arguments): number | null {
  const text = args.option("confirm");
  if (text === null) return null;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  const digits = /^[1-9]\d{0,5}(?=\s*[a-z]*$)/i.exec(text)?.[0];
  throw new Mistake(
    `--confirm takes the number of machines, such as --confirm 40, not ${text}.`,
    args.lineWith("confirm", digits ?? "<number>"),
  );
}

function readSpan(args: Arguments, name: "in" | "deadline", text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.ms;
  throw new Mistake(`--${name}: ${parsed.problem}`, args.lineWith(name, parsed.guess ?? DURATION));
}

import { UP_MODES, type UpMode } from "../maintenance/record/record.js";
import { formatSpan } from "../maintenance/time.js";
import type { Arguments } from "./arguments.js";
import { DEADLINE_ACTIONS, type Deadline } from "./command.js";
import { parseDuration } from "./duration.js";
import { Mistake } from "./mistake.js";

/** Further ahead than anybody plans; also keeps times within what can be counted exactly. */
const FURTHEST_MS = 366 * 86_400_000;

/** `--in 2h` in milliseconds, or `null` for at once. */
export function readStart(args: Arguments): number | null {
  const text = args.option("in");
  if (text === null) return null;
  if (/^(?:now|0+[a-z]*)$/i.test(text)) throw new Mistake("Without --in the window starts at once.");
  const startInMs = readSpan("in", text);
  if (startInMs > FURTHEST_MS) throw new Mistake(`${text} is more than a year ahead.`);
  return startInMs;
}

/** `--deadline 2h --then release`, or `null`; without `--then` it is asked. */
export function readDeadline(args: Arguments, durationMs: number): Deadline | null {
  const text = args.option("deadline");
  const then = args.option("then");
  if (text === null) {
    if (then === null) return null;
    throw new Mistake("--then says what happens at a deadline, and no --deadline is given.");
  }
  const afterMs = readSpan("deadline", text);
  if (afterMs > durationMs) {
    throw new Mistake(
      `A deadline of ${text} is later than the end of the window, which lasts ${formatSpan(durationMs)}.`,
    );
  }
  return { afterMs, action: then === null ? "ask" : readAction(then) };
}

function readAction(typed: string): Deadline["action"] {
  const action = DEADLINE_ACTIONS.find((known) => known === typed.toLowerCase());
  if (action) return action;
  throw new Mistake(
    `--then is release (give the machines back), ask (for the Down) or force (go on), not ${typed}.`,
  );
}

/** `--up auto`; a person asks for Up unless it says otherwise. */
export function readUp(args: Arguments): UpMode {
  const text = args.option("up") ?? "ask";
  const mode = UP_MODES.find((known) => known === text.toLowerCase());
  if (mode !== undefined) return mode;
  throw new Mistake(
    `--up is ask (a person asks for it) or auto (by itself: after the runbook, else when the window ends), not ${text}.`,
  );
}

/**
 * `--kill`, `--kill 5m`, or `null`: how long tasks get to end.
 *
 * @param hasDuration whether the line says how long the window lasts: else a duration after `--kill` may be meant as that.
 */
export function readKill(args: Arguments, hasDuration: boolean): { readonly graceMs: number | null } | null {
  const text = args.option("kill");
  if (text === null) return null;
  if (text === "") return { graceMs: null };
  if (!hasDuration) {
    throw new Mistake(
      `${text} after --kill is how long tasks get to end. Write how long the window lasts before it, or --kill alone.`,
    );
  }
  return { graceMs: readGrace(text) };
}

/** How long tasks get to end, in milliseconds. */
export function readGrace(text: string): number {
  const graceMs = readSpan("kill", text);
  if (graceMs <= LONGEST_GRACE_MS) return graceMs;
  throw new Mistake(`${text} is longer than the day that tasks get at most to end.`);
}

const LONGEST_GRACE_MS = 86_400_000;

/** `--confirm 40`, or `null`. */
export function readConfirmed(args: Arguments): number | null {
  const text = args.option("confirm");
  if (text === null) return null;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Mistake(`--confirm takes the number of machines, such as --confirm 40, not ${text}.`);
}

function readSpan(name: "in" | "deadline" | "kill", text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Mistake(`--${name}: ${parsed.problem}`);
  return parsed.ms;
}

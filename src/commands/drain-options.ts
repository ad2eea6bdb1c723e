import { UP_MODES, type UpMode } from "../maintenance/record/record.js";
import { formatSpan } from "../maintenance/time.js";
import type { Arguments, Part } from "./arguments.js";
import { DEADLINE_ACTIONS, type Deadline } from "./command.js";
import { Mistake } from "./mistake.js";
import { readSpan } from "./window-span.js";

/** `--deadline 2h --then release`, or `null`; without `--then` it is asked. */
export function readDeadline(args: Arguments, durationMs: number): Deadline | null {
  const part = args.part("deadline");
  const then = args.option("then");
  if (part === null) {
    if (then === null) return null;
    throw new Mistake("--then says what happens at a deadline, and no --deadline is given.");
  }
  const afterMs = readSpan(part, "deadline");
  if (afterMs > durationMs) {
    throw new Mistake(
      `A deadline of ${part.text} is later than the end of the window, which lasts ${formatSpan(durationMs)}.`,
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
  const part = args.part("kill");
  if (part === null) return null;
  if (part.text === "") return { graceMs: null };
  if (!hasDuration) {
    throw new Mistake(
      `${part.text} after --kill is how long tasks get to end. Write how long the window lasts before it, or --kill alone.`,
    );
  }
  return { graceMs: readGrace(part) };
}

/** How long tasks get to end, in milliseconds. */
export function readGrace(part: Part): number {
  const graceMs = readSpan(part, "kill");
  if (graceMs <= LONGEST_GRACE_MS) return graceMs;
  throw new Mistake(`${part.text} is longer than the day that tasks get at most to end.`);
}

const LONGEST_GRACE_MS = 86_400_000;

/** `--confirm 40`, or `null`. */
export function readConfirmed(args: Arguments): number | null {
  const text = args.option("confirm");
  if (text === null) return null;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Mistake(`--confirm takes the number of machines, such as --confirm 40, not ${text}.`);
}

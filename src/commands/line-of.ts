import { drainLine } from "../maintenance/record/drain-line.js";
import type { DrainCommand } from "./command.js";

/**
 * The line of a drain, to be copied and typed in any channel: what is read of it is the same command.
 *
 * @param nowMs when it is asked for.
 */
export function lineOfDrain(command: DrainCommand, nowMs: number): string {
  return drainLine({ ...command, askedAtMs: nowMs });
}

import { drainLine } from "../maintenance/record/drain-line.js";
import type { DrainCommand } from "./command.js";

/** The line of a drain, to be copied and typed in any channel: what is read of it is the same command. */
export function lineOfDrain(command: DrainCommand): string {
  return drainLine(command);
}

import type { Logger } from "../../base/logger.js";
import type { Runbook } from "../../config/runbook.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import type { RunInput } from "../../runbooks/run-input.js";
import type { RunResult } from "../../runbooks/run-result.js";
import type { Records } from "../lanes/records.js";
import type { SteadyClock } from "../steady-clock.js";

/**
 * Starts a runbook's program; resolves when nothing of it is left but what cannot be ended, and never rejects.
 *
 * @param signal ends it; its reason is an `EndReason`.
 */
export type StartProgram = (
  runbook: Runbook,
  input: RunInput,
  ports: {
    readonly env: NodeJS.ProcessEnv;
    /** Values that are masked in what it prints, beside those that the runbook names. */
    readonly secrets: readonly string[];
    /** The newest lines of its output; at most every 2 s, and once at the end. */
    readonly onTail: (lines: readonly string[]) => void;
    readonly logger: Logger;
  },
  signal: AbortSignal,
) => Promise<RunResult>;

/** What the lane of runs of one cluster needs. */
export interface RunPorts {
  readonly records: Records;
  /** Of this worker's own clusters file. */
  readonly runbooks: readonly Runbook[];
  readonly start: StartProgram;
  readonly secrets: readonly string[];
  /** How this worker is named to people who have to look where a program ran. */
  readonly worker: string;
  /** How long a lock of a job of this lane lasts. */
  readonly lockMs: number;
  /** How long a record may be left alone before nothing is started by it. */
  readonly unwatchedAfterMs: number;
  /** Aborts when this worker shuts down. */
  readonly stopping: AbortSignal;
  /** There is something new to show. Never rejects. */
  changed(record: Maintenance): Promise<void>;
  readonly logger: Logger;
  readonly clock: Pick<SteadyClock, "now" | "isUnsure" | "wall" | "after">;
}

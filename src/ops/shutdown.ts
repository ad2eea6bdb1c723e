import type { Logger } from "../base/logger.js";
import { within } from "../base/within.js";

/** The part of `process` that a shutdown needs. */
export interface ProcessLike {
  on(signal: "SIGTERM" | "SIGINT", listener: () => void): unknown;
  exit(code: number): void;
}

export interface ShutdownOptions {
  readonly process: ProcessLike;
  readonly log: Pick<Logger, "info" | "error">;
  /** For all steps together, in milliseconds: below the 30 s after which container platforms kill. */
  readonly limitMs?: number;
}

interface Step {
  readonly name: string;
  readonly run: () => unknown;
  readonly limitMs: number;
}

const OVERALL_LIMIT_MS = 25_000;

const STEP_LIMIT_MS = 10_000;

/** 128 + the signal's number, as a shell reports a process that a signal ended. */
const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * An ordered end. Whoever opens something adds the step that closes it; the steps run one after another, last added
 * first, each with a time limit of its own and all within one. A step that fails or hangs is logged and does not keep
 * the others from running. A second signal ends the process at once: every effect can be repeated (invariant 7).
 */
export class Shutdown {
  readonly #options: ShutdownOptions;
  readonly #steps: Step[] = [];
  #running: Promise<void> | null = null;

  constructor(options: ShutdownOptions) {
    this.#options = options;
  }

  /** Adds a step, named as a log line reads it: `stop the workers`. */
  add(name: string, run: () => unknown, limitMs = STEP_LIMIT_MS): void {
    this.#steps.push({ name, run, limitMs });
  }

  /** From now on SIGTERM and SIGINT begin the shutdown. */
  listen(): void {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      this.#options.process.on(signal, () => {
        if (this.#running !== null) {
          this.#options.log.error({ signal }, "second signal: exit at once");
          this.#options.process.exit(SIGNAL_EXIT[signal]);
          return;
        }
        void this.run(signal);
      });
    }
  }

  /**
   * Runs the steps, then exits: with `exitCode` if all went well, else with at least 1. A later call joins the first.
   * @param reason what the log gives as the cause: a signal's name, or what went wrong.
   */
  run(reason: string, exitCode = 0): Promise<void> {
    // Begun a turn later, so that a step which asks for a shutdown itself finds this one.
    this.#running ??= Promise.resolve().then(() => this.#runAll(reason, exitCode));
    return this.#running;
  }

  async #runAll(reason: string, exitCode: number): Promise<void> {
    const { log, process, limitMs = OVERALL_LIMIT_MS } = this.#options;
    const began = performance.now();
    const overdue = new Error(`the ${limitMs} ms for the whole shutdown are over`);
    log.info({ reason }, "shutting down");
    let failed = false;
    let err: Error | null = null;
    // Taken one by one: a start-up that is still going on may add a step, and that has to be closed as well.
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      if (err !== overdue) err = await runStep(step, began + limitMs - performance.now(), overdue);
      if (err === null) {
        log.info({ step: step.name }, "shutdown step done");
      } else {
        failed = true;
        log.error({ step: step.name, err }, "shutdown step failed; going on with the next");
      }
    }
    log.info({ reason, ms: Math.round(performance.now() - began) }, "shut down");
    process.exit(failed ? Math.max(1, exitCode) : exitCode);
  }
}

/** The error of a step that threw or took too long, or `null`; `overdue` when the time for all of them is over. */
async function runStep({ run, limitMs }: Step, leftMs: number, overdue: Error): Promise<Error | null> {
  if (leftMs <= 0) return overdue;
  const late = limitMs < leftMs ? new Error(`not done within ${limitMs} ms`) : overdue;
  try {
    const done = Promise.resolve(run()).then(() => null);
    return await within(Math.min(limitMs, leftMs), done, () => late);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

import type { Runbook } from "../../../src/config/runbook.js";
import type { StartProgram } from "../../../src/engine/runs/ports.js";
import type { RunInput } from "../../../src/runbooks/run-input.js";
import type { EndReason, RunResult } from "../../../src/runbooks/run-result.js";

/** A program that was started in a test. */
export interface Started {
  readonly runbook: Runbook;
  readonly input: RunInput;
  /** What is masked in what it prints. */
  readonly secrets: readonly string[];
  /** Prints these lines, as the newest. */
  prints(...lines: readonly string[]): void;
  /** Lets it come to its end. */
  ends(result: RunResult): void;
  /** Why it was told to end; `null` when it was not. */
  told(): EndReason | null;
}

export const OK: RunResult = { end: { kind: "ok" }, hosts: [], output: "all went well\n" };

export function failedWith(code: number): RunResult {
  const words = `Exit code ${code}.`;
  return { end: { kind: "failed", code, signal: null, words }, hosts: [], output: "it went wrong\n" };
}

/** Stands in for the programs of runbooks: keeps what was started, and comes to the end that the test wants. */
export class TestProgram {
  readonly starts: Started[] = [];
  /** What a program comes to at once; `null`: it runs until the test or the bot ends it. */
  result: RunResult | null = OK;

  /** The newest one. */
  get last(): Started {
    const last = this.starts.at(-1);
    if (last === undefined) throw new Error("No program was started.");
    return last;
  }

  readonly start: StartProgram = (runbook, input, { onTail, secrets }, signal) =>
    new Promise((resolve) => {
      const onAbort = () => {
        const why: EndReason = signal.reason;
        resolve({ end: { kind: "ended", why, words: `Ended: ${why}.` }, hosts: [], output: "cut off\n" });
      };
      this.starts.push({
        runbook,
        input,
        secrets,
        prints: (...lines) => onTail(lines),
        ends: resolve,
        told: () => (signal.aborted ? signal.reason : null),
      });
      if (signal.aborted) onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      if (this.result !== null) resolve(this.result);
    });
}

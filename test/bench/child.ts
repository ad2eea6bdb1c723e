import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ownEnvironment, tied } from "../../src/rehearsal/child-process.js";

const PATIENCE_MS = 10_000;

/** A helper of the benchmark in a process of its own, so that it takes no time from what is measured beside it. */
export interface Child {
  /** Sends a question and resolves with the answer: one at a time. */
  ask(question: unknown): Promise<unknown>;
  /** Of the process, for /proc. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts `<name>.js` of this folder; resolves with what it says first. */
export async function startChild(
  name: string,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<{ child: Child; first: unknown }> {
  const process_ = fork(join(import.meta.dirname, `${name}.js`), [...args], {
    execArgv: [...execArgv],
    env: ownEnvironment(),
  });
  const end = tied(process_, PATIENCE_MS);
  const first = await said(process_, name);
  return {
    first,
    child: {
      pid: process_.pid ?? 0,
      ask(question) {
        const answer = said(process_, name);
        process_.send(question as object);
        return answer;
      },
      stop: () => end(),
    },
  };
}

async function said(process_: ChildProcess, name: string): Promise<unknown> {
  const listening = new AbortController();
  const { signal } = listening;
  try {
    return await Promise.race([
      once(process_, "message", { signal }).then(([message]) => message as unknown),
      once(process_, "exit", { signal }).then(([code]) => {
        throw new Error(`${name} of the benchmark ended with ${code} before it answered.`);
      }),
    ]);
  } finally {
    listening.abort();
  }
}

/** For the helper itself: tells the benchmark something. */
export function tell(message: unknown): void {
  process.send?.(message);
}

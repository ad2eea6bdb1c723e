import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ownEnvironment } from "../../../../src/rehearsal/child-process.js";
import { until } from "../places.js";

/** A running child program and what it said so far. */
export interface Child {
  readonly pid: number;
  readonly lines: readonly string[];
  /** The first line that begins with the words. */
  says(words: string): Promise<string>;
  kill(): Promise<void>;
  /** Its exit code, when it ends by itself. */
  ended(): Promise<number | null>;
}

export function runChild(program: string, task: string, argument: string): Child {
  const child: ChildProcess = spawn(process.execPath, [program, task, ...argument.split(" ")], {
    env: ownEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => resolve(code));
  });
  if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  return {
    pid: child.pid ?? 0,
    lines,
    says: (words) =>
      until(() => {
        const line = lines.find((said) => said.startsWith(words));
        if (line === undefined && (child.exitCode !== null || child.signalCode !== null)) {
          throw new Error(`the child ended without saying "${words}", but: ${lines.slice(-3).join(" | ")}`);
        }
        return line;
      }),
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    ended: () => ended,
  };
}

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ownEnvironment, tied } from "../child-process.js";

const MAIN = fileURLToPath(new URL("../../main.js", import.meta.url));

const STOP_LIMIT_MS = 26_000;

/** The real program in a process of its own. */
export interface Program {
  /** Where its health is served; known once it is ready. */
  readonly opsPort: number;
  readonly pid: number;
  isRunning(): boolean;
  /** Its log so far, one JSON object a line. */
  log(): string;
  /** SIGTERM, and SIGKILL if that is not enough. Safe to call twice. */
  stop(): Promise<void>;
  /** SIGKILL: as a crash would end it. */
  kill(): Promise<void>;
}

export interface ProgramOptions {
  /** The built program. @defaultValue the one beside this file */
  readonly main?: string;
  /** Gets what it logs and prints, while it does. */
  readonly onLog?: ((chunk: Buffer) => void) | undefined;
  /** In a process group of its own, so that a Ctrl-C at the terminal does not reach it. @defaultValue false */
  readonly detached?: boolean;
}

/**
 * Starts `main.js` with this environment, no `.env`, and this role, and resolves when it says that it is ready, which it
 * does at the log level info. Throws an Error with what it printed when it ends before that.
 */
export async function startProgram(
  env: Readonly<Record<string, string>>,
  role: string,
  { main = MAIN, onLog, detached = false }: ProgramOptions = {},
): Promise<Program> {
  const child = spawn(process.execPath, [main, "--role", role, "--no-env-file"], {
    env: ownEnvironment({ OPS_PORT: "0", ...env }),
    detached,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = tied(child, STOP_LIMIT_MS);
  let output = "";
  const ready = new Promise<number>((resolve, reject) => {
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
      onLog?.(chunk);
    };
    createInterface(child.stdout).on("line", (line) => {
      if (!line.includes('"msg":"ready"')) return;
      const { ops } = JSON.parse(line) as { ops: string };
      resolve(Number(ops.slice(ops.lastIndexOf(":") + 1)));
    });
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(
        new Error(`The program (${role}) ended with ${code} before it was ready:\n${output.slice(-3000)}`),
      ),
    );
  });
  const opsPort = await ready;
  return {
    opsPort,
    pid: child.pid ?? 0,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    log: () => output,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

/** The program as `npm start` runs it. The benchmark is started from the repository's folder. */
const PROGRAM = resolve("dist/main.js");

export interface MeasuredProgram {
  readonly pid: number;
  /** From the start of the process to its line `ready`. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** Starts the built program with these settings and nothing of the environment that could change how it runs. */
export async function startProgram(
  env: Readonly<Record<string, string>>,
  role: string,
): Promise<MeasuredProgram> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [PROGRAM, "--role", role], {
    env: { PATH: process.env.PATH ?? "", OPS_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const die = () => child.kill("SIGKILL");
  process.on("exit", die);
  await untilReady(child, role);
  const readyMs = performance.now() - startedAt;
  return {
    pid: child.pid ?? 0,
    readyMs,
    async stop() {
      process.removeListener("exit", die);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

/** Afterwards the log is read and thrown away, so that it costs this process nothing while it measures. */
async function untilReady(child: ChildProcess, role: string): Promise<void> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new TypeError("Expected pipes from the program.");
  let said = "";
  const lines = createInterface(stdout);
  stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      said += `${line}\n`;
      if (line.includes('"msg":"ready"')) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(
        new Error(`The program (${role}) ended with ${code} before it was ready:\n${said.slice(-3000)}`),
      ),
    );
  });
  lines.close();
  stderr.removeAllListeners("data");
  for (const stream of [stdout, stderr]) stream.resume();
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestContext } from "vitest";
import { until } from "./until.js";

/** What can be played: `npm run demo`, `npm run rehearsal`. */
type Play = "demo" | "rehearsal";

/** A demo that is being played in a folder of its own. */
export interface PlayedDemo {
  /** What it printed so far, errors too. */
  out(): string;
  err(): string;
  /** Resolves once it has printed this. */
  prints(words: RegExp): Promise<void>;
  /** Ctrl-C at its terminal: the signal goes to all processes of its group. */
  interrupt(): void;
  /** kill -9 of the bot and the worker that it started. */
  killProgram(): void;
  /** Resolves when it has ended, with what it left behind. */
  ended(): Promise<{ code: number | null; files: string[]; processes: number[] }>;
}

/**
 * Starts the demo, or another play, with nothing of this environment; `dotEnv` lies as `.env` in the folder that it is started
 * in.
 */
export async function startDemo(
  { onTestFinished }: TestContext,
  args: readonly string[],
  {
    env = {},
    dotEnv = null,
    play = "demo",
  }: { env?: Readonly<Record<string, string>>; dotEnv?: string | null; play?: Play } = {},
): Promise<PlayedDemo> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-demo-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  if (dotEnv !== null) await writeFile(join(folder, ".env"), dotEnv);
  // A process group of its own, as a shell gives to what is started at a terminal.
  const child: ChildProcess = spawn(process.execPath, [resolve(`dist/${play}.js`), ...args], {
    cwd: folder,
    detached: true,
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...env },
  });
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  return {
    out: () => out,
    err: () => err,
    async prints(words) {
      await until(`${words} of the ${play}`, async () => words.test(out) || child.exitCode !== null, 240_000);
      if (!words.test(out)) throw new Error(`The ${play} ended without ${words}:\n${out}\n${err}`);
    },
    interrupt: () => void process.kill(-(child.pid ?? 0), "SIGINT"),
    killProgram() {
      for (const pid of processesOf(folder)) {
        if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("main.js")) process.kill(pid, "SIGKILL");
      }
    },
    async ended() {
      const [code] = await closed;
      const files = (await readdir(folder)).filter((name) => name !== ".env");
      return { code, files, processes: processesOf(folder) };
    },
  };
}

/** Whatever process has this folder for its temporary files. */
function processesOf(folder: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      const ours = readFileSync(`/proc/${name}/environ`, "utf8").includes(`TMPDIR=${folder}\0`);
      return /^\d+$/.test(name) && ours ? [Number(name)] : [];
    } catch {
      // It has ended meanwhile, is somebody else's, or is no process.
      return [];
    }
  });
}

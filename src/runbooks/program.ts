import { stat } from "node:fs/promises";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { type Ended, endGroup, type Processes, type ProcessGroup } from "./process-group.js";

/** One program, to run once. */
export interface Program {
  readonly argv: readonly [string, ...string[]];
  readonly folder: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Value of the mark in its environment. */
  readonly mark: string;
}

export type ProgramEnd =
  | { readonly kind: "not_started"; readonly words: string }
  /** It ended by itself; `left` is what it had left running. */
  | {
      readonly kind: "exit";
      readonly code: number | null;
      readonly signal: string | null;
      readonly left: Ended | null;
    }
  /** The signal ended it; `null` when nothing lived any more. */
  | { readonly kind: "ended"; readonly ended: Ended | null };

/** How long a pipe that somebody else holds open may stay silent once the program is gone. */
const SILENT_MS = 500;

/** How long such a pipe is read at all. */
const LEAVE_PIPE_MS = 5_000;

/**
 * Runs a program without a shell, in a process group of its own. Resolves when nothing of it lives but what cannot be ended:
 * what outlives the program is ended as well. `onBytes` gets standard output and standard error as they come; while it is busy, the
 * program waits.
 */
export async function runProgram(
  program: Program,
  onBytes: (bytes: Uint8Array) => void,
  signal: AbortSignal,
  processes?: Processes,
): Promise<ProgramEnd> {
  const wrong = await whyNoFolder(program.folder);
  if (wrong !== null) return { kind: "not_started", words: wrong };
  // Not before a runbook is to run: it is a tenth of what an idle process takes.
  const { execa } = await import("execa");
  if (signal.aborted) return { kind: "ended", ended: null };
  const [file, ...args] = program.argv;
  const child = execa(file, args, {
    cwd: program.folder,
    env: program.env,
    extendEnv: false,
    detached: true,
    input: program.stdin,
    all: true,
    buffer: false,
    encoding: "buffer",
    reject: false,
    // Nothing but us ends it.
    cleanup: false,
  });
  if (child.pid === undefined) {
    const { code } = await child;
    return { kind: "not_started", words: whyNoProgram(file, code) };
  }
  const group: ProcessGroup = { id: child.pid, mark: program.mark };
  endAtExit.add(group.id);
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("exit", (code, by) => resolve({ code, signal: by }));
  });
  const output = readAll(child.all, onBytes);
  const isThrough = new AbortController();
  const exited = await Promise.race([exit, aborted(signal, isThrough.signal)]);
  isThrough.abort();
  const ended = await endGroup(group, processes);
  endAtExit.delete(group.id);
  await output.rest();
  for (const stream of [child.all, child.stdin, child.stdout, child.stderr]) stream.destroy();
  const isLeft = ended?.left.some(({ pid }) => pid === group.id) ?? false;
  if (isLeft) child.unref();
  else await child;
  return exited === null ? { kind: "ended", ended } : { kind: "exit", ...exited, left: ended };
}

/** Groups that this process takes along when it ends without having ended them. */
const endAtExit = new Set<number>();

process.on("exit", () => {
  for (const id of endAtExit) {
    try {
      process.kill(-id, "SIGKILL");
    } catch {
      // It is gone already.
    }
  }
});

async function whyNoFolder(folder: string): Promise<string | null> {
  try {
    if ((await stat(folder)).isDirectory()) return null;
    return `Its folder ${folder} is not a folder.`;
  } catch (error) {
    return `Its folder ${folder} cannot be entered (${codeOf(error)}).`;
  }
}

function whyNoProgram(file: string, code: string | undefined): string {
  if (code === "ENOENT") {
    return `There is no program ${file} on the worker, or not the interpreter that its first line names.`;
  }
  if (code === "EACCES") return `The program ${file} is not one that the worker may execute.`;
  return `The program ${file} could not be started (${code ?? "unknown"}).`;
}

function codeOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" ? "it is not there" : (code ?? "unknown");
}

function aborted(signal: AbortSignal, isThrough: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", () => resolve(null), { once: true, signal: isThrough });
  });
}

/** Hands on what a stream brings, a piece a turn of the event loop, so that no flood keeps others waiting. */
function readAll(stream: AsyncIterable<unknown>, onBytes: (bytes: Uint8Array) => void) {
  let newest = performance.now();
  const all = (async () => {
    try {
      for await (const bytes of stream) {
        newest = performance.now();
        onBytes(bytes as Uint8Array);
        await turn();
      }
    } catch {
      // The stream was given up, and what came is there.
    }
  })();
  return {
    /** What is still in the pipe. Somebody who is not ours may hold it open, so it does not wait for its end. */
    async rest(): Promise<void> {
      const latest = performance.now() + LEAVE_PIPE_MS;
      newest = performance.now();
      let isOpen = true;
      void all.then(() => {
        isOpen = false;
      });
      while (isOpen && performance.now() < Math.min(latest, newest + SILENT_MS)) {
        await Promise.race([all, wait(20)]);
      }
    },
  };
}

import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "../base/logger.js";
import { argvWith, type Runbook } from "../config/runbook.js";
import { isAnsible, recapOf } from "./ansible.js";
import { filesOf, whyNotNamed } from "./files.js";
import { maskOf } from "./mask.js";
import { type RunOutput, runOutput } from "./output.js";
import { MARK_VARIABLE } from "./process-group.js";
import { runProgram } from "./program.js";
import { endOf, leftWords, together } from "./run-end.js";
import type { RunInput } from "./run-input.js";
import type { EndReason, HostResult, RunEnd, RunResult } from "./run-result.js";

/** What a run needs from its surroundings. */
export interface RunPorts {
  /** The worker's environment, of which the program gets what its runbook names. */
  readonly env: NodeJS.ProcessEnv;
  /** Further values that are masked in what the program prints. */
  readonly secrets: readonly string[];
  /** The newest lines, masked; called at most every 2 s, and once at the end. */
  readonly onTail: (lines: readonly string[]) => void;
  readonly logger: Logger;
}

/** Variables that every program gets. */
const ALWAYS = ["PATH", "HOME", "LANG", "LC_ALL", "TZ"] as const;

/** One process of a run: for all machines, or for one of them. */
interface Part {
  readonly input: RunInput;
  /** Stands before each line that it prints; `null` where it is the only one. */
  readonly name: string | null;
}

interface Running {
  readonly runbook: Runbook;
  readonly ports: RunPorts;
  readonly output: RunOutput;
  readonly signal: AbortSignal;
}

/**
 * Runs a runbook on machines. Resolves when nothing that it started lives any more but what cannot be ended; never rejects.
 *
 * @param signal ends the run; its `reason` is an `EndReason`.
 */
export async function run(
  runbook: Runbook,
  input: RunInput,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<RunResult> {
  const { machines } = input;
  const secrets = [...ports.secrets, ...runbook.secretEnv.map((name) => ports.env[name] ?? "")];
  const output = runOutput(maskOf(secrets), ports.onTail);
  const wrong = whyNotNamed(input);
  if (wrong !== null) {
    return {
      end: { kind: "not_started", words: wrong },
      hosts: allOf(input, "not_run"),
      output: output.close(),
    };
  }
  const parts: readonly Part[] =
    runbook.where.kind === "batch"
      ? [{ input, name: null }]
      : machines.map((m) => ({ input: { ...input, machines: [m] }, name: m.hostname }));
  const overtime = new AbortController();
  const timer = setTimeout(() => overtime.abort("time_limit" satisfies EndReason), runbook.timeLimitMs);
  const ending = AbortSignal.any([signal, overtime.signal]);
  const ends = await runParts(parts, { runbook, ports, output, signal: ending });
  clearTimeout(timer);
  const whole = output.close();
  if (runbook.where.kind === "machine") {
    const named = parts.map(({ name }, at) => ({ name: name ?? "", end: ends[at] ?? null }));
    const hosts = named.map(({ name, end }) => ({ hostname: name, how: howOf(runbook, end) }));
    return { end: together(named, ending.aborted ? reasonOf(ending) : null), hosts, output: whole };
  }
  const end = ends[0] ?? { kind: "not_started", words: "Nothing was run." };
  return { ...ofBatch(runbook, input, end, whole), output: whole };
}

/** Runs as many at once as the runbook says. After one that did not go well nothing more is started: `null`. */
async function runParts(parts: readonly Part[], running: Running): Promise<readonly (RunEnd | null)[]> {
  const { runbook, signal } = running;
  const ends: (RunEnd | null)[] = parts.map(() => null);
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < parts.length && (next === 0 || !signal.aborted)) {
      const at = next;
      next += 1;
      const part = parts[at];
      if (part === undefined) return;
      const end = await runPart(part, running);
      ends[at] = end;
      if (end.kind !== "ok") next = parts.length;
    }
  };
  const atOnce = runbook.where.kind === "machine" ? runbook.where.atOnce : 1;
  await Promise.all(Array.from({ length: atOnce }, one));
  return ends;
}

async function runPart({ input, name }: Part, { runbook, ports, output, signal }: Running): Promise<RunEnd> {
  const about = { run: input.run, runbook: runbook.name, machine: name };
  let folder: string | null = null;
  try {
    folder = await mkdtemp(join(tmpdir(), "mesos-run-"));
    const paths = { inventory: join(folder, "inventory.ini"), limit: join(folder, "limit.txt") };
    const files = filesOf(input);
    for (const which of ["inventory", "limit"] as const) {
      await writeFile(paths[which], files[which], { mode: 0o600, flag: "wx" });
    }
    const mark = `${input.run}/${randomUUID()}`;
    const argv = argvWith(runbook, paths);
    const reader = output.reader(name);
    const program = { argv, folder: runbook.folder, env: environmentOf(runbook, ports.env, mark), mark };
    ports.logger.info(about, "a program of a run is started");
    const end = await runProgram({ ...program, stdin: files.stdin }, reader.push, signal);
    reader.end();
    if (end.kind === "exit" && end.left !== null) {
      output.note(`(${name === null ? "" : `${name}: `}${leftWords(end.left)})`);
    }
    const means = endOf(runbook.argv[0], end, reasonOf(signal));
    ports.logger.info({ ...about, end: means }, "a program of a run has ended");
    return means;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    ports.logger.error({ ...about, error }, "a program of a run could not be prepared");
    return { kind: "not_started", words: `Its files could not be written on the worker (${code}).` };
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** What the program gets of the worker's environment, and what marks its processes. */
function environmentOf(
  { env, secretEnv }: Runbook,
  from: NodeJS.ProcessEnv,
  mark: string,
): Readonly<Record<string, string>> {
  const given = [...ALWAYS, ...env, ...secretEnv].flatMap((name) => {
    const value = from[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries([...given, [MARK_VARIABLE, mark]]);
}

/** Of one program for all machines. Ansible's exit code 0 also means that no host matched, and then nothing was done. */
function ofBatch(
  { argv: [program] }: Runbook,
  input: RunInput,
  end: RunEnd,
  output: string,
): Pick<RunResult, "end" | "hosts"> {
  if (end.kind === "not_started") return { end, hosts: allOf(input, "not_run") };
  if (!isAnsible(program)) return { end, hosts: allOf(input, end.kind === "ok" ? "ok" : "unknown") };
  const recap = recapOf(
    output,
    input.machines.map((m) => m.hostname),
  );
  if (recap === null) return { end, hosts: allOf(input, "unknown") };
  if (end.kind !== "ok" || !recap.isEmpty) return { end, hosts: recap.hosts };
  const words = "Exit code 0, but its recap names no host: it was run on none.";
  return { end: { kind: "failed", code: 0, signal: null, words }, hosts: recap.hosts };
}

function howOf({ argv: [program] }: Runbook, end: RunEnd | null): HostResult["how"] {
  if (end === null || end.kind === "not_started") return "not_run";
  if (end.kind === "ended") return "unknown";
  if (end.kind === "ok") return "ok";
  return isAnsible(program) && end.code === ANSIBLE_UNREACHABLE ? "unreachable" : "failed";
}

const ANSIBLE_UNREACHABLE = 4;

function allOf({ machines }: RunInput, how: HostResult["how"]): readonly HostResult[] {
  return machines.map(({ hostname }) => ({ hostname, how }));
}

function reasonOf({ reason }: AbortSignal): EndReason {
  return reason === "time_limit" || reason === "shutdown" || reason === "lock_lost" ? reason : "stopped";
}

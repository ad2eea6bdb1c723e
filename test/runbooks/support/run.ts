import { readdirSync, readFileSync } from "node:fs";
import type { Runbook } from "../../../src/config/runbook.js";
import { run } from "../../../src/runbooks/run.js";
import type { RunInput } from "../../../src/runbooks/run-input.js";
import type { RunResult } from "../../../src/runbooks/run-result.js";
import { until } from "../../support/until.js";

const FAR = 600_000;

/** A runbook that runs this argv once for all machines, in `/tmp`. */
export function runbookOf(argv: readonly [string, ...string[]], parts: Partial<Runbook> = {}): Runbook {
  return {
    name: "test",
    argv,
    folder: "/tmp",
    timeLimitMs: FAR,
    env: [],
    secretEnv: [],
    who: ["S01OPS"],
    where: { kind: "batch" },
    then: "ask",
    ...parts,
  };
}

/** A program of Node's; what it writes ends up in the run's output. */
export function script(code: string): [string, ...string[]] {
  return [process.execPath, "-e", code];
}

let runs = 0;

/** Machines web-01 and web-02, in a run whose id nothing else has. */
export function inputOf(parts: Partial<RunInput> = {}): RunInput {
  runs += 1;
  return {
    run: `m-${process.pid}.r${runs}`,
    maintenance: "m-7k3q2",
    cluster: "prod",
    batch: "b1",
    requester: "U01ALICE",
    reason: null,
    ticket: null,
    window: { startMs: Date.UTC(2026, 9, 20, 22), endMs: null },
    machines: machinesOf("web-01", "web-02"),
    ...parts,
  };
}

export function machinesOf(...names: readonly string[]): RunInput["machines"] {
  return names.map((hostname, at) => ({ hostname, ip: `10.0.0.${at + 1}`, agents: [`${hostname}-S0`] }));
}

/** A run under way. */
export interface Under {
  readonly input: RunInput;
  readonly result: Promise<RunResult>;
  readonly tails: (readonly string[])[];
  readonly logged: object[];
  /** Waits until the newest lines hold this text. */
  shows(text: string): Promise<void>;
  abort(why?: unknown): void;
}

/** Starts it, in an environment of a worker that has `PATH` and these variables. */
export function start(
  runbook: Runbook,
  options: {
    readonly input?: RunInput;
    readonly env?: NodeJS.ProcessEnv;
    readonly secrets?: readonly string[];
  } = {},
): Under {
  const { input = inputOf(), env = {}, secrets = [] } = options;
  const tails: (readonly string[])[] = [];
  const logged: object[] = [];
  const log = (fields: object, text: string) => void logged.push({ ...fields, text });
  const stop = new AbortController();
  const result = run(
    runbook,
    input,
    {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      secrets,
      onTail: (lines) => void tails.push(lines),
      logger: { debug: log, info: log, warn: log, error: log },
    },
    stop.signal,
  );
  return {
    input,
    result,
    tails,
    logged,
    async shows(text) {
      await until(`"${text}" in the newest lines`, async () =>
        tails.flat().some((line) => line.includes(text)),
      );
    },
    abort: (why = "stopped") => stop.abort(why),
  };
}

/** Runs it to its end. */
export function runToEnd(...[runbook, options]: Parameters<typeof start>): Promise<RunResult> {
  return start(runbook, options).result;
}

/** Processes that carry the mark of a run, by what the kernel tells of them. */
export function livingOfRun(run: string): readonly string[] {
  return processes(({ environ }) => environ.includes(`MESOS_MAINTENANCE_RUN=${run}/`));
}

/** Processes of a process group. */
export function livingOfGroup(id: number): readonly string[] {
  return processes(({ group }) => group === id);
}

function processes(
  isMeant: (process: { readonly environ: string; readonly group: number }) => boolean,
): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [state, , group] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      const environ = readFileSync(`/proc/${pid}/environ`, "utf8");
      return state !== "Z" && isMeant({ environ, group: Number(group) });
    } catch {
      // It ended while it was looked at, or is another user's.
      return false;
    }
  });
}

import { readdir, readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/** The variable that marks every process of a run, wherever it moves to. */
export const MARK_VARIABLE = "MESOS_MAINTENANCE_RUN";

/** The processes of one program that we started. */
export interface ProcessGroup {
  /** Of its leader, and so of the group. */
  readonly id: number;
  /** Value of `MARK_VARIABLE` in its environment; nothing else in the world has it. */
  readonly mark: string;
}

export interface Living {
  readonly pid: number;
  /** The kernel's name of it: at most 15 characters. */
  readonly name: string;
}

/** `does_not_end`: SIGKILL was sent and it still lives, as where it waits for a disk or a network file system. */
interface Left extends Living {
  readonly why: "other_user" | "does_not_end";
}

/** What was ended, by names without repetition. */
export interface Ended {
  readonly names: readonly string[];
  /** Whether it took SIGKILL. */
  readonly killed: boolean;
  /** What could not be ended. */
  readonly left: readonly Left[];
}

/** The processes of this machine, and a clock that is never set back. */
export interface Processes {
  /** Those of a group that have not ended. */
  livingOf(group: ProcessGroup): Promise<readonly Living[]>;
  /** To a process, or to the group of the id below zero. Returns `null`, or the system's code of the error. */
  send(pid: number, signal: NodeJS.Signals): string | null;
  /** Milliseconds. */
  elapsed(): number;
  wait(ms: number): Promise<unknown>;
}

const SYSTEM: Processes = { livingOf, send, elapsed: () => performance.now(), wait: (ms) => wait(ms) };

/** How long SIGTERM has before SIGKILL follows. */
export const TERM_MS = 5_000;

/** How long it is tried at all: SIGKILL ends no process that the kernel does not let go. */
export const LEAVE_MS = 30_000;

const LOOK_EVERY_MS = 50;

/**
 * Ends what lives of a group: SIGTERM, and after 5 s SIGKILL, until nothing is left but what cannot be ended, for 30 s at
 * most. `null` when nothing lived. Children that left the group (setsid, daemons) are found by their mark, as long as they
 * kept their environment and user.
 */
export async function endGroup(group: ProcessGroup, system: Processes = SYSTEM): Promise<Ended | null> {
  let living = await system.livingOf(group);
  if (living.length === 0) return null;
  const names = new Set(living.map(({ name }) => name));
  const startedMs = system.elapsed();
  let killed = false;
  let others = signalAll(group, living, "SIGTERM", system);
  while (living.length > others.size && system.elapsed() - startedMs < LEAVE_MS) {
    await system.wait(LOOK_EVERY_MS);
    living = await system.livingOf(group);
    for (const { name } of living) names.add(name);
    if (living.length === 0 || system.elapsed() - startedMs < TERM_MS) continue;
    // Again at each look: what is being killed may still be starting others.
    others = signalAll(group, living, "SIGKILL", system);
    killed ||= living.length > others.size;
  }
  const left = living.map((one) => ({
    ...one,
    why: others.has(one.pid) ? ("other_user" as const) : ("does_not_end" as const),
  }));
  return { names: [...names], killed, left };
}

/** The ids of those that belong to another user, and so could not be signalled. */
function signalAll(
  group: ProcessGroup,
  living: readonly Living[],
  signal: NodeJS.Signals,
  system: Processes,
): ReadonlySet<number> {
  system.send(-group.id, signal);
  return new Set(living.filter(({ pid }) => system.send(pid, signal) === "EPERM").map(({ pid }) => pid));
}

function send(pid: number, signal: NodeJS.Signals | 0): string | null {
  try {
    process.kill(pid, signal);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

/** Processes of a group that have not ended; those that only wait for their parent to notice (zombies) have. */
async function livingOf({ id, mark }: ProcessGroup): Promise<readonly Living[]> {
  const pids = await readdir("/proc").catch(() => null);
  // Without Linux' /proc the group can only be asked as a whole.
  if (pids === null) return send(-id, 0) === "ESRCH" ? [] : [{ pid: -id, name: "its processes" }];
  const found: Living[] = [];
  for (const pid of pids.filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const [, name = "", state = "Z", groupId] = /^\d+ \((.*)\) (\S) \d+ (\d+)/s.exec(stat) ?? [];
    if (state === "Z" || state === "X") continue;
    if (Number(groupId) === id || (await isMarked(pid, mark))) found.push({ pid: Number(pid), name });
  }
  return found;
}

async function isMarked(pid: string, mark: string): Promise<boolean> {
  // Those of other users cannot be read; they are none that we could end.
  const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  return environment.split("\0").includes(`${MARK_VARIABLE}=${mark}`);
}

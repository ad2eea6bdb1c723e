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

interface Living {
  readonly pid: number;
  /** The kernel's name of it: at most 15 characters. */
  readonly name: string;
}

/** What was ended, by names without repetition. */
export interface Ended {
  readonly names: readonly string[];
  /** Whether it took SIGKILL. */
  readonly killed: boolean;
  /** What could not be ended, because it belongs to another user. */
  readonly left: readonly Living[];
}

/** How long SIGTERM has before SIGKILL follows. */
export const TERM_MS = 5_000;

const LOOK_EVERY_MS = 50;

/**
 * Ends what lives of a group: SIGTERM, and after 5 s SIGKILL, until nothing is left. `null` when nothing lived. Children
 * that left the group (setsid, daemons) are found by their mark, as long as they kept their environment and user.
 */
export async function endGroup(group: ProcessGroup): Promise<Ended | null> {
  let living = await livingOf(group);
  if (living.length === 0) return null;
  const names = new Set(living.map(({ name }) => name));
  const deadline = performance.now() + TERM_MS;
  let killed = false;
  let left = signalAll(group, living, "SIGTERM");
  while (living.length > left.length) {
    await wait(LOOK_EVERY_MS);
    living = await livingOf(group);
    for (const { name } of living) names.add(name);
    if (performance.now() < deadline) continue;
    // Again at each look: what is being killed may still be starting others.
    left = signalAll(group, living, "SIGKILL");
    killed ||= living.length > left.length;
  }
  return { names: [...names], killed, left };
}

/** What could not be signalled. */
function signalAll(
  group: ProcessGroup,
  living: readonly Living[],
  signal: NodeJS.Signals,
): readonly Living[] {
  send(-group.id, signal);
  return living.filter(({ pid }) => send(pid, signal) === "EPERM");
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
export async function livingOf({ id, mark }: ProcessGroup): Promise<readonly Living[]> {
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

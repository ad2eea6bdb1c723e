import type { ChildProcess } from "node:child_process";

/** The parts of the environment that any process needs. */
const PASSED_ON = ["PATH", "HOME", "TMPDIR", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"];

/**
 * The environment of a process that the rehearsal, a test or the bench starts: what it is given, and of ours only what any
 * process needs. So no setting of the operator's own installation reaches it.
 */
export function ownEnvironment(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(passedOn), ...given };
}

/**
 * Ties a child process to this one: it is killed when this one ends, however that comes about. Returns how to end it
 * before: by the signal, and by SIGKILL when it is still there after `patienceMs`. Safe to call twice.
 */
export function tied(child: ChildProcess, patienceMs: number): (signal?: NodeJS.Signals) => Promise<void> {
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => {
      process.removeListener("exit", kill);
      resolve();
    });
  });
  return async (signal = "SIGTERM") => {
    // Without a pid it never started.
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = setTimeout(kill, patienceMs);
    await gone;
    clearTimeout(timer);
  };
}

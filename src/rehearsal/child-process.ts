import type { ChildProcess } from "node:child_process";

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

import type { Run } from "../../src/maintenance/record/run.js";
import { HOUR, NOW } from "./world.js";

/** The first run of the batch `b1`, of the runbook `kernel-update`: under the approval of the Down, on the queue, not started. */
export function runOf(parts: Partial<Run> = {}): Run {
  return {
    id: "b1r1",
    batch: "b1",
    runbook: {
      name: "kernel-update",
      digest: "d1",
      where: { kind: "batch" },
      timeLimitMs: HOUR,
      then: "up",
    },
    approval: "b1a1",
    askedBy: null,
    askedAtMs: NOW,
    queuedAtMs: NOW,
    startedAtMs: null,
    worker: null,
    stop: null,
    outcome: null,
    leftDown: null,
    ...parts,
  };
}

/** The same, started by the worker `w1:4711`. */
export function runningRun(parts: Partial<Run> = {}): Run {
  return runOf({ startedAtMs: NOW, worker: "w1:4711", ...parts });
}

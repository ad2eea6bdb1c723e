import type { Metrics } from "../ops/metrics.js";
import type { WorkerMeters } from "./worker-side.js";

/** Turns what the worker counts into Prometheus' metrics. */
export function workerMeters(metrics: Metrics): WorkerMeters {
  /** Phases shown before, by cluster: one that nothing is in any more has to go to zero. */
  const shown = new Map<string, Set<string>>();
  return {
    tick(cluster, outcome, seconds) {
      metrics.ticks.inc({ cluster, outcome });
      metrics.tickSeconds.observe({ cluster }, seconds);
    },
    placed(cluster, seconds) {
      metrics.placedSeconds.observe({ cluster }, seconds);
    },
    masterCall(cluster, call, outcome, seconds, bytes) {
      metrics.masterCalls.inc({ cluster, call, outcome });
      metrics.masterCallSeconds.observe({ call }, seconds);
      metrics.masterAnswerBytes.inc({ cluster, call }, bytes);
    },
    differed(cluster, count) {
      metrics.keptDifferences.inc({ cluster }, count);
    },
    kept({ cluster, finished, refused, sinceMs }) {
      metrics.historyRecords.set({ cluster, kind: "finished" }, finished);
      metrics.historyRecords.set({ cluster, kind: "refused" }, refused);
      if (sinceMs === null) metrics.historySince.remove({ cluster });
      else metrics.historySince.set({ cluster }, sinceMs / 1_000);
    },
    open(cluster, phases) {
      const known = shown.get(cluster) ?? new Set();
      shown.set(cluster, known);
      for (const phase of phases) known.add(phase);
      for (const phase of known) {
        const count = phases.filter((one) => one === phase).length;
        metrics.openMaintenances.set({ cluster, phase }, count);
      }
    },
  };
}

import type { Maintenance } from "../maintenance/record.js";
import type { Metrics } from "../ops/metrics.js";
import type { WorkerMeters } from "./worker-side.js";

/** Turns what the worker counts into Prometheus' metrics. */
export function workerMeters(metrics: Metrics): WorkerMeters {
  const phases = new Map<string, string>();
  return {
    tick(cluster, outcome, seconds) {
      metrics.ticks.inc({ cluster, outcome });
      metrics.tickSeconds.observe({ cluster }, seconds);
    },
    masterCall(cluster, call, outcome, seconds) {
      metrics.masterCalls.inc({ cluster, call, outcome });
      metrics.masterCallSeconds.observe({ call }, seconds);
    },
    phase(record: Maintenance, phase: string) {
      const { cluster, id } = record;
      const before = phases.get(id);
      if (before === phase && record.end === null) return;
      if (before !== undefined) metrics.openMaintenances.dec({ cluster, phase: before });
      if (record.end !== null) {
        phases.delete(id);
        return;
      }
      phases.set(id, phase);
      metrics.openMaintenances.inc({ cluster, phase });
    },
  };
}

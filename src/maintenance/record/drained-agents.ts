import { machinesOf } from "./agents-back.js";
import { isToGoDown } from "./batch.js";
import { namesOf } from "./names.js";
import type { Batch, Maintenance } from "./record.js";

/**
 * Whether the agents that were drained for a batch are to take tasks again: its machines are given back, Down, or back. Mesos
 * gives a drained agent no tasks until it is reactivated, or the master has forgotten it because its machine went Down.
 */
export function isToBeReactivated({ cancel }: Maintenance, batch: Batch): boolean {
  return batch.drained.length > 0 && (cancel !== null || !isToGoDown(batch));
}

/** The machines whose agents were drained and, as far as is known, take no tasks yet; by their names. */
export function machinesStillDrained(record: Maintenance): string[] {
  const names = namesOf(record);
  return record.batches
    .filter((batch) => isToBeReactivated(record, batch))
    .flatMap((batch) => {
      const drained = new Set(batch.drained.map(({ agentId }) => agentId));
      return machinesOf(
        batch.agents.filter(({ id }) => drained.has(id)),
        batch,
        names,
      );
    });
}

import { maintenancesToOpen, withOpened } from "../../maintenance/record/left-behind.js";
import { encodeMaintenance, type Maintenance } from "../../maintenance/record/record.js";
import { MAINTENANCE_JOB } from "../lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS } from "../lanes/options.js";
import type { ControlPorts } from "./ports.js";

/**
 * Opens the maintenances of machines that were left behind, and returns the record that knows it. What they begin with
 * stands in the stored record, and a job of their id is added once however often this is done: so it can be cut off at any
 * moment and done again (invariants 7 and 11).
 *
 * @throws Error when another maintenance has got the id in the meantime; the record keeps what is to be opened.
 */
export async function openLeftBehind(
  record: Maintenance,
  { records, changed, logger }: Pick<ControlPorts, "records" | "changed" | "logger">,
): Promise<Maintenance> {
  let next = record;
  for (const opened of maintenancesToOpen(record)) {
    const { id, cluster } = opened;
    const options = { ...MAINTENANCE_JOB_OPTIONS, jobId: id };
    await records.queue.add(MAINTENANCE_JOB, encodeMaintenance(opened), options);
    const stored = await records.find(id);
    if (stored?.leftBehindBy !== record.id) {
      throw new Error(
        `${id} is another maintenance, so the machines that ${record.id} left behind are not in it.`,
      );
    }
    await changed(stored);
    logger.info({ maintenance: id, cluster, leftBehindBy: record.id }, "machines were left behind");
    next = withOpened(next, id);
  }
  return next;
}

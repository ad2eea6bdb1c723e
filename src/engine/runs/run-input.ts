import { machineKey } from "../../maintenance/cluster/machine.js";
import { endMs } from "../../maintenance/cluster/schedule.js";
import type { Batch, Maintenance } from "../../maintenance/record/record.js";
import { nanosToMillis } from "../../maintenance/time.js";
import type { RunInput } from "../../runbooks/run-input.js";

/** What a run on the machines of a batch is told. */
export function runInputOf(record: Maintenance, batch: Batch, run: string): RunInput {
  const { id, cluster, requester, reason, ticket } = record;
  return {
    run: `${id}.${run}`,
    maintenance: id,
    cluster,
    batch: batch.id,
    requester,
    reason,
    ticket,
    window: { startMs: nanosToMillis(batch.window.start), endMs: endMs(batch.window) },
    machines: batch.machines.map((machine) => ({
      hostname: machine.hostname,
      ip: machine.ip,
      agents: batch.agents.filter((agent) => agent.machine === machineKey(machine)).map((agent) => agent.id),
    })),
  };
}

import { machineKey } from "../cluster/machine.js";
import type { Batch, BatchIn } from "./record.js";

/** Whether every machine that ever had an agent has one again after Up. */
export function hasReturned(batch: BatchIn<"up">): boolean {
  return machinesMissing(batch).length === 0;
}

/** Machines (keys) that had agents before Down and on which none has registered since Up. */
export function machinesMissing(batch: BatchIn<"up">): string[] {
  const returned = new Set(batch.returned);
  return machinesExpected(batch).filter((key) => !returned.has(key));
}

/** Machines (keys) on which an agent was ever seen. */
export function machinesExpected(batch: Batch): string[] {
  return [...new Set(batch.agents.map((agent) => agent.machine))];
}

/** The host names of machine keys, as the batch writes them. */
export function hostnamesOf(keys: readonly string[], batch: Batch): string[] {
  const names = new Map(batch.machines.map((machine) => [machineKey(machine), machine.hostname]));
  return keys.map((key) => names.get(key) ?? key);
}

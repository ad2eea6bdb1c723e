import { machineKey } from "../cluster/machine.js";
import { hostnamesOf, machinesExpected, machinesMissing } from "../record/agents-back.js";
import { withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Picture } from "../record/picture.js";
import type { BatchIn } from "../record/record.js";
import type { Rule } from "./step.js";

/**
 * Mesos stops the agent process on Down, and after Up somebody has to start it: waits until the same machines have
 * registered again, and says which have not in time.
 */
export const up: Rule<BatchIn<"up">> = (record, batch, picture, moment) => {
  const { nowMs, policy } = moment;
  const back = registered(batch, picture).filter((key) => !batch.returned.includes(key));
  let next = { ...batch, returned: [...batch.returned, ...back] };
  let current = withBatch(record, next);
  if (back.length > 0) {
    current = withEvent(current, nowMs, {
      kind: "agents_returned",
      machines: hostnamesOf(back, batch),
      missing: machinesMissing(next).length,
    });
  }
  const missing = machinesMissing(next);
  const dueAtMs = batch.upAtMs + policy.agentReturnMs;
  if (missing.length > 0 && nowMs >= dueAtMs && !batch.missingTold) {
    next = { ...next, missingTold: true };
    current = withEvent(withBatch(current, next), nowMs, {
      kind: "agents_missing",
      machines: hostnamesOf(missing, batch),
    });
  }
  return { record: current, effects: [], wakeAtMs: dueAtMs > nowMs ? dueAtMs : null };
};

function registered(batch: BatchIn<"up">, picture: Picture): string[] {
  const expected = new Set(machinesExpected(batch));
  return picture.machines
    .filter((machine) => machine.agents > 0)
    .map(machineKey)
    .filter((key) => expected.has(key));
}

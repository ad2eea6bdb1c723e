import { type Machine, machineKey } from "../cluster/machine.js";
import { isUnsettled, withBatch } from "../record/batch.js";
import { always } from "../record/batch-phases.js";
import { noteOnce, withEvent } from "../record/log.js";
import type { Picture } from "../record/picture.js";
import type { BatchIn, Maintenance } from "../record/record.js";
import { inOurWindow } from "../window/ours.js";
import { withLeftDown } from "./foreign-changes.js";
import { PUT_BACK, removalsOf } from "./removal.js";
import { type Moment, type Rule, type Step, soon } from "./step.js";
import { up } from "./up.js";

/**
 * Sends STOP_MAINTENANCE for what is still Down in our window until nothing is; what somebody moved to another window is
 * theirs and stays as it is (invariant 12). When the master shows no window at all, its answers
 * count instead of its view: one call per machine, because one that is not Down makes it refuse a whole list.
 */
export const bringingUp: Rule<BatchIn<"bringing_up">> = (record, batch, picture, moment) => {
  const { world, sight, nowMs } = moment;
  const isUnseen = sight.kind === "nothing";
  const still = new Set(isUnseen ? unconfirmed(batch, picture) : downIn(picture, inOurWindow(world, batch)));
  const putBack = removalsOf(world, batch);
  if (still.size + putBack.length === 0) return isUp(record, batch, picture, moment);
  if (isUnsettled(record, world.observedAtMs))
    return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  // Somebody posted a list that was read before the Up: as it stands our window would outlive the maintenance.
  if (still.size === 0) {
    return { record: noteOnce(record, PUT_BACK, nowMs), effects: putBack, wakeAtMs: soon(moment) };
  }
  const machines = batch.machines.filter((machine) => still.has(machineKey(machine)));
  const lists = isUnseen ? machines.map((machine) => [machine]) : [machines];
  return {
    record,
    effects: lists.map((each) => ({
      kind: "stop_maintenance",
      batch: batch.id,
      machines: each,
      answerCounts: isUnseen,
    })),
    wakeAtMs: soon(moment),
  };
};

function downIn(picture: Picture, machines: readonly Machine[]): string[] {
  const keys = new Set(machines.map(machineKey));
  return picture.machines
    .filter((view) => view.mode === "down")
    .map(machineKey)
    .filter((key) => keys.has(key));
}

/** Machines of which neither an answer of the master nor an agent says that they are Up. */
function unconfirmed(batch: BatchIn<"bringing_up">, picture: Picture): string[] {
  const confirmed = new Set(batch.confirmedUp);
  return picture.machines
    .filter((view) => view.agents === 0)
    .map(machineKey)
    .filter((key) => !confirmed.has(key));
}

export function isUp(
  record: Maintenance,
  batch: BatchIn<"down" | "bringing_up">,
  picture: Picture,
  moment: Moment,
): Step {
  const next: BatchIn<"up"> = {
    ...always(batch),
    phase: "up",
    upAtMs: moment.nowMs,
    returned: [],
    missingTold: false,
    goneSinceMs: moment.world.observedAtMs,
  };
  const { record: told, left } = withLeftDown(withBatch(record, next), batch, picture, moment);
  const machines = batch.machines.length - left;
  const done =
    machines === 0 ? told : withEvent(told, moment.nowMs, { kind: "up", batch: batch.id, machines });
  return up(done, next, picture, moment);
}

import type { Objection } from "../policy/objection.js";
import { counted } from "../text/list.js";

// The record of a maintenance is read, looked through and stored at each of its steps, for days where it goes batch by
// batch. Within these bounds a look at it takes about a tenth of a second at most, and the record is at most some 10 MB.

const MOST_MACHINES = 1_000;

const MOST_BATCHES = 200;

/** When it is planned; of each task is kept where it runs, because its agent may go away before its batch's turn. */
const MOST_TASKS = 10_000;

/** Why a drain in batches is too large for one maintenance; `null` when it is not. */
export function whyTooLarge(roll: {
  readonly machines: number;
  readonly tasks: number;
  readonly batches: number;
}): Objection | null {
  const { machines, tasks, batches } = roll;
  if (machines > MOST_MACHINES) return tooMany(MOST_MACHINES, machines, "machine");
  if (tasks > MOST_TASKS) return tooMany(MOST_TASKS, tasks, "task");
  if (batches <= MOST_BATCHES) return null;
  return {
    why: `A drain has at most ${MOST_BATCHES} batches, and these would be ${batches}.`,
    next: `Ask for larger batches, of ${Math.ceil(machines / MOST_BATCHES)} machines or more.`,
    change: null,
  };
}

function tooMany(most: number, found: number, noun: string): Objection {
  return {
    why: `A drain in batches is for at most ${counted(most, noun)}, because all that is known of them is read and stored at each of its steps; these are ${counted(found, noun)}.`,
    next: "Name fewer machines, and send the others as maintenances of their own, one after another.",
    change: null,
  };
}

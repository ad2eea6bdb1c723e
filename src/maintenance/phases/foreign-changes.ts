import { withdrawn } from "../approval/question.js";
import { type MachineNames, machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { nowDown, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import { namesOf } from "../record/names.js";
import type { MachineView, Picture } from "../record/picture.js";
import type { Batch, BatchIn, DrainingBatch, Maintenance } from "../record/record.js";
import { inTrouble, troubleOf } from "../record/troubles.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { sameTime, windowOf } from "../window/edit.js";
import { inOurWindow, ourTimes } from "../window/ours.js";
import { whose } from "../window/whose.js";
import { lossOf } from "./loss.js";
import type { Moment, Step } from "./step.js";

/** All are Down in our window without a call that is under way: by a call of ours that showed late, or by somebody else. */
export function wentDown(record: Maintenance, batch: DrainingBatch, nowMs: number): Step {
  const { intent } = batch;
  const down = withBatch(record, nowDown(withdrawn(batch, nowMs)));
  if (intent === null) {
    const told = withEvent(down, nowMs, {
      kind: "foreign_change",
      text: "Somebody else took these machines Down at the master, without an approval here.",
    });
    return { record: told, effects: [], wakeAtMs: null };
  }
  const told = withEvent(down, nowMs, {
    kind: "down",
    batch: batch.id,
    machines: batch.machines.length,
    ...lossOf(intent),
  });
  const note = withEvent(told, nowMs, {
    kind: "note",
    text: `The call that was sent under approval ${intent.approvalId} had got no answer and seems to have taken effect late; questions asked since then are settled by it.`,
  });
  return { record: note, effects: [], wakeAtMs: null };
}

/**
 * Names what others did to our machines; it stops the Down until somebody decides (invariant 12). What was not done names
 * the machines too: another change after this one is told anew.
 */
export function withForeignChanges(
  record: Maintenance,
  batch: Batch,
  picture: Picture,
  moment: Moment,
): Maintenance {
  const { world, sight, nowMs } = moment;
  const names = namesOf(record);
  const removed: string[] = [];
  const moved: string[] = [];
  const down = picture.machines.filter((machine) => machine.mode === "down").map(names.of);
  for (const machine of batch.machines) {
    const window = windowOf(world.schedule, machine);
    if (window === null) removed.push(names.of(machine));
    else if (!ourTimes(batch).some((time) => sameTime(window, time))) moved.push(names.of(machine));
  }
  if (removed.length + moved.length + down.length === 0) return record;
  const parts = [
    removed.length > 0 ? `removed the window of ${list(removed)}` : null,
    moved.length > 0 ? `moved ${list(moved)} to another window` : null,
    down.length > 0 ? `took ${list(down)} Down` : null,
  ].filter((part) => part !== null);
  const undone = [
    removed.length > 0 ? `the window of ${list(removed)} was not posted again` : null,
    moved.length > 0 ? `${list(moved)} was not moved back` : null,
    down.length > 0 ? `${list(down)} was not brought Up` : null,
  ].filter((part) => part !== null);
  const said = { changes: parts.join(", "), undone: undone.join(", ") };
  const trouble =
    sight.kind === "nothing"
      ? troubleOf("windows_gone", { hosts: list(removed), undone: said.undone })
      : troubleOf("window_changed", { ...said, ways: waysOut(record, removed, moved, down) });
  return inTrouble(record, trouble, nowMs);
}

/** Posting again puts back what stands in no window, and nothing else: machines in another one, or Down, stay as they are. */
function waysOut(
  { id }: Maintenance,
  removed: readonly string[],
  moved: readonly string[],
  down: readonly string[],
): string {
  const taken = moved.filter((host) => !down.includes(host));
  const theirs = moved.filter((host) => down.includes(host));
  const early = down.filter((host) => !moved.includes(host));
  const ways = [
    taken.length > 0 ? `have whoever moved ${list(taken)} take it out of that window` : null,
    theirs.length > 0 ? `have whoever took ${list(theirs)} Down bring it up` : null,
    removed.length > 0 && moved.length === 0 ? "post the window again with the button" : null,
    moved.length > 0 ? "then post the window again with the button" : null,
    early.length > 0 ? `ask for the Down of all with /mesos down ${id}` : null,
  ];
  const sentence = list(ways.filter((way) => way !== null));
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}

/** Names what others did to our machines while they were Down; nothing is done against it (invariant 12). */
export function withChangesWhileDown(
  record: Maintenance,
  batch: BatchIn<"down">,
  picture: Picture,
  { world, nowMs }: Moment,
): Maintenance {
  const nameOf = namesOf(record).of;
  const givenBack = new Set(batch.confirmedUp);
  const broughtUp = picture.machines
    .filter((machine) => machine.mode !== "down" && !givenBack.has(machineKey(machine)))
    .map(nameOf);
  const moved = downElsewhere(batch, picture, world);
  if (broughtUp.length + moved.length === 0) return record;
  const names = list(moved.map(nameOf));
  const parts = [
    broughtUp.length > 0 ? `brought ${list(broughtUp)} Up` : null,
    moved.length > 0 ? `moved machines to another window (${theirWindows(moved, nameOf, world)})` : null,
  ].filter((part) => part !== null);
  const undone = [
    broughtUp.length > 0 ? `${list(broughtUp)} was not taken Down again` : null,
    moved.length > 0 ? `${names} was not moved back` : null,
  ].filter((part) => part !== null);
  const rest = moved.length > 0 ? `Up leaves ${names} Down: ${HOW_THEIRS_COME_BACK}.` : "";
  const changes = { changes: parts.join(", "), undone: undone.join(", "), id: record.id, rest };
  return inTrouble(record, troubleOf("down_changed", changes), nowMs);
}

const HOW_THEIRS_COME_BACK =
  "whoever put them into that window brings them back, with /machine/up of the leading master";

/** Our machines that are Down in a window that is not ours: somebody else's by now, so Up leaves them (invariant 12). */
function downElsewhere(batch: Batch, picture: Picture, world: World): MachineView[] {
  const ours = new Set(inOurWindow(world, batch).map(machineKey));
  return picture.machines.filter((machine) => machine.mode === "down" && !ours.has(machineKey(machine)));
}

function theirWindows(machines: readonly MachineView[], nameOf: MachineNames["of"], world: World): string {
  const lines = machines.map(
    (machine) => `${nameOf(machine)} is Down ${whose(machine, windowOf(world.schedule, machine), [])}`,
  );
  return quoted(list(lines, "; "));
}

/** Tells at the end of an Up which machines were left Down, whose they are, and how to go on. */
export function withLeftDown(
  record: Maintenance,
  batch: Batch,
  picture: Picture,
  { world, nowMs }: Moment,
): { readonly record: Maintenance; readonly left: number } {
  const left = downElsewhere(batch, picture, world);
  if (left.length === 0) return { record, left: 0 };
  const text = `${theirWindows(left, namesOf(record).of, world)}, so Up left it there: ${HOW_THEIRS_COME_BACK}. ${record.id} waits for the agents; /mesos cancel ${record.id} stops the waiting.`;
  return { record: withEvent(record, nowMs, { kind: "foreign_change", text }), left: left.length };
}

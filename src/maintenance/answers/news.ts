import { machineKey } from "../cluster/machine.js";
import { groupBy } from "../group-by.js";
import { namesInPicture } from "../record/names.js";
import type { Picture, VerdictRow } from "../record/picture.js";
import { type AnswersMoved, type AnswersNews, tasksLeft } from "./summary.js";

/**
 * What is new between two looks at the same machines: refusals, those that take a promise back apart, and another quarter of the
 * tasks that is gone. A promise that the master forgot was not taken back: it is told as that.
 *
 * @param all the looks at all machines of the maintenance, whose tasks are counted.
 * @returns `null` when there is nothing of that.
 */
export function newsBetween(
  before: Picture,
  after: Picture,
  all: { readonly before: Picture; readonly after: Picture },
): AnswersNews | null {
  const rowsBefore = groupBy(before.verdicts, (row) => row.machine);
  const wasOf = ({ machine, frameworkId }: VerdictRow) =>
    rowsBefore.get(machine)?.find((row) => row.frameworkId === frameworkId)?.verdict ?? "empty";
  const names = namesInPicture(after);
  const views = new Map(after.machines.map((view) => [machineKey(view), view]));
  const where = (row: VerdictRow) => `${row.framework} on ${names.of(views.get(row.machine) ?? row.machine)}`;
  const refuse = after.verdicts.filter((row) => row.verdict === "refused" && wasOf(row) !== "refused");
  const withdrawn = refuse.filter((row) => wasOf(row) === "promised");
  const refused = refuse.filter((row) => wasOf(row) !== "promised");
  const quarters = quartersGone(all.after);
  // The last one is told as what it is: no task is left.
  const quarter = quarters > quartersGone(all.before) && quarters < 4 ? quarters : null;
  if (refused.length === 0 && withdrawn.length === 0 && quarter === null) return null;
  return { refused: refused.map(where), withdrawn: withdrawn.map(where), quarter };
}

/** How many whole quarters of the tasks are gone, 0 to 4; of none at all, 4. */
function quartersGone(picture: Picture): number {
  const { tasksMost } = picture;
  if (tasksMost === 0) return 4;
  return Math.floor(((tasksMost - tasksLeft(picture)) * 4) / tasksMost);
}

/**
 * Which frameworks have no task there any more, with how many went, and which have some now that had none: of as many tasks as
 * before others may be.
 */
export function movedBetween(before: Picture, after: Picture): AnswersMoved {
  const [was, is] = [tasksByFramework(before), tasksByFramework(after)];
  const rows = [...before.verdicts, ...after.verdicts];
  const names = new Map(rows.map(({ frameworkId, framework }) => [frameworkId, framework]));
  const only = (some: typeof was, others: typeof was) =>
    [...some].flatMap(([id, tasks]) => (others.has(id) ? [] : [{ name: names.get(id) ?? id, tasks }]));
  return { went: only(was, is), came: only(is, was) };
}

/** By the id of each framework with tasks there, how many. */
function tasksByFramework({ verdicts }: Picture): ReadonlyMap<string, number> {
  const tasks = new Map<string, number>();
  for (const row of verdicts) {
    if (row.tasks > 0) tasks.set(row.frameworkId, (tasks.get(row.frameworkId) ?? 0) + row.tasks);
  }
  return tasks;
}

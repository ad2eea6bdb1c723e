import { machineKey } from "../cluster/machine.js";
import { groupBy } from "../group-by.js";
import { namesInPicture } from "../record/names.js";
import type { Picture, VerdictRow } from "../record/picture.js";
import { type AnswersNews, tasksLeft } from "./summary.js";

/**
 * What is new between two looks at the same machines: refusals, promises taken back while the tasks are still there, and
 * another quarter of the tasks that is gone. An answer that the master forgot was not taken back (`erased`).
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
  const refused = after.verdicts.filter((row) => row.verdict === "refused" && wasOf(row) !== "refused");
  const withdrawn = after.verdicts.filter(
    (row) => row.verdict === "silent" && wasOf(row) === "promised" && row.erased === null,
  );
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

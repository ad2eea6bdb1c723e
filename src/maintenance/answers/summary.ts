import { machineKey } from "../cluster/machine.js";
import { groupBy } from "../group-by.js";
import type { NewEvent } from "../record/events.js";
import { namesInPicture } from "../record/names.js";
import { type Picture, UNASKED, type VerdictRow } from "../record/picture.js";

/** How one framework stands on the machines of a maintenance. */
export type FrameworkSummary = Extract<NewEvent, { kind: "answers_changed" }>["frameworks"][number];

/** What of changed answers may change what somebody decides; the rest is only seen to go on. */
export type AnswersNews = NonNullable<Extract<NewEvent, { kind: "answers_changed" }>["news"]>;

/** The frameworks that went and came, with their tasks. */
export type AnswersMoved = Pick<Extract<NewEvent, { kind: "answers_changed" }>, "went" | "came">;

/** One line per framework, those with tasks first, then by name. */
export function summarise(picture: Picture): FrameworkSummary[] {
  const names = namesInPicture(picture);
  const machines = new Map(picture.machines.map((machine) => [machineKey(machine), machine]));
  const rows = new Map<string, FrameworkSummary>();
  const byFramework = groupBy(picture.verdicts, (row) => row.frameworkId);
  for (const verdict of picture.verdicts) {
    const row = rows.get(verdict.frameworkId) ?? {
      name: verdict.framework,
      tasks: 0,
      empty: 0,
      promised: 0,
      refused: 0,
      silent: 0,
      refusedOn: [],
      unasked: unaskedIn(byFramework.get(verdict.frameworkId) ?? []),
    };
    row.tasks += verdict.tasks;
    row[verdict.verdict] += 1;
    if (verdict.verdict === "refused")
      row.refusedOn.push(names.of(machines.get(verdict.machine) ?? verdict.machine));
    rows.set(verdict.frameworkId, row);
  }
  return [...rows.values()].sort(
    (a, b) => Number(b.tasks > 0) - Number(a.tasks > 0) || a.name.localeCompare(b.name),
  );
}

/** On how many machines a framework cannot be asked, by the reason. */
function unaskedIn(rows: readonly VerdictRow[]): FrameworkSummary["unasked"] {
  return UNASKED.flatMap((why) => {
    const machines = rows.filter((row) => row.unasked === why).length;
    return machines === 0 ? [] : [{ why, machines }];
  });
}

/** Tasks still on the machines. */
export function tasksLeft(picture: Picture): number {
  return picture.machines.reduce((sum, machine) => sum + machine.tasks, 0);
}

/** Whether somebody who follows the thread should hear of it: a verdict changed, not merely a number of tasks. */
export function answersDiffer(before: Picture | null, after: Picture): boolean {
  const rowsBefore = groupBy(before?.verdicts ?? [], (row) => row.machine);
  // A framework without tasks that merely gets an inverse offer is no news: its new row says empty.
  return after.verdicts.some(({ machine, frameworkId, verdict }) => {
    const was = rowsBefore.get(machine)?.find((row) => row.frameworkId === frameworkId);
    return verdict !== (was?.verdict ?? "empty");
  });
}

/** The event that tells the thread how the answers stand, what of it is news, and which frameworks went and came. */
export function answersEvent(
  picture: Picture,
  news: AnswersNews | null,
  { went = [], came = [] }: AnswersMoved = {},
): NewEvent {
  return {
    kind: "answers_changed",
    tasksLeft: tasksLeft(picture),
    tasksMost: picture.tasksMost,
    ...(went.length === 0 ? {} : { went }),
    ...(came.length === 0 ? {} : { came }),
    frameworks: summarise(picture),
    ...(news === null ? {} : { news }),
  };
}

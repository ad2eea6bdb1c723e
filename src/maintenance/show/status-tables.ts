import { type Habit, habitSentence } from "../answers/habits.js";
import { machineKey } from "../cluster/machine.js";
import type { Picture, Verdict, VerdictRow } from "../record/picture.js";
import type { Maintenance } from "../record/record.js";
import { type Column, tableOf } from "../text/table.js";
import type { Millis } from "../time.js";
import { agentsCell, answerCell, erasedCell } from "./status-cells.js";

/** One line per machine. */
export const MACHINE_COLUMNS: readonly Column[] = [
  { title: "MACHINE", shrinks: true },
  { title: "IP" },
  { title: "MODE" },
  { title: "AGENTS", align: "right" },
  { title: "TASKS", align: "right" },
];

const VERDICT_COLUMNS: readonly Column[] = [
  { title: "MACHINE", shrinks: true },
  { title: "FRAMEWORK", shrinks: true },
  { title: "VERDICT" },
  { title: "TASKS", align: "right" },
  { title: "ANSWER" },
];

/** What hinders most comes first. */
const ORDER: Record<Verdict, number> = { refused: 0, silent: 1, promised: 2, empty: 3 };

const ERASED_COLUMNS: readonly Column[] = [
  { title: "MACHINE", shrinks: true },
  { title: "FRAMEWORK", shrinks: true },
  { title: "ERASED ANSWER (UTC)" },
];

const HABIT_COLUMNS: readonly Column[] = [{ title: "FRAMEWORK", shrinks: true }, { title: "SO FAR" }];

/** Everything known of one maintenance: its machines, the verdicts, erased answers, and what its frameworks usually do. */
export function maintenanceTables(
  record: Maintenance,
  picture: Picture,
  habits: ReadonlyMap<string, Habit>,
  nowMs: Millis,
): string {
  const up = record.batches.filter((batch) => batch.phase === "up");
  const returned = new Set(up.flatMap((batch) => batch.returned));
  const machines = picture.machines.map((view) => [
    view.hostname,
    view.ip,
    view.mode,
    agentsCell(view, up.length > 0 && !returned.has(machineKey(view))),
    String(view.tasks),
  ]);
  const tables = [tableOf(MACHINE_COLUMNS, machines)];
  const names = new Map(picture.machines.map((view) => [machineKey(view), view.hostname]));
  const nameOf = (row: VerdictRow) => names.get(row.machine) ?? row.machine;
  const rows = [...picture.verdicts].sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
  if (rows.length > 0) {
    const verdicts = rows.map((row) => [
      nameOf(row),
      row.framework,
      row.verdict,
      String(row.tasks),
      answerCell(row, nowMs),
    ]);
    tables.push(tableOf(VERDICT_COLUMNS, verdicts));
  }
  const erased = rows.flatMap((row) =>
    row.erased === null ? [] : [[nameOf(row), row.framework, erasedCell(row.erased, nowMs)]],
  );
  if (erased.length > 0) tables.push(tableOf(ERASED_COLUMNS, erased));
  const usual = [...new Set(rows.map((row) => row.framework))].flatMap((framework) => {
    const habit = habits.get(framework);
    return habit === undefined ? [] : [[framework, habitSentence(habit)]];
  });
  if (usual.length > 0) tables.push(tableOf(HABIT_COLUMNS, usual));
  return tables.join("\n\n");
}

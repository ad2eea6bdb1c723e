// How is it shown to whoever asks?

import { type Habit, habitSentence } from "../answers/habits.js";
import { isUnknown, lookAt } from "../answers/verdicts.js";
import { openApproval } from "../approval/question.js";
import { machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { notBack } from "../pausing/not-back.js";
import { agentsMissing } from "../record/agents-back.js";
import { hasEnded, isDraining, placeOf, standOf, watchedMachines } from "../record/batch.js";
import { holdsOf, reasonOf } from "../record/holds.js";
import { leftBehindTexts } from "../record/left-behind.js";
import { namesOf, withSharedNames } from "../record/names.js";
import type { MachineView, Picture, Verdict, VerdictRow } from "../record/picture.js";
import type { Maintenance } from "../record/record.js";
import type { Run } from "../record/run.js";
import type { FoundTrouble } from "../record/troubles.js";
import { progressOf } from "../rolling/progress.js";
import { turnOf } from "../rolling/turn.js";
import { sightOf } from "../sight/sight.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { at, type Column, type Tables, tableOf, tablesOf } from "../text/table.js";
import { moment } from "../text/tokens.js";
import { inWords } from "../text/words.js";
import { aboutSpan, type Millis } from "../time.js";
import { machineTable } from "./machines.js";
import { ANSWERED, ago, ERASED_BY, headOf, UNASKED_BECAUSE, windowOfRecord } from "./status-cells.js";

/**
 * One maintenance in full: its machines, and what every framework on them says.
 *
 * @param habits what frameworks usually do (`habitsOf`), shown beside what they do now.
 * @param seen a look at the cluster, or why the master cannot be read; `null` where it was not looked at. What it shows is
 *   told; without it what was stored last, which is the same unless something has just changed.
 */
export function statusOfMaintenance(
  record: Maintenance,
  nowMs: Millis,
  habits: ReadonlyMap<string, Habit> = new Map(),
  seen: World | FoundTrouble | null = null,
): Reply {
  const { trouble, end } = record;
  const picture = pictureNow(record, seen);
  const sentences = [`${headOf(record, `is ${standOf(record)}`)}.`];
  if (end === null) {
    sentences.push(
      ...stateOf(record, picture, seen, nowMs),
      ...leftBehindTexts(record).map((text) => `${text}.`),
    );
  } else sentences.push(`Ended ${ago(end.atMs, nowMs)}${end.why === null ? "." : `: ${end.why}`}`);
  if (trouble !== null) sentences.push(quoted(trouble.what));
  return replyOf({
    tone: trouble === null ? "info" : "error",
    text: sentences.join(" "),
    said: trouble?.said ?? null,
    notDone: trouble?.notDone ?? null,
    next: trouble?.next ?? null,
    table: picture === null ? null : maintenanceTables(record, picture, habits, nowMs),
  });
}

/** What a look shows of its machines, as far as it can be believed; else what was stored last. */
function pictureNow(record: Maintenance, seen: World | FoundTrouble | null): Picture | null {
  const { batches, picture, end } = record;
  if (seen === null || "notDone" in seen || end !== null || picture === null) return picture;
  if (sightOf(seen).kind !== "windows" || seen.observedAtMs < picture.atMs) return picture;
  const open = batches.filter((batch) => !hasEnded(batch));
  return withSharedNames(lookAt(seen, open.flatMap(watchedMachines), picture), seen, batches);
}

/** When its machines were looked at, and since when nothing new was noted of them. */
function lookedAt(
  { events }: Maintenance,
  { atMs }: Picture,
  seen: World | FoundTrouble | null,
  nowMs: Millis,
) {
  const noted = events.at(-1);
  const since = noted === undefined ? "" : ` Nothing new was noted since ${moment(noted.atMs)}.`;
  const why = seen !== null && "notDone" in seen ? ` Now it cannot be looked at: ${quoted(seen.what)}` : "";
  return `Looked at ${ago(atMs, nowMs)}.${since}${why}`;
}

/** How an open maintenance stands, a sentence each. */
function stateOf(
  record: Maintenance,
  picture: Picture | null,
  seen: World | FoundTrouble | null,
  nowMs: Millis,
): string[] {
  const { id, batches, cancel, paused } = record;
  const sentences: string[] = [];
  sentences.push(...turnIn(record));
  if (batches.length > 0) sentences.push(`Window: ${windowOfRecord(record, nowMs)}.`);
  if (cancel !== null) sentences.push(`<@${cancel.by}> cancelled it; the machines are given back.`);
  if (picture !== null) {
    sentences.push(
      lookedAt(record, picture, seen, nowMs),
      ...unknownOf(record, picture, nowMs),
      ...silentIn(record, picture),
    );
  }
  for (const { by, atMs, reason } of holdsOf(record)) {
    const since = aboutSpan(nowMs - atMs);
    sentences.push(
      `<@${by}> holds it since ${since}${reasonOf(reason)}; it goes on after /mesos release ${id}.`,
    );
  }
  if (paused !== null) {
    const over = paused.isOver ? ", which is over" : "";
    const next = paused.asksAlone
      ? "the batch is asked about alone"
      : `it goes on after /mesos go-on ${id}${paused.rule === notBack.name ? ` or /mesos leave-behind ${id}` : ""}`;
    const since = aboutSpan(nowMs - paused.sinceMs);
    sentences.push(`Paused since ${since} (${inWords(paused.rule)}): ${quoted(paused.saw)}${over}; ${next}.`);
  }
  const run = record.runs.at(-1);
  if (run !== undefined) sentences.push(runSentence(run, nowMs));
  for (const { votes, votesNeeded } of batches.flatMap((batch) => openApproval(batch) ?? [])) {
    const approved = votesNeeded > 1 ? ` (${votes.length} of ${votesNeeded} approved)` : "";
    sentences.push(`The approval of the Down is asked for in the thread${approved}.`);
  }
  return sentences;
}

/** How the newest run of a runbook stands. */
function runSentence({ id, runbook, outcome, startedAtMs }: Run, nowMs: Millis): string {
  const stand =
    outcome !== null
      ? `${inWords(outcome.kind)} ${ago(outcome.atMs, nowMs)}: ${quoted(outcome.words)}`
      : startedAtMs === null
        ? "waits for a worker."
        : `runs since ${aboutSpan(nowMs - startedAtMs)}.`;
  return `Runbook ${quoted(runbook.name)} (${id}): ${stand}`;
}

/** Of several batches, whose turn it is and how many are over. */
function turnIn(record: Maintenance): string[] {
  const progress = progressOf(record);
  const turn = turnOf(record);
  if (progress === null || turn === null) return [];
  const { batchesOver, batches, machinesOver, machines } = progress;
  const phase = turn.phase === "up" ? "up, not all agents are back" : inWords(turn.phase);
  return [
    `It is the turn of ${placeOf(record, turn.id)} (${phase}); ${batchesOver} of ${batches} batches (${machinesOver} of ${machines} machines) are over.`,
  ];
}

/** Frameworks that have not answered, and what there is to do about what they leave where it is. */
function silentIn({ id, batches, cancel }: Maintenance, { verdicts }: Picture): string[] {
  const silent = [...new Set(verdicts.flatMap((row) => (row.verdict === "silent" ? [row.framework] : [])))];
  if (silent.length === 0 || cancel !== null || !batches.some(isDraining)) return [];
  return [
    `Silent, as most frameworks are: ${quoted(list(silent))}. Wait until their tasks end, or stop them yourself; /mesos down ${id} asks for Down, which ends what is left, and /mesos kill-drain ${id} asks whether the master is to end it in order.`,
  ];
}

/** Machines whose agents are not registered: what ran there may go on (invariant 13). */
function unknownOf(record: Maintenance, { machines, atMs }: Picture, nowMs: Millis): string[] {
  const unknown = machines.filter(isUnknown);
  if (unknown.length === 0) return [];
  const hosts = quoted(list(unknown.map(namesOf(record).of)));
  const sinceMs = Math.min(...unknown.map(({ unknownSinceMs }) => unknownSinceMs ?? atMs));
  const tasks = unknown.reduce((sum, machine) => sum + machine.tasks, 0);
  const last = tasks === 0 ? "no task" : counted(tasks, "task");
  return [
    `What runs on ${hosts} has been unknown for ${aboutSpan(nowMs - sinceMs)}: an agent there is not registered. Last seen there: ${last}.`,
  ];
}

/** What hinders most comes first. */
const ORDER: Record<Verdict, number> = { refused: 0, silent: 1, promised: 2, empty: 3 };

/** Everything known of one maintenance: its machines, the verdicts, erased answers, and what its frameworks usually do. */
function maintenanceTables(
  record: Maintenance,
  picture: Picture,
  habits: ReadonlyMap<string, Habit>,
  nowMs: Millis,
): Tables | null {
  const up = record.batches.filter((batch) => batch.phase === "up");
  const missing = new Set(up.flatMap(agentsMissing).map(({ machine }) => machine));
  const names = namesOf(record);
  const views = new Map(picture.machines.map((view) => [machineKey(view), view]));
  const rows = [...picture.verdicts].sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
  const machine: Column<VerdictRow> = {
    title: "MACHINE",
    cut: "middle",
    cell: (row) => names.of(views.get(row.machine) ?? row.machine),
  };
  const framework: Column<{ readonly framework: string }> = {
    title: "FRAMEWORK",
    cut: "middle",
    cell: (row) => row.framework,
  };
  const usual = [...new Set(rows.map((row) => row.framework))].flatMap((name) => habits.get(name) ?? []);
  return tablesOf(
    machineTable(picture.machines, names, (view) => missing.has(machineKey(view)), batchColumn(record)),
    tableOf(rows, [
      machine,
      framework,
      { title: "VERDICT", cell: ({ verdict }) => verdict },
      { title: "TASKS", align: "right", cell: ({ tasks }) => tasks },
      { title: "ANSWER", cell: (row) => answerCell(row, nowMs) },
    ]),
    tableOf(
      rows.filter(({ erased }) => erased !== null),
      [
        machine,
        framework,
        {
          title: "ANSWER",
          cell: ({ erased }) =>
            erased === null ? "" : [`${ANSWERED[erased.answer]} `, at(erased.answeredAtMs)],
        },
        { title: "ERASED", cell: ({ erased }) => at(erased?.erasedAtMs ?? null) },
        { title: "BY", cell: ({ erased }) => (erased === null ? "" : ERASED_BY[erased.why]) },
      ],
    ),
    tableOf(usual, [framework, { title: "SO FAR", cell: habitSentence }]),
  );
}

/** In which of several batches a machine is. */
function batchColumn({ batches }: Maintenance): Column<MachineView>[] {
  if (batches.length < 2) return [];
  const places = new Map(
    batches.flatMap(({ machines }, at) =>
      machines.map((machine): [string, number] => [machineKey(machine), at + 1]),
    ),
  );
  return [{ title: "BATCH", align: "right", cell: (view) => places.get(machineKey(view)) ?? "-" }];
}

/** How old an answer is, or what is known instead of one. */
function answerCell({ answeredAtMs, erased, tasks, unasked }: VerdictRow, nowMs: Millis): string {
  const why = unasked === null ? "" : `, ${UNASKED_BECAUSE[unasked]}`;
  if (answeredAtMs !== null) return ago(answeredAtMs, nowMs) + why;
  if (erased !== null) return `erased${why}`;
  if (tasks === 0) return "";
  return unasked === null ? "none yet" : `cannot be asked: ${UNASKED_BECAUSE[unasked]}`;
}

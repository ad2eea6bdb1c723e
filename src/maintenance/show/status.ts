// How is it shown to whoever asks?

import type { Habit } from "../answers/habits.js";
import { tasksLeft } from "../answers/summary.js";
import { lookAt } from "../answers/verdicts.js";
import { openApproval } from "../approval/question.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import type { Resolution } from "../cluster/resolution.js";
import type { World } from "../cluster/world.js";
import { hasEnded, machineCount, phaseOf } from "../record/batch.js";
import { holdsOf, reasonOf } from "../record/holds.js";
import type { Batch, Maintenance } from "../record/record.js";
import { sightOf } from "../sight/sight.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { type Column, tableOf } from "../text/table.js";
import { formatSpan, type Millis } from "../time.js";
import { windowOf } from "../window/edit.js";
import { agentsCell, ago, belongsTo, modes, until, windowText } from "./status-cells.js";
import { MACHINE_COLUMNS, maintenanceTables } from "./status-tables.js";

/**
 * The open maintenances of a cluster, one line each.
 *
 * @param world `null` while the master cannot be read: what was last seen is told, and that it is old.
 */
export function statusOfCluster(
  cluster: string,
  open: readonly Maintenance[],
  world: World | null,
  nowMs: Millis,
): Reply {
  const table =
    open.length === 0
      ? null
      : tableOf(
          CLUSTER_COLUMNS,
          open.map((record) => clusterRow(record, nowMs)),
        );
  const count = open.length === 0 ? "no open maintenance" : counted(open.length, "open maintenance");
  if (world === null) {
    return replyOf({
      tone: "error",
      text: `${cluster}: ${count}. The master cannot be read right now, so this is how things stood when it was last seen.`,
      next: "Nothing to do: every maintenance goes on by itself when the master is back.",
      table,
    });
  }
  const ours = new Set(
    open.flatMap((record) => record.batches.flatMap((batch) => batch.machines.map(machineKey))),
  );
  const foreign = world.schedule.windows
    .flatMap((window) => window.machines)
    .filter((machine) => !ours.has(machineKey(machine))).length;
  const others = foreign === 0 ? "" : ` ${counted(foreign, "machine")} in windows of others.`;
  const { draining, down } = world.status;
  return replyOf({
    tone: "info",
    text: `${cluster}: ${count}. ${draining.length} draining and ${down.length} Down of ${counted(machinesIn(world), "machine")}.${others}${SIGHT[sightOf(world).kind]} Leader ${world.leader}, Mesos ${world.version}.`,
    next: open.length === 0 ? null : `One in full: /mesos status ${open[0]?.id}`,
    table,
  });
}

/** Nobody should take for an idle cluster what the bot merely may not see. */
const SIGHT = {
  windows: "",
  filtered: " The view is filtered: rights are missing, and nothing is written until they are granted.",
  nothing: " The schedule is empty, as far as the bot's principal may see.",
} as const;

const CLUSTER_COLUMNS: readonly Column[] = [
  { title: "ID" },
  { title: "PHASE" },
  { title: "HOSTS", shrinks: true },
  { title: "NO.", align: "right" },
  { title: "TASKS", align: "right" },
  { title: "WINDOW" },
  { title: "TROUBLE", shrinks: true },
];

function clusterRow(record: Maintenance, nowMs: Millis): string[] {
  const { picture, trouble } = record;
  const machines = machineCount(record);
  const tasks = picture === null ? "-" : `${tasksLeft(picture)}/${picture.tasksMost}`;
  const phase = record.cancel === null ? phaseOf(record) : "cancelling";
  return [
    record.id,
    phase,
    record.hosts,
    machines === 0 ? "-" : String(machines),
    tasks,
    windowOfRecord(record, nowMs),
    trouble?.code ?? (record.held === null ? "" : "held"),
  ];
}

/**
 * One maintenance in full, as it was last looked at: its machines, and what every framework on them says.
 *
 * @param habits what frameworks usually do (`habitsOf`), shown beside what they do now.
 */
export function statusOfMaintenance(
  record: Maintenance,
  nowMs: Millis,
  habits: ReadonlyMap<string, Habit> = new Map(),
): Reply {
  const phase = phaseOf(record);
  const reason = record.reason === null ? "" : ` for ${quoted(record.reason)}`;
  const head = `${record.id} is ${phase}: ${quoted(record.hosts)} in ${record.cluster}, asked for by <@${record.requester}>${reason}.`;
  const { picture, trouble, end } = record;
  const sentences = [head];
  if (end === null && record.batches.length > 0) sentences.push(`Window: ${windowOfRecord(record, nowMs)}.`);
  if (end !== null) sentences.push(`Ended ${ago(end.atMs, nowMs)}${end.why === null ? "." : `: ${end.why}`}`);
  if (record.cancel !== null && end === null)
    sentences.push(`<@${record.cancel.by}> cancelled it; the machines are given back.`);
  // The time of a look is stored now and then only; what changes is stored at once.
  if (picture !== null && end === null)
    sentences.push(`As seen ${ago(picture.atMs, nowMs)}; no change was noticed since.`);
  if (end === null) sentences.push(...heldBy(record, nowMs), ...openQuestions(record));
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

function heldBy(record: Maintenance, nowMs: Millis): string[] {
  return holdsOf(record).map(
    ({ by, atMs, reason }) =>
      `<@${by}> holds it since ${formatSpan(nowMs - atMs)}${reasonOf(reason)}; it goes on after /mesos release ${record.id}.`,
  );
}

/** The questions that wait for an answer, and how many have approved. */
function openQuestions(record: Maintenance): string[] {
  return record.batches.flatMap((batch) => {
    const open = openApproval(batch);
    if (open === null) return [];
    const votes = open.votesNeeded > 1 ? ` (${open.votes.length} of ${open.votesNeeded} approved)` : "";
    return [`The approval of the Down is asked for in the thread${votes}.`];
  });
}

/** Some machines as the master has them now, and whose maintenance they are in. */
export function statusOfMachines(
  machines: readonly Machine[],
  world: World,
  open: readonly Maintenance[],
  nowMs: Millis,
): Reply {
  const views = lookAt(
    world,
    machines.map((machine) => ({ machine, agentIds: [] })),
    null,
  ).machines;
  const rows = views.map((view) => [
    view.hostname,
    view.mode,
    agentsCell(view, false),
    String(view.tasks),
    belongsTo(view, world, open),
    windowText(windowOf(world.schedule, view), nowMs),
  ]);
  const columns: readonly Column[] = [
    { title: "MACHINE", shrinks: true },
    { title: "MODE" },
    { title: "AGENTS", align: "right" },
    { title: "TASKS", align: "right" },
    { title: "IN" },
    { title: "WINDOW" },
  ];
  return replyOf({
    tone: "info",
    text: `${world.cluster}: ${modes(views)}.`,
    table: rows.length === 0 ? null : tableOf(columns, rows),
  });
}

/** What a host pattern comes to: the machines it matches, and what it does not match. */
export function hostsReply(
  cluster: string,
  resolution: Resolution,
  world: World,
  open: readonly Maintenance[],
): Reply {
  const views = lookAt(
    world,
    resolution.machines.map((machine) => ({ machine, agentIds: [] })),
    null,
  ).machines;
  const literal = new Set(resolution.literals.map(machineKey));
  const rows = views.map((view) => [
    view.hostname,
    view.ip,
    literal.has(machineKey(view)) ? "unregistered" : view.mode,
    agentsCell(view, false),
    String(view.tasks),
    belongsTo(view, world, open),
  ]);
  const misses = resolution.matchedNothing.map(({ term, nearest }) =>
    nearest.length === 0 ? `\`${quoted(term)}\`` : `\`${quoted(term)}\` (nearest: ${quoted(list(nearest))})`,
  );
  const sentences = [views.length === 0 ? `${cluster}: no machine matches.` : `${cluster}: ${modes(views)}.`];
  if (misses.length > 0) sentences.push(`Nothing matches ${list(misses)}.`);
  if (resolution.unknown.length > 0)
    sentences.push(`The master has no agent for ${quoted(list(resolution.unknown))}.`);
  if (literal.size > 0) {
    sentences.push(
      "A machine that is not registered can stand in a window, but nothing drains because of it.",
    );
  }
  const drainable = misses.length === 0 && resolution.unknown.length === 0;
  return replyOf({
    tone: drainable && views.length > 0 ? "info" : "refused",
    text: sentences.join(" "),
    next: drainable
      ? null
      : "A drain of this pattern would be refused: mend or leave out what does not match.",
    table: rows.length === 0 ? null : tableOf([...MACHINE_COLUMNS, { title: "IN" }], rows),
  });
}

function machinesIn(world: World): number {
  const keys = [...world.agents, ...world.recoveredAgents].map((agent) => machineKey(agent.machine));
  const { draining, down } = world.status;
  return new Set([...keys, ...draining.map(({ machine }) => machineKey(machine)), ...down.map(machineKey)])
    .size;
}

/** The window of the first batch that is still at the master. */
function windowOfRecord(record: Maintenance, nowMs: Millis): string {
  const batch: Batch | undefined = record.batches.find((b) => !hasEnded(b));
  if (batch !== undefined) return windowText(batch.window, nowMs);
  if (record.batches.length > 0) return "over";
  return record.wanted.startMs === null
    ? `${formatSpan(record.wanted.durationMs)}`
    : until(record.wanted.startMs, nowMs);
}

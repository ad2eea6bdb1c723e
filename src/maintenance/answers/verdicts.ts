// What does an answer mean? An accept is a promise, not a fact: the verdict comes from the answer and from the tasks that
// are still there. `VERDICTS` in `record/picture.ts` says what each is called for.

import { type Machine, machineKey } from "../cluster/machine.js";
import { scheduleDigest } from "../cluster/schedule.js";
import type { Agent, Answer, Framework, Task, World } from "../cluster/world.js";
import {
  agentIdsOf,
  agentsAway,
  agentsOf,
  indexWorld,
  tasksOf,
  type WatchedMachine,
  type WorldIndex,
} from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import { isToGoDown, watchedMachines } from "../record/batch.js";
import type { MachineView, Picture, TaskRef, Unasked, Verdict, VerdictRow } from "../record/picture.js";
import type { Maintenance } from "../record/record.js";
import { type Millis, nanosToMillis } from "../time.js";

/** When it was noticed that the master has forgotten answers, and what made it forget them. */
type Loss = Pick<NonNullable<VerdictRow["erased"]>, "erasedAtMs" | "why">;

/**
 * What the world says of some machines: modes, tasks and one verdict per machine and framework.
 *
 * An answer alone says little: a framework that merely held an offer answers too, an accept is a promise, and an
 * unanswered inverse offer has no entry at all. So each answer is paired with the tasks that are still there.
 * `previous` keeps the answers that a schedule change or a fail-over has erased at the master (invariant 3).
 */
export function lookAt(world: World, machines: readonly WatchedMachine[], previous: Picture | null): Picture {
  const index = indexWorld(world);
  const digest = scheduleDigest(world.schedule);
  const views: MachineView[] = [];
  const verdicts: VerdictRow[] = [];
  const rowsBefore = groupBy(previous?.verdicts ?? [], (row) => row.machine);
  const viewsBefore = new Map((previous?.machines ?? []).map((view) => [machineKey(view), view]));
  for (const watched of machines) {
    const key = machineKey(watched.machine);
    const before = { rows: rowsBefore.get(key) ?? [], view: viewsBefore.get(key) ?? null };
    const view = machineView(watched, index, before.view, world.observedAtMs);
    const why = whyErased(view, before.view, previous, world.leaderId, digest);
    views.push(view);
    verdicts.push(...judge(watched, index, view, before.rows, { erasedAtMs: world.observedAtMs, why }));
  }
  const tasks = views.reduce((sum, view) => sum + view.tasks, 0);
  return {
    atMs: world.observedAtMs,
    leader: world.leader,
    leaderId: world.leaderId,
    tasksMost: Math.max(previous?.tasksMost ?? 0, tasks),
    recovering: world.recoveredAgents.length,
    scheduleDigest: digest,
    machines: views,
    verdicts,
  };
}

function whyErased(
  view: MachineView,
  viewBefore: MachineView | null,
  previous: Picture | null,
  leaderId: string,
  digest: string,
): Loss["why"] {
  if (view.recovering > 0 || (previous !== null && previous.leaderId !== leaderId)) return "fail_over";
  if (view.away > 0 || (view.gone ?? 0) > (viewBefore?.gone ?? 0)) return "agent_away";
  const before = previous?.scheduleDigest ?? null;
  return before === null || before === digest ? "unknown" : "schedule_change";
}

/** Machines as the master has them now, with what open maintenances know of agents that are away. */
export function viewsOf(
  world: World,
  machines: readonly Machine[],
  open: readonly Maintenance[],
): readonly MachineView[] {
  const batches = open.flatMap((record) => record.batches).filter(isToGoDown);
  const known = new Map(batches.flatMap(watchedMachines).map((one) => [machineKey(one.machine), one]));
  const watched = machines.map((machine) => known.get(machineKey(machine)) ?? { machine, agentIds: [] });
  return lookAt(world, watched, null).machines;
}

/** The tasks on these machines, for the question and for comparing at the click. */
export function tasksOn(world: World, machines: readonly WatchedMachine[]): TaskRef[] {
  const index = indexWorld(world);
  return machines.flatMap((watched) =>
    tasksOf(watched, index).map((task) => ({
      id: task.id,
      name: task.name,
      framework: index.frameworks.get(task.frameworkId)?.name ?? task.frameworkId,
      frameworkId: task.frameworkId,
      machine: machineKey(watched.machine),
      ...(index.registered.has(task.agentId) ? {} : { lastSeen: true }),
    })),
  );
}

/** The part of a picture that is about some of its machines. */
export function pictureOf(machines: readonly Machine[], picture: Picture): Picture {
  const keys = new Set(machines.map(machineKey));
  return {
    ...picture,
    machines: picture.machines.filter((machine) => keys.has(machineKey(machine))),
    verdicts: picture.verdicts.filter((row) => keys.has(row.machine)),
  };
}

/** Whether nothing runs on a machine any more, for certain: its agents are all registered and none has a task. */
export function isEmpty(view: MachineView): boolean {
  return view.tasks === 0 && !isUnknown(view);
}

/** Whether it is not known what runs on a machine, because an agent of it is not registered (invariant 13). */
export function isUnknown({ recovering, away }: MachineView): boolean {
  return recovering + away > 0;
}

function machineView(
  watched: WatchedMachine,
  index: WorldIndex,
  before: MachineView | null,
  nowMs: Millis,
): MachineView {
  const key = machineKey(watched.machine);
  const mode = index.down.has(key) ? "down" : index.answers.has(key) ? "draining" : "up";
  const back = index.recovering.filter((agent) => isOn(agent, watched));
  const recovering = new Set(back.map(({ id }) => id));
  const away = agentsAway(watched, index).filter((id) => !recovering.has(id)).length;
  const unknown = back.length + away > 0;
  const tasks = tasksOf(watched, index).length;
  return {
    hostname: watched.machine.hostname,
    ip: watched.machine.ip,
    mode,
    agents: index.agents.get(key)?.length ?? 0,
    recovering: back.length,
    away,
    ...(watched.gone === undefined ? {} : { gone: watched.gone }),
    unknownSinceMs: unknown ? (before?.unknownSinceMs ?? nowMs) : null,
    tasks: isForgotten(watched, unknown) ? Math.max(tasks, before?.tasks ?? 0) : tasks,
  };
}

/** Whether it was not kept what ran there, as in records of 0.1.0: then the counts of before stay. */
function isForgotten({ agentIds, lastSeen = [] }: WatchedMachine, unknown: boolean): boolean {
  return unknown && lastSeen.length < Math.max(1, agentIds.length);
}

/**
 * Whether a recovered agent is one of the machine's. A master shows it without a pid, so without an IP: then its id, or
 * its host name alone, has to do. Taking one too many for ours only makes us wait.
 */
function isOn(agent: Agent, { machine, agentIds }: WatchedMachine): boolean {
  if (agentIds.includes(agent.id) || machineKey(agent.machine) === machineKey(machine)) return true;
  return agent.machine.ip === "" && agent.machine.hostname.toLowerCase() === machine.hostname.toLowerCase();
}

function judge(
  watched: WatchedMachine,
  index: WorldIndex,
  view: MachineView,
  before: readonly VerdictRow[],
  loss: Loss,
): VerdictRow[] {
  const machine = machineKey(watched.machine);
  const tasks = groupBy(tasksOf(watched, index), (task) => task.frameworkId);
  const answers = new Map((index.answers.get(machine) ?? []).map((answer) => [answer.frameworkId, answer]));
  const old = new Map(before.map((row) => [row.frameworkId, row]));
  const asked = [...agentIdsOf(watched, index)].flatMap((id) => [...(index.offers.get(id) ?? [])]);
  const forgotten = isForgotten(watched, isUnknown(view));
  const frameworkIds = new Set([...tasks.keys(), ...answers.keys(), ...asked, ...old.keys()]);
  const rows = [...frameworkIds].map((frameworkId): VerdictRow => {
    const answer = answers.get(frameworkId);
    const was = old.get(frameworkId);
    const shown = tasks.get(frameworkId)?.length ?? 0;
    const left = forgotten ? Math.max(shown, was?.tasks ?? 0) : shown;
    return {
      machine,
      frameworkId,
      framework: index.frameworks.get(frameworkId)?.name ?? was?.framework ?? frameworkId,
      verdict: verdictOf(left, answer),
      tasks: left,
      answeredAtMs: answer === undefined ? null : nanosToMillis(answer.at),
      erased: answer === undefined && was !== undefined ? eraseAnswer(was, loss).erased : null,
      unasked:
        shown === 0 && left > 0
          ? "agent_away"
          : whyUnasked(watched, index, tasks.get(frameworkId) ?? [], index.frameworks.get(frameworkId)),
    };
  });
  return rows.sort(
    (a, b) => a.framework.localeCompare(b.framework) || a.frameworkId.localeCompare(b.frameworkId),
  );
}

function verdictOf(tasks: number, answer: Answer | undefined): Verdict {
  if (tasks === 0) return "empty";
  if (answer === undefined) return "silent";
  return answer.answer === "accept" ? "promised" : "refused";
}

/**
 * Why nobody asks a framework to leave a machine with these tasks of it. A framework that the master does not list may
 * be connected: what is not shown is not known.
 */
function whyUnasked(
  watched: WatchedMachine,
  index: WorldIndex,
  tasks: readonly Task[],
  framework: Framework | undefined,
): Unasked | null {
  if (tasks.length === 0) return null;
  if (framework !== undefined && !framework.connected) return "framework_disconnected";
  if (framework !== undefined && !framework.active) return "framework_inactive";
  const ids = new Set(tasks.map((task) => task.agentId));
  const agents = agentsOf(watched, index).filter(({ id }) => ids.has(id) && index.registered.has(id));
  if (agents.length === 0) return "agent_away";
  // A master shows a deactivated agent as inactive too, although it is connected.
  if (agents.every((agent) => agent.deactivated)) return "agent_deactivated";
  return agents.some((agent) => agent.active) ? null : "agent_disconnected";
}

/** A row whose answer the master no longer has: kept beside it as erased, never counted as an answer. */
function eraseAnswer(row: VerdictRow, loss: Loss): VerdictRow {
  const { verdict, answeredAtMs } = row;
  const answer: Answer["answer"] | null =
    verdict === "promised" ? "accept" : verdict === "refused" ? "decline" : null;
  const erased = answer === null || answeredAtMs === null ? row.erased : { answer, answeredAtMs, ...loss };
  return { ...row, verdict: row.tasks === 0 ? "empty" : "silent", answeredAtMs: null, erased };
}

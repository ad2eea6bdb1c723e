// What does an answer mean? An accept is a promise, not a fact: the verdict comes from the answer and from the tasks that
// are still there. `VERDICTS` in `record/picture.ts` says what each is called for.

import { type Machine, machineKey } from "../cluster/machine.js";
import type { Agent, Answer, Framework, Task, World } from "../cluster/world.js";
import {
  agentIdsOf,
  agentsOf,
  indexWorld,
  tasksOf,
  type WatchedMachine,
  type WorldIndex,
} from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import type { MachineView, Picture, TaskRef, Unasked, Verdict, VerdictRow } from "../record/picture.js";
import { nanosToMillis } from "../time.js";

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
  const sameLeader = previous === null || previous.leaderId === world.leaderId;
  const loss: Loss = { erasedAtMs: world.observedAtMs, why: sameLeader ? "schedule_change" : "fail_over" };
  const views: MachineView[] = [];
  const verdicts: VerdictRow[] = [];
  const before = groupBy(previous?.verdicts ?? [], (row) => row.machine);
  const tasksBefore = new Map((previous?.machines ?? []).map((view) => [machineKey(view), view.tasks]));
  for (const watched of machines) {
    const key = machineKey(watched.machine);
    const view = machineView(watched, index);
    const old = before.get(key) ?? [];
    // After a fail-over an agent that is not back yet shows no tasks: that is not empty, so what we knew stays.
    if (view.recovering > 0) {
      views.push({ ...view, tasks: Math.max(view.tasks, tasksBefore.get(key) ?? 0) });
      verdicts.push(...old.map((row) => awayRow(eraseAnswer(row, { ...loss, why: "fail_over" }))));
    } else {
      views.push(view);
      verdicts.push(...judge(watched, index, old, loss));
    }
  }
  const tasks = views.reduce((sum, view) => sum + view.tasks, 0);
  return {
    atMs: world.observedAtMs,
    leader: world.leader,
    leaderId: world.leaderId,
    tasksMost: Math.max(previous?.tasksMost ?? 0, tasks),
    recovering: world.recoveredAgents.length,
    machines: views,
    verdicts,
  };
}

/** Machines as the master has them now. */
export function viewsOf(world: World, machines: readonly Machine[]): readonly MachineView[] {
  const watched = machines.map((machine) => ({ machine, agentIds: [] }));
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

/** Whether nothing runs on a machine any more, for certain: its agents are all known and none has a task. */
export function isEmpty(view: MachineView): boolean {
  return view.tasks === 0 && view.recovering === 0;
}

function machineView(watched: WatchedMachine, index: WorldIndex): MachineView {
  const key = machineKey(watched.machine);
  const mode = index.down.has(key) ? "down" : index.answers.has(key) ? "draining" : "up";
  return {
    hostname: watched.machine.hostname,
    ip: watched.machine.ip,
    mode,
    agents: index.agents.get(key)?.length ?? 0,
    recovering: index.recovering.filter((agent) => isOn(agent, watched)).length,
    tasks: tasksOf(watched, index).length,
  };
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
  before: readonly VerdictRow[],
  loss: Loss,
): VerdictRow[] {
  const machine = machineKey(watched.machine);
  const tasks = groupBy(tasksOf(watched, index), (task) => task.frameworkId);
  const answers = new Map((index.answers.get(machine) ?? []).map((answer) => [answer.frameworkId, answer]));
  const old = new Map(before.map((row) => [row.frameworkId, row]));
  const asked = [...agentIdsOf(watched, index)].flatMap((id) => [...(index.offers.get(id) ?? [])]);
  const frameworkIds = new Set([...tasks.keys(), ...answers.keys(), ...asked, ...old.keys()]);
  const rows = [...frameworkIds].map((frameworkId): VerdictRow => {
    const left = tasks.get(frameworkId)?.length ?? 0;
    const answer = answers.get(frameworkId);
    const was = old.get(frameworkId);
    return {
      machine,
      frameworkId,
      framework: index.frameworks.get(frameworkId)?.name ?? was?.framework ?? frameworkId,
      verdict: verdictOf(left, answer),
      tasks: left,
      answeredAtMs: answer === undefined ? null : nanosToMillis(answer.at),
      erased: answer === undefined && was !== undefined ? eraseAnswer(was, loss).erased : null,
      unasked: whyUnasked(watched, index, tasks.get(frameworkId) ?? [], index.frameworks.get(frameworkId)),
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
  const agents = agentsOf(watched, index).filter((agent) => ids.has(agent.id));
  if (agents.length === 0) return "agent_away";
  // A master shows a deactivated agent as inactive too, although it is connected.
  if (agents.every((agent) => agent.deactivated)) return "agent_deactivated";
  return agents.some((agent) => agent.active) ? null : "agent_disconnected";
}

/** A row of a machine whose agent is not registered. */
function awayRow(row: VerdictRow): VerdictRow {
  return { ...row, unasked: row.tasks === 0 ? null : "agent_away" };
}

/** A row whose answer the master no longer has: kept beside it as erased, never counted as an answer. */
function eraseAnswer(row: VerdictRow, loss: Loss): VerdictRow {
  const { verdict, answeredAtMs } = row;
  const answer: Answer["answer"] | null =
    verdict === "promised" ? "accept" : verdict === "refused" ? "decline" : null;
  const erased = answer === null || answeredAtMs === null ? row.erased : { answer, answeredAtMs, ...loss };
  return { ...row, verdict: row.tasks === 0 ? "empty" : "silent", answeredAtMs: null, erased };
}

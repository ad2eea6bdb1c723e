// What does an answer mean? An accept is a promise, not a fact: the verdict comes from the answer and from the tasks that
// are still there. `VERDICTS` in `record/picture.ts` says what each is called for.

import { type FrameworkNames, frameworkNames, frameworkNamesIn } from "../cluster/framework-names.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import { scheduleDigest } from "../cluster/schedule.js";
import type { Task } from "../cluster/task.js";
import type { Agent, Answer, Framework, World } from "../cluster/world.js";
import {
  agentIdsOf,
  agentsAway,
  agentsOf,
  indexWorld,
  recoveringOn,
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
  const nameOf = namesBeside(world, previous);
  const digest = scheduleDigest(world.schedule);
  const views: MachineView[] = [];
  const verdicts: VerdictRow[] = [];
  const indexBefore = previous === null ? null : indexPicture(previous);
  for (const watched of machines) {
    const key = machineKey(watched.machine);
    const before = {
      rows: indexBefore?.rows.get(key) ?? [],
      view: indexBefore?.views.get(key) ?? null,
    };
    const tasks = tasksOf(watched, index);
    const view = machineView(watched, index, tasks, before.view, world.observedAtMs);
    const why = whyErased(view, before.view, previous, world.leaderId, digest);
    views.push(view);
    verdicts.push(
      ...judge(watched, index, nameOf, tasks, view, before.rows, { erasedAtMs: world.observedAtMs, why }),
    );
  }
  const tasks = views.reduce((sum, view) => sum + view.tasks, 0);
  return {
    atMs: world.observedAtMs,
    leader: world.leader,
    leaderId: world.leaderId,
    tasksMost: Math.max(previous?.tasksMost ?? 0, tasks),
    recovering: world.recoveredAgents.length,
    scheduleDigest: digest,
    ...(previous?.sharedNames === undefined ? {} : { sharedNames: previous.sharedNames }),
    machines: views,
    verdicts,
  };
}

/** Frameworks keep a name that tells them apart also when the master lists them no more. */
function namesBeside(world: World, previous: Picture | null): FrameworkNames {
  const { frameworks } = indexWorld(world);
  const gone = (previous?.verdicts ?? []).filter(({ frameworkId }) => !frameworks.has(frameworkId));
  if (gone.length === 0) return frameworkNamesIn(world);
  const before = gone.map(({ frameworkId: id, framework: name }) => ({ id, name, principal: null }));
  return frameworkNames([...world.frameworks, ...before]);
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
  const nameOf = frameworkNamesIn(world);
  return machines.flatMap((watched) =>
    tasksOf(watched, index).map((task) => ({
      id: task.id,
      name: task.name,
      framework: nameOf(task.frameworkId) ?? task.frameworkId,
      frameworkId: task.frameworkId,
      machine: machineKey(watched.machine),
      ...(index.registered.has(task.agentId) ? {} : { lastSeen: true }),
    })),
  );
}

/** The part of a picture that is about some of its machines. */
export function pictureOf(machines: readonly Machine[], picture: Picture): Picture {
  const { views, rows } = indexPicture(picture);
  const part: Pick<Picture, "machines" | "verdicts"> = { machines: [], verdicts: [] };
  for (const machine of machines) {
    const key = machineKey(machine);
    const view = views.get(key);
    if (view !== undefined) part.machines.push(view);
    part.verdicts.push(...(rows.get(key) ?? []));
  }
  return { ...picture, ...part };
}

interface PictureIndex {
  readonly views: ReadonlyMap<string, MachineView>;
  readonly rows: ReadonlyMap<string, readonly VerdictRow[]>;
}

const pictures = new WeakMap<Picture, PictureIndex>();

/** One pass over a picture, shared by all batches whose part of it is looked at. */
function indexPicture(picture: Picture): PictureIndex {
  const known = pictures.get(picture);
  if (known !== undefined) return known;
  const index = {
    views: new Map(picture.machines.map((view) => [machineKey(view), view])),
    rows: groupBy(picture.verdicts, (row) => row.machine),
  };
  pictures.set(picture, index);
  return index;
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
  tasks: readonly Task[],
  before: MachineView | null,
  nowMs: Millis,
): MachineView {
  const key = machineKey(watched.machine);
  const mode = index.down.has(key) ? "down" : index.answers.has(key) ? "draining" : "up";
  const back = recoveringOn(watched, index);
  const away = agentsAway(watched, index).filter((id) => !back.has(id)).length;
  const unknown = back.size + away > 0;
  return {
    hostname: watched.machine.hostname,
    ip: watched.machine.ip,
    mode,
    agents: index.agents.get(key)?.length ?? 0,
    recovering: back.size,
    away,
    ...(watched.gone === undefined ? {} : { gone: watched.gone }),
    unknownSinceMs: unknown ? (before?.unknownSinceMs ?? nowMs) : null,
    tasks: isForgotten(watched, unknown) ? Math.max(tasks.length, before?.tasks ?? 0) : tasks.length,
  };
}

/** Whether it was not kept what ran there, as in records of 0.1.0: then the counts of before stay. */
function isForgotten({ agentIds, lastSeen = [] }: WatchedMachine, unknown: boolean): boolean {
  return unknown && lastSeen.length < Math.max(1, agentIds.length);
}

function judge(
  watched: WatchedMachine,
  index: WorldIndex,
  nameOf: FrameworkNames,
  all: readonly Task[],
  view: MachineView,
  before: readonly VerdictRow[],
  loss: Loss,
): VerdictRow[] {
  const machine = machineKey(watched.machine);
  const tasks = groupBy(all, (task) => task.frameworkId);
  const answers = new Map((index.answers.get(machine) ?? []).map((answer) => [answer.frameworkId, answer]));
  const old = new Map(before.map((row) => [row.frameworkId, row]));
  const asked = [...agentIdsOf(watched, index)].flatMap((id) => [...(index.offers.get(id) ?? [])]);
  const agents = agentsOf(watched, index);
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
      framework: nameOf(frameworkId) ?? was?.framework ?? frameworkId,
      verdict: verdictOf(left, answer),
      tasks: left,
      answeredAtMs: answer === undefined ? null : nanosToMillis(answer.at),
      erased: answer === undefined && was !== undefined ? eraseAnswer(was, loss).erased : null,
      unasked:
        shown === 0 && left > 0
          ? "agent_away"
          : whyUnasked(agents, index, tasks.get(frameworkId) ?? [], index.frameworks.get(frameworkId)),
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
  all: readonly Agent[],
  index: WorldIndex,
  tasks: readonly Task[],
  framework: Framework | undefined,
): Unasked | null {
  if (tasks.length === 0) return null;
  if (framework !== undefined && !framework.connected) return "framework_disconnected";
  if (framework !== undefined && !framework.active) return "framework_inactive";
  const agents = all.filter(
    ({ id }) => index.registered.has(id) && tasks.some(({ agentId }) => agentId === id),
  );
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

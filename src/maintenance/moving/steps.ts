import { machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import type { NewEvent } from "../record/events.js";
import type { AppMove, Move } from "../record/move.js";
import type { Batch, Maintenance } from "../record/record.js";
import { list } from "../text/list.js";
import { aboutSpan, type Millis } from "../time.js";
import { healthyOf, minimumOf } from "./health.js";
import type { MarathonApp, MarathonLook } from "./marathon-view.js";
import { dyingTasks, KILL_TAKES_MS, openMove } from "./moves.js";
import { tasksThere } from "./plan.js";

/** How many copies of an app may come back to machines with windows before it is given up. */
const MOST_RELAUNCHED = 2;

const COMES_BACK = `${MOST_RELAUNCHED} copies of it came back to machines with a window: a Marathon before 1.7.149 does not look at windows, later ones not at those that have ended.`;

/** What one step is decided on. */
export interface MoveScene {
  readonly batch: Batch;
  readonly world: World;
  readonly looks: readonly MarathonLook[];
  /** All open maintenances of the cluster, this one too: what they are killing does not count as healthy. */
  readonly open: readonly Maintenance[];
  readonly nowMs: Millis;
}

/** What a step comes to: the move with its new kills written down, and what Marathons are to be asked for. */
export interface MoveStep {
  readonly move: Move;
  readonly kills: readonly { readonly frameworkId: string; readonly tasks: readonly string[] }[];
}

/**
 * One step of moving tasks: what has become of earlier kills, and of each app at most one more kill. An app's next task is
 * killed when the one before is gone, as many are healthy as before it, and those that stay healthy are not fewer than the
 * app asks for.
 */
export function moveStep(move: Move, scene: MoveScene): MoveStep {
  const kills: { frameworkId: string; tasks: string[] }[] = [];
  const apps = move.apps.map((before) => {
    if (before.stopped !== null) return before;
    const look = scene.looks.find(({ frameworkId }) => frameworkId === before.frameworkId);
    if (look?.kind !== "seen") return before;
    const shown = look.view.apps.find(({ id }) => id === before.app);
    if (shown === undefined) return { ...before, stopped: "Marathon does not have it any more." };
    const app = looked(before, shown, scene);
    const stopped = whyStopped(app, shown, scene);
    if (stopped !== null) return { ...app, stopped };
    const task = nextTask(app, shown, scene);
    if (task === null) return app;
    const own = kills.find(({ frameworkId }) => frameworkId === app.frameworkId);
    if (own === undefined) kills.push({ frameworkId: app.frameworkId, tasks: [task] });
    else own.tasks.push(task);
    const healthy = healthyOf(shown, dyingIn(scene));
    return { ...app, kills: [...app.kills, { task, atMs: scene.nowMs, healthy, isGone: false }] };
  });
  return { move: { ...move, apps, away: awayOf(apps, scene) }, kills };
}

/** Why a Marathon with apps that are still moved could not be looked at, or else not be asked for its last kill. */
function awayOf(apps: readonly AppMove[], { looks }: MoveScene): string | null {
  const open = apps.filter(({ stopped }) => stopped === null);
  const unseen = looks.flatMap((look) =>
    look.kind === "unseen" && open.some(({ frameworkId }) => frameworkId === look.frameworkId)
      ? [look.why]
      : [],
  );
  return unseen[0] ?? open.find(({ unasked }) => unasked !== undefined)?.unasked ?? null;
}

/** Whether nothing more is to be done of an app: its tasks are gone, and copies are healthy in their place. */
function isDone(app: AppMove, shown: MarathonApp, scene: MoveScene): boolean {
  return (
    app.kills.every(({ isGone }) => isGone) && leftOf(app, shown, scene).length === 0 && isMadeUp(app, shown)
  );
}

/** Why a move is over as it stands, or `null`. An app whose Marathon is away is not done. */
export function whyOver(move: Move, scene: MoveScene): string | null {
  if (scene.nowMs >= move.untilMs) return "The approval has expired.";
  const open = move.apps.filter((app) => {
    if (app.stopped !== null) return false;
    const look = scene.looks.find(({ frameworkId }) => frameworkId === app.frameworkId);
    const shown = look?.kind === "seen" ? look.view.apps.find(({ id }) => id === app.app) : undefined;
    return shown === undefined || !isDone(app, shown, scene);
  });
  if (open.length > 0) return null;
  const stopped = move.apps.flatMap(({ app, stopped: why }) => (why === null ? [] : [app]));
  return stopped.length === 0
    ? "None of them is left on these machines."
    : `What is left of ${list(stopped)} stays.`;
}

/** What became of the kills of an app, and which copies were started on machines with windows. */
function looked(app: AppMove, shown: MarathonApp, { world }: MoveScene): AppMove {
  const alive = aliveAmong(
    app.kills.map(({ task }) => task),
    shown,
    world,
  );
  const kills = app.kills.map((kill) => ({ ...kill, isGone: !alive.has(kill.task) }));
  const ours = new Set(app.tasks.map(({ id }) => id));
  const there = onMachinesWithWindows(shown, world).filter((id) => !ours.has(id));
  if (kills.length === 0) return { ...app, known: there };
  const seen = new Set([...app.known, ...app.relaunched]);
  return { ...app, kills, relaunched: [...app.relaunched, ...there.filter((id) => !seen.has(id))] };
}

/** Ids of the tasks of an app on machines that stand in a window, anybody's. */
function onMachinesWithWindows(shown: MarathonApp, { schedule, agents }: World): string[] {
  const scheduled = new Set(schedule.windows.flatMap(({ machines }) => machines.map(machineKey)));
  const there = new Set(
    agents.filter(({ machine }) => scheduled.has(machineKey(machine))).map(({ id }) => id),
  );
  return shown.tasks.flatMap(({ id, agentId }) => (agentId !== null && there.has(agentId) ? [id] : []));
}

function whyStopped(app: AppMove, shown: MarathonApp, { nowMs }: MoveScene): string | null {
  if (app.relaunched.length >= MOST_RELAUNCHED) return COMES_BACK;
  const late = app.kills.find(({ isGone, atMs }) => !isGone && nowMs - atMs >= KILL_TAKES_MS);
  if (late !== undefined) {
    // A worker that died right before the call has written it down as well.
    return `${late.task} was to be killed ${aboutSpan(nowMs - late.atMs)} ago, and it still runs: whether Marathon was asked is not known.`;
  }
  if (shown.isResident) return "It keeps data on the machine by now and would start again only there.";
  // A deployment is waited for: its lock ends.
  const needs = Math.max(app.minimum, minimumOf(shown));
  return needs < shown.instances ? null : `It needs ${needs} of ${shown.instances} instances healthy by now.`;
}

/** The task of an app that may be killed now, or `null`: there is none, or it is not time. */
function nextTask(app: AppMove, shown: MarathonApp, scene: MoveScene): string | null {
  const dying = dyingIn(scene);
  const isBusy = shown.tasks.some(({ id }) => dying.has(id)) || app.kills.some(({ isGone }) => !isGone);
  if (shown.isDeploying || isBusy || !isMadeUp(app, shown)) return null;
  const [next] = killable(app, shown, scene);
  if (next === undefined) return null;
  const staying = healthyOf(shown, new Set([...dying, next]));
  return staying >= Math.max(app.minimum, minimumOf(shown)) ? next : null;
}

/** Whether as many are healthy as before the last kill, or as many as are wanted by now. */
function isMadeUp(app: AppMove, shown: MarathonApp): boolean {
  const last = app.kills.at(-1);
  return last === undefined || healthyOf(shown) >= Math.min(last.healthy, shown.instances);
}

/**
 * The approved tasks that were not killed and are not known to be gone: Marathon or the master still shows them, be it on an
 * agent that is away for a look (invariant 13).
 */
function leftOf(app: AppMove, shown: MarathonApp, { world }: MoveScene): string[] {
  const ids = app.tasks.map(({ id }) => id);
  const alive = aliveAmong(ids, shown, world);
  const killed = new Set(app.kills.map(({ task }) => task));
  return ids.filter((id) => alive.has(id) && !killed.has(id));
}

/** Which of these ids Marathon shows of an app, or the master of anything. */
function aliveAmong(ids: readonly string[], shown: MarathonApp, { tasks }: World): ReadonlySet<string> {
  return new Set([...shown.tasks, ...tasks.withIds(new Set(ids))].map(({ id }) => id));
}

/** Those of them that Marathon and the master show on the same agent of the batch. */
function killable(app: AppMove, shown: MarathonApp, scene: MoveScene): string[] {
  const { world, batch } = scene;
  const there = new Map(tasksThere(world, batch, app.frameworkId).map(({ task }) => [task.id, task.agentId]));
  const agreed = new Set(
    shown.tasks
      .filter(({ id, agentId }) => agentId !== null && there.get(id) === agentId)
      .map(({ id }) => id),
  );
  return leftOf(app, shown, scene).filter((id) => agreed.has(id));
}

/** What is being killed, in any maintenance. */
function dyingIn({ open, nowMs }: MoveScene): ReadonlySet<string> {
  return new Set(open.flatMap((record) => dyingTasks(record, nowMs)));
}

/**
 * What is told of kills that Marathon was asked for: how far each app is, and what stays healthy.
 *
 * @param why why no answer came; `null` where one did.
 */
export function moveStepEvents(
  record: Maintenance,
  { batch, tasks }: { readonly batch: string; readonly tasks: readonly string[] },
  why: string | null,
): Extract<NewEvent, { kind: "move_step" }>[] {
  const apps = openMove(record, batch)?.apps ?? [];
  return apps.flatMap((app) => {
    const at = app.kills.findIndex(({ task }) => tasks.includes(task));
    const kill = app.kills[at];
    if (kill === undefined) return [];
    const host = app.tasks.find(({ id }) => id === kill.task)?.host ?? "";
    const { minimum } = app;
    const counts = { number: at + 1, of: app.tasks.length, healthy: kill.healthy, minimum };
    const answer = why === null ? { isAnswered: true } : { isAnswered: false, why };
    return [{ kind: "move_step", batch, app: app.app, host, ...counts, ...answer }];
  });
}

// Which tasks can be moved, and which one goes next?

import { frameworkNamesIn } from "../cluster/framework-names.js";
import { machineKey } from "../cluster/machine.js";
import type { Task } from "../cluster/task.js";
import type { World } from "../cluster/world.js";
import { indexWorld, namesIn } from "../cluster/world-index.js";
import { recogniser } from "../frameworks/recognise.js";
import { groupBy } from "../group-by.js";
import type { Policy } from "../policy/policy.js";
import type { MovePlan, MovingApp } from "../record/move.js";
import type { Batch } from "../record/record.js";
import { counted } from "../text/list.js";
import { healthyOf, minimumOf } from "./health.js";
import type { MarathonApp, MarathonLook, MarathonView } from "./marathon-view.js";

/** A task on a machine of a batch, by what the master shows. */
export interface TaskThere {
  readonly task: Task;
  /** The machine by its name. */
  readonly host: string;
}

/**
 * The tasks of one framework on the machines of a batch whose agents are registered: what runs on others is unknown, and
 * nothing is killed there (invariant 13).
 */
export function tasksThere(world: World, { machines }: Batch, frameworkId: string): TaskThere[] {
  const { agents, tasks } = indexWorld(world);
  const nameOf = namesIn(world, machines).of;
  return machines.flatMap((machine) =>
    (agents.get(machineKey(machine)) ?? [])
      .flatMap(({ id }) => tasks.on(id))
      .filter((task) => task.frameworkId === frameworkId)
      .map((task) => ({ task, host: nameOf(machine) })),
  );
}

/** The frameworks with tasks on the machines of a batch that are Marathons whose API may be called. */
export function marathonsOn(world: World, batch: Batch, policy: Pick<Policy, "frameworks">) {
  const kindOf = recogniser(policy.frameworks);
  return world.frameworks.filter(
    (framework) => kindOf(framework).marathon === true && tasksThere(world, batch, framework.id).length > 0,
  );
}

/**
 * What can be moved away from the machines of a batch as its Marathons and the master show it, and why the rest stays.
 * A kill takes an instance away before another one starts, so an app that needs all of its instances cannot be moved.
 */
export function planMoves(
  world: World,
  batch: Batch,
  looks: readonly MarathonLook[],
  policy: Pick<Policy, "frameworks">,
): MovePlan {
  const nameOf = frameworkNamesIn(world);
  const plans = marathonsOn(world, batch, policy).map(({ id }): MovePlan => {
    const name = nameOf(id) ?? id;
    const there = tasksThere(world, batch, id);
    const look = looks.find(({ frameworkId }) => frameworkId === id);
    if (look?.kind === "seen") return planOf(id, name, there, look.view, world);
    const why = look?.why ?? "Its Marathon has not been looked at.";
    return { apps: [], stays: [{ framework: name, app: "all of it", tasks: there.length, why }] };
  });
  return {
    apps: plans.flatMap(({ apps }) => apps).sort((a, b) => (a.app < b.app ? -1 : 1)),
    stays: plans.flatMap(({ stays }) => stays),
  };
}

function planOf(
  frameworkId: string,
  framework: string,
  there: readonly TaskThere[],
  view: MarathonView,
  world: World,
): MovePlan {
  const apps = new Map(view.apps.flatMap((app) => app.tasks.map(({ id }) => [id, app] as const)));
  const podOf = (id: string) =>
    view.pods.find(({ instances }) => instances.some((one) => id === one || id.startsWith(`${one}.`)));
  const plan: { apps: MovingApp[]; stays: MovePlan["stays"] } = { apps: [], stays: [] };
  const known = groupBy(there, ({ task }) => apps.get(task.id)?.id ?? null);
  for (const [id, tasks] of known) {
    const app = view.apps.find((one) => one.id === id);
    if (app === undefined) {
      for (const [pod, those] of groupBy(tasks, ({ task }) => podOf(task.id)?.id ?? null)) {
        plan.stays.push({
          framework,
          app: pod ?? "tasks of no app",
          tasks: those.length,
          why: pod === null ? UNKNOWN : POD,
        });
      }
      continue;
    }
    const why = disagreement(app, tasks, world) ?? whyItStays(app);
    if (why !== null) {
      plan.stays.push({ framework, app: app.id, tasks: tasks.length, why });
      continue;
    }
    const { hasHealthChecks, instances } = app;
    plan.apps.push({
      frameworkId,
      framework,
      app: app.id,
      tasks: unhealthyFirst(app, tasks),
      instances,
      minimum: minimumOf(app),
      healthy: healthyOf(app),
      hasHealthChecks,
    });
  }
  return plan;
}

const UNKNOWN = "Marathon does not know them, or not yet.";

const POD = "It is a pod, and pods are not moved.";

/** What is not healthy goes first: that takes nothing away. */
function unhealthyFirst(app: MarathonApp, there: readonly TaskThere[]): MovingApp["tasks"] {
  const healthy = new Set(app.tasks.filter(({ isHealthy }) => isHealthy).map(({ id }) => id));
  const rank = ({ task }: TaskThere) => (app.hasHealthChecks && healthy.has(task.id) ? 1 : 0);
  return [...there].sort((a, b) => rank(a) - rank(b)).map(({ task, host }) => ({ id: task.id, host }));
}

/** Why no task of an app is killed, whatever else is true; `null` when some may be. */
export function whyItStays(app: MarathonApp): string | null {
  const { instances, minimumHealthCapacity } = app;
  if (app.isResident) return "It keeps data on the machine and would start again only there.";
  if (app.isDeploying) return "A deployment of it is under way: ask again when that is over.";
  if (instances === 0) return "It is scaled to 0.";
  if (minimumOf(app) < instances) return null;
  const all = instances === 1 ? "its only instance" : `all of its ${counted(instances, "instance")}`;
  return `It needs ${all} healthy (minimumHealthCapacity ${minimumHealthCapacity}), and a kill takes one away before another starts.`;
}

/** Where master and Marathon do not show the same tasks of an app on these machines, one of them is behind. */
function disagreement(app: MarathonApp, there: readonly TaskThere[], world: World): string | null {
  const agents = new Map(there.map(({ task }) => [task.id, task.agentId]));
  const { tasks } = indexWorld(world);
  const isAt = (id: string, agentId: string) => tasks.on(agentId).some((task) => task.id === id);
  const isOdd = app.tasks.some(({ id, agentId }) => {
    const shown = agents.get(id);
    if (shown !== undefined) return shown !== agentId;
    return agentId !== null && [...agents.values()].includes(agentId) && !isAt(id, agentId);
  });
  return isOdd ? "Marathon and the master do not show the same tasks of it: ask again in a moment." : null;
}

/** How a plan is worse than the one that was shown, a sentence each: tasks that were not shown, and less that is kept. */
export function worseMoves(before: MovePlan, after: MovePlan): string[] {
  if (after.apps.length === 0) {
    const [first] = after.stays;
    return [
      `nothing of it can be moved any more${first === undefined ? "" : `; ${first.app}: ${first.why}`}`,
    ];
  }
  return after.apps.flatMap((now) => {
    const was = before.apps.find(
      ({ frameworkId, app }) => frameworkId === now.frameworkId && app === now.app,
    );
    const shown = new Set(was?.tasks.map(({ id }) => id));
    const news = now.tasks
      .filter(({ id }) => !shown.has(id))
      .map(({ host }) => `a task of ${now.app} on ${host} would be killed as well`);
    if (was === undefined) return news;
    const less =
      now.minimum < was.minimum ? [`${now.app} would keep ${now.minimum} healthy, not ${was.minimum}`] : [];
    const blind =
      was.hasHealthChecks && !now.hasHealthChecks ? [`${now.app} has no health checks any more`] : [];
    return [...news, ...less, ...blind];
  });
}

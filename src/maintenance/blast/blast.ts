// What goes away with the machines?

import { type FrameworkNames, frameworkNamesIn } from "../cluster/framework-names.js";
import { machineKey } from "../cluster/machine.js";
import type { Task } from "../cluster/task.js";
import { RUNNING } from "../cluster/tasks.js";
import type { Agent, World } from "../cluster/world.js";
import { agentsOf, indexWorld, tasksOf, type WatchedMachine } from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import type { BlastRadius } from "../record/blast-radius.js";
import { capacityFor } from "./capacity.js";
import { placesOf, type Staying, stayingIn } from "./staying.js";

/**
 * What goes away with some machines. One pass over the world, shared by all who ask about the same one; each question
 * costs no more than the machines it is about.
 *
 * What "stays" is what runs on agents that are registered, active and not deactivated, on machines that are neither
 * chosen here nor draining nor Down: a copy on another machine that is itself on its way out does not keep an app alive,
 * and its agent neither keeps a rack alive nor has room for anybody.
 */
export function blastRadiusOf(world: World, machines: readonly WatchedMachine[]): BlastRadius {
  const index = indexWorld(world);
  const nameOf = frameworkNamesIn(world);
  const staying = stayingIn(world);
  const chosen = [...new Map(machines.map((watched) => [machineKey(watched.machine), watched])).values()];
  const tasks = chosen.flatMap((watched) => tasksOf(watched, index));
  const agents = chosen.flatMap((watched) => agentsOf(watched, index));
  return {
    tasks: tasks.length,
    frameworks: byFramework(tasks, nameOf),
    lastCopies: lastCopies(tasks, staying, nameOf),
    volumes: agents.flatMap(volumesOn),
    reservations: agents.flatMap(reservationsOn),
    emptied: emptied(agents, staying),
    capacity: capacityFor(tasks, agents, staying),
  };
}

/**
 * What goes away with batches that go down one after another: all their tasks, volumes and reservations; the apps and
 * places that lose everything with one of them; and the room for the batch that finds least.
 */
export function blastRadiusOfBatches(
  world: World,
  batches: readonly (readonly WatchedMachine[])[],
): BlastRadius {
  const all = blastRadiusOf(world, batches.flat());
  if (batches.length < 2) return all;
  const each = batches.map((machines) => blastRadiusOf(world, machines));
  const tightest = each.find(({ capacity }) => !capacity.fits) ?? each[0];
  return {
    ...all,
    lastCopies: each.flatMap(({ lastCopies }) => lastCopies),
    emptied: each.flatMap(({ emptied }) => emptied),
    capacity: tightest?.capacity ?? all.capacity,
  };
}

/** Largest first, then by name: the same picture always reads the same. */
function bySize(a: { name: string; tasks: number }, b: { name: string; tasks: number }): number {
  return b.tasks - a.tasks || (a.name < b.name ? -1 : 1);
}

function byFramework(tasks: readonly Task[], nameOf: FrameworkNames): BlastRadius["frameworks"] {
  return [...groupBy(tasks, (task) => task.frameworkId)]
    .map(([id, list]) => ({
      name: nameOf(id) ?? id,
      frameworkId: id,
      tasks: list.length,
      apps: [...groupBy(list, (task) => task.app)]
        .map(([name, copies]) => ({ name, tasks: copies.length }))
        .sort(bySize),
    }))
    .sort(bySize);
}

function lastCopies(
  tasks: readonly Task[],
  staying: Staying,
  nameOf: FrameworkNames,
): BlastRadius["lastCopies"] {
  const running = tasks.filter((task) => task.state === RUNNING);
  return [...groupBy(running, ({ frameworkId, app }) => JSON.stringify([frameworkId, app])).values()]
    .flatMap((copies) => {
      const [first] = copies;
      const ours = copies.filter((task) => staying.isStaying(task.agentId)).length;
      if (first === undefined || staying.copies(first.frameworkId, first.app) > ours) return [];
      const { frameworkId, app } = first;
      const framework = nameOf(frameworkId) ?? frameworkId;
      return [{ framework, frameworkId, app, copies: copies.length }];
    })
    .sort(
      (a, b) => order(a.framework, b.framework) || order(a.app, b.app) || order(a.frameworkId, b.frameworkId),
    );
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function volumesOn(agent: Agent): BlastRadius["volumes"] {
  const machine = machineKey(agent.machine);
  return (agent.resources?.volumes ?? []).map(({ id, role, sizeMb }) => ({ id, role, sizeMb, machine }));
}

function reservationsOn(agent: Agent): BlastRadius["reservations"] {
  const machine = machineKey(agent.machine);
  return (agent.resources?.reservations ?? [])
    .filter((reservation) => reservation.dynamic)
    .map(({ role, cpus, memMb }) => ({ role, machine, cpus, memMb }));
}

/** Places in which no agent stays. */
function emptied(agents: readonly Agent[], staying: Staying): BlastRadius["emptied"] {
  const located = agents.flatMap((agent) => placesOf(agent).map((place) => ({ agent, ...place })));
  return [...groupBy(located, ({ kind, name }) => JSON.stringify([kind, name])).values()]
    .flatMap((list) => {
      const [place] = list;
      const ours = list.filter(({ agent }) => staying.isStaying(agent.id)).length;
      if (place === undefined || staying.agentsIn(place) > ours) return [];
      return [{ kind: place.kind, name: place.name, agents: list.length }];
    })
    .sort((a, b) => order(a.kind, b.kind) || order(a.name, b.name));
}

import { isUnknown } from "../answers/verdicts.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { indexWorld, namesIn } from "../cluster/world-index.js";
import type { Policy } from "../policy/policy.js";
import type { Picture } from "../record/picture.js";
import type { Batch, Maintenance } from "../record/record.js";
import type { Millis } from "../time.js";
import { sameTime, windowOf } from "../window/edit.js";
import { earlierTimes } from "../window/ours.js";

/** Why a batch cannot be taken down as it stands, one clause per machine. */
export interface Obstacles {
  /** Not draining, in a window that is no longer ours, or no longer where its agent is: somebody has to put that right first (invariants 4 and 12). */
  readonly notOurs: readonly string[];
  /** Not known which tasks they run; after a fail-over; this passes by itself (invariant 2). */
  readonly unknown: readonly string[];
}

/** Machines on which no agent was ever seen: what runs there, if anything, nobody knows. */
export function machinesWithoutAgent({ machines, agents }: Batch): Machine[] {
  const known = new Set(agents.map((agent) => agent.machine));
  return machines.filter((machine) => !known.has(machineKey(machine)));
}

/** What stands in the way of asking for Down and of taking down. A machine that is already Down in our window does not. */
export function obstacles(world: World, batch: Batch, picture: Picture): Obstacles {
  const views = new Map(picture.machines.map((view) => [machineKey(view), view]));
  const names = namesIn(world, batch.machines);
  const notOurs: string[] = movedAgents(world, batch);
  const unknown: string[] = [];
  for (const machine of batch.machines) {
    const view = views.get(machineKey(machine));
    const window = windowOf(world.schedule, machine);
    if (view === undefined || view.mode === "up") {
      notOurs.push(`the master does not show ${names.of(machine)} as draining`);
    } else if (window === null || !sameTime(window, batch.window)) {
      const isEarlier = window !== null && earlierTimes(batch).some((time) => sameTime(window, time));
      const where = isEarlier ? "an earlier window of ours" : "another window than ours";
      notOurs.push(`${names.of(machine)} stands in ${where}`);
    } else if (view.recovering > 0) {
      unknown.push(
        `the agent on ${names.of(machine)} has not registered again since the fail-over, so its tasks are not known`,
      );
    }
  }
  // A copy on an agent that is not back yet is not shown: what is here would look like the last one.
  const away = world.recoveredAgents.length;
  if (unknown.length === 0 && away > 0) {
    const agents = away === 1 ? "one agent has" : `${away} agents have`;
    unknown.push(
      `${agents} not registered again since the fail-over, so it is not known what else runs in the cluster`,
    );
  }
  return { notOurs, unknown };
}

/**
 * What stands in the way of having the master kill what runs on the machines. Those in our window are taken out of it first;
 * an agent that is not registered cannot be drained.
 */
export function obstaclesToKill(world: World, batch: Batch, picture: Picture): Obstacles {
  const views = new Map(picture.machines.map((view) => [machineKey(view), view]));
  const names = namesIn(world, batch.machines);
  const notOurs: string[] = movedAgents(world, batch);
  const unknown: string[] = [];
  for (const machine of batch.machines) {
    const view = views.get(machineKey(machine));
    const window = windowOf(world.schedule, machine);
    const isOurs =
      window === null || [...earlierTimes(batch), batch.window].some((time) => sameTime(window, time));
    if (view?.mode === "down") notOurs.push(`${names.of(machine)} is Down`);
    else if (!isOurs) notOurs.push(`${names.of(machine)} stands in another window than ours`);
    else if (view === undefined || isUnknown(view))
      unknown.push(`an agent on ${names.of(machine)} is not registered, so the master cannot drain it`);
  }
  const away = world.recoveredAgents.length;
  if (unknown.length === 0 && away > 0)
    unknown.push(
      "agents have not registered again since the fail-over, so it is not known what else runs in the cluster",
    );
  return { notOurs, unknown };
}

/** Whether nothing stands in the way. */
export function isClear({ notOurs, unknown }: Obstacles): boolean {
  return notOurs.length === 0 && unknown.length === 0;
}

/** Whether the bot may ask as things stand; what speaks against it passes, or a person has to put it right first. */
export function mayAskNow(record: Maintenance, batch: Batch, picture: Picture, world: World): boolean {
  return record.held === null && isClear(obstacles(world, batch, picture));
}

/**
 * Until when the bot waits, before it asks by itself, for answers that the master has forgotten: frameworks that answer
 * give them again within seconds. `null` when none is missing, or when nobody is asked where the agent is away. Never
 * past the deadline.
 */
export function answersAwaitedUntil(
  { deadline }: Maintenance,
  picture: Picture,
  policy: Policy,
  nowMs: Millis,
): Millis | null {
  const erased = picture.verdicts.flatMap((row) =>
    row.verdict !== "silent" || row.erased === null || row.erased.why === "agent_away"
      ? []
      : [row.erased.erasedAtMs],
  );
  const until = Math.max(...erased) + policy.answersWaitMs;
  const latest = deadline === null || deadline.met ? until : Math.min(until, deadline.atMs);
  return latest > nowMs ? latest : null;
}

/**
 * Agents of the batch that registered again as another machine, one clause each: what would go Down is a machine without
 * an agent, and the tasks would live on (invariant 4).
 */
export function movedAgents(world: World, batch: Batch): string[] {
  const { registered } = indexWorld(world);
  const names = namesIn(world, batch.machines);
  return batch.agents.flatMap(({ id, machine: before }) => {
    const machine = registered.get(id)?.machine;
    if (machine === undefined || before === machineKey(machine)) return [];
    const host = before.split("|")[0];
    const name = machine.hostname.toLowerCase() === host ? machine.ip : `${machine.hostname} (${machine.ip})`;
    return [`the agent of ${names.of(before)} is now at ${name}; the window does not match it`];
  });
}

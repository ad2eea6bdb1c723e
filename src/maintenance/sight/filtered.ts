import { type MachineId, machineKey, machineName } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import type { Trouble } from "../record/record.js";
import { counted, list } from "../text/list.js";

/** Rights that a view without holes needs, by the names under which Mesos' ACLs grant them. */
export type Right =
  | "get_maintenance_schedules"
  | "get_maintenance_statuses"
  | "view_frameworks"
  | "view_tasks";

/** A proof that the master does not show us everything, and which rights are missing. */
export interface BlindSpot {
  readonly rights: readonly Right[];
  /** What contradicts what, as a part of a sentence. */
  readonly what: string;
}

/**
 * What proves that our view is filtered. A master never refuses a read: without rights it shows less, with status 200,
 * and a cluster full of windows and tasks looks like an idle one. Posting on top of that would wipe everybody's windows
 * (invariant 2), and going Down would kill what we called empty. Each proof is a contradiction within one world; where
 * nothing contradicts, nothing is proved either way.
 */
export function blindSpots(world: World): readonly BlindSpot[] {
  const { unscheduled, unlisted } = contradictions(world);
  const spots: BlindSpot[] = [];
  if (unscheduled.length > 0) {
    spots.push({
      rights: ["get_maintenance_schedules"],
      what: `${list(unscheduled)} in maintenance by the status or by inverse offers, and in no window of the schedule`,
    });
  }
  if (unlisted.length > 0) {
    spots.push({
      rights: ["get_maintenance_statuses"],
      what: `${list(unlisted)} in the schedule, and neither draining nor Down in the status`,
    });
  }
  return [...spots, ...unseenWork(world)];
}

/**
 * What is used without being visible. Agents and what is allocated on them are shown to everybody. That not one task in
 * the whole cluster is shown can have an innocent cause, executors that wait without tasks; it stops us all the same,
 * because nobody could say what goes away with a machine.
 */
function unseenWork(world: World): BlindSpot[] {
  const answered = world.status.draining.some((entry) => entry.answers.length > 0);
  const used = world.agents.filter(({ resources }) => (resources?.allocated.memMb ?? 0) > 0).length;
  if (world.frameworks.length === 0 && (used > 0 || answered || world.tasks.length > 0)) {
    return [
      {
        rights: ["view_frameworks", "view_tasks"],
        what: "resources in use or answers to inverse offers, and not one framework",
      },
    ];
  }
  if (world.tasks.length > 0 || used === 0) return [];
  return [
    {
      rights: ["view_tasks"],
      what: `resources in use on ${counted(used, "agent")}, and not one task (or executors wait there without tasks: then end them)`,
    },
  ];
}

/** What a tick, a plan and a click say when the view is filtered; `null` when nothing proves that. */
export function whyBlind(world: World): Omit<Trouble, "sinceMs"> | null {
  const spots = blindSpots(world);
  if (spots.length === 0) return null;
  const rights = [...new Set(spots.flatMap((spot) => spot.rights))];
  return {
    code: "filtered_read",
    what: `The master shows ${spots.map((spot) => spot.what).join("; ")}: the view we get is filtered.`,
    said: null,
    notDone:
      "Nothing is posted and nothing is concluded, because posting on a filtered view would wipe other people's windows.",
    next: `Grant the bot's principal ${rights.join(" and ")} on ANY; it goes on by itself then.`,
  };
}

/** The names of machines on which schedule, status and inverse offers contradict each other; empty when none does. */
export function hiddenMachines(world: World): readonly string[] {
  const { unscheduled, unlisted } = contradictions(world);
  return [...unscheduled, ...unlisted];
}

/**
 * What this world tells of our right to see windows. `proved`: we see one in schedule and status, and Mesos' own
 * authorizer grants both rights on all machines or on none, so whoever sees one sees all. `filtered`: something
 * contradicts. `unproved`: nothing is shown, which an idle cluster and missing rights have in common.
 */
export function sightOf(world: World): "proved" | "filtered" | "unproved" {
  if (blindSpots(world).length > 0) return "filtered";
  return world.schedule.windows.some((window) => window.machines.length > 0) ? "proved" : "unproved";
}

/**
 * Machines that one of schedule, status and inverse offers shows and another does not: a master gives every scheduled
 * machine a status, also one that no agent has.
 */
function contradictions(world: World): { unscheduled: readonly string[]; unlisted: readonly string[] } {
  const scheduled = new Set(world.schedule.windows.flatMap((window) => window.machines.map(machineKey)));
  const unscheduled = new Map<string, string>();
  const check = (machine: MachineId) => {
    const key = machineKey(machine);
    if (!scheduled.has(key)) unscheduled.set(key, machineName(machine));
  };
  for (const entry of world.status.draining) check(entry.machine);
  for (const machine of world.status.down) check(machine);
  const offered = new Set(
    world.frameworks.flatMap(({ inverseOffers }) => inverseOffers.map((each) => each.agentId)),
  );
  if (offered.size > 0) {
    const hosts = new Set(world.schedule.windows.flatMap((window) => window.machines).map(hostOf));
    // An agent of a scheduled host that came back under another IP keeps the inverse offers from before: no contradiction.
    for (const { id, machine } of world.agents) {
      if (offered.has(id) && !hosts.has(hostOf(machine))) check(machine);
    }
  }

  const listed = new Set(
    [...world.status.draining.map((entry) => entry.machine), ...world.status.down].map(machineKey),
  );
  const unlisted = new Map<string, string>();
  for (const machine of world.schedule.windows.flatMap((window) => window.machines)) {
    const key = machineKey(machine);
    if (!listed.has(key)) unlisted.set(key, machineName(machine));
  }
  return { unscheduled: [...unscheduled.values()], unlisted: [...unlisted.values()] };
}

function hostOf({ hostname = "" }: MachineId): string {
  return hostname.toLowerCase();
}

// Can we believe this view? A master never refuses a read: without rights it shows less, with status 200, and a cluster
// full of windows and tasks looks like an idle one.

import { indexAgents } from "../cluster/agent-index.js";
import { type MachineId, machineKey } from "../cluster/machine.js";
import type { Allocated, World } from "../cluster/world.js";
import { namesIn } from "../cluster/world-index.js";
import { type FoundTrouble, troubleOf } from "../record/troubles.js";
import { BY_ITSELF } from "../text/go-on.js";
import { counted, list } from "../text/list.js";
import type { Millis } from "../time.js";

/**
 * What one look at a master tells of our right to see windows (invariant 2). Asked once per look; the rules get the answer
 * with the moment.
 */
export type Sight =
  /**
   * We see a window in schedule and status. Mesos' own authorizer grants both rights on all machines or on none, so
   * whoever sees one sees all.
   */
  | { readonly kind: "windows" }
  /** No window and no machine in maintenance, of nobody: an idle cluster and missing rights look the same. */
  | { readonly kind: "nothing" }
  /** Something contradicts: the view has holes. */
  | { readonly kind: "filtered"; readonly contradictions: readonly Contradiction[] };

/** One look at the master: what it showed, whether that can be believed, and when it is decided on. */
export interface Look {
  readonly world: World;
  readonly sight: Sight;
  readonly nowMs: Millis;
}

/** What this world tells of our right to see windows. */
export function sightOf(world: World): Sight {
  const contradictions = contradictionsIn(world);
  if (contradictions.length > 0) return { kind: "filtered", contradictions };
  return { kind: world.schedule.windows.some(({ machines }) => machines.length > 0) ? "windows" : "nothing" };
}

/**
 * What has to be said beside whatever a view tells of windows and modes, so that nobody takes a view with holes for an idle
 * cluster; `null` once windows are seen.
 */
export function mayHide(sight: Sight): string | null {
  switch (sight.kind) {
    case "windows":
      return null;
    case "filtered":
      return "The view is filtered: rights are missing, and nothing is written until they are granted.";
    case "nothing":
      return "The schedule is empty, as far as the bot's principal may see.";
  }
}

/** What stands in the way of everything while the view is filtered; `null` when nothing proves that it is. */
export function whyFiltered(sight: Sight, goOn: string = BY_ITSELF): FoundTrouble | null {
  if (sight.kind !== "filtered") return null;
  const { contradictions } = sight;
  const blanks = {
    contradictions: contradictions.map(({ what }) => what).join("; "),
    rights: [...new Set(contradictions.flatMap(({ rights }) => rights))].join(" and "),
  };
  return troubleOf("filtered_read", blanks, goOn);
}

/** Rights that a view without holes needs, by the names under which Mesos' ACLs grant them. */
type Right = "get_maintenance_schedules" | "get_maintenance_statuses" | "view_frameworks" | "view_tasks";

/** Two things in one world that cannot both be the whole truth, and which rights are missing. */
interface Contradiction {
  readonly rights: readonly Right[];
  /** What contradicts what, as a part of a sentence. */
  readonly what: string;
}

/**
 * What proves that our view is filtered. Posting on top of that would wipe everybody's windows (invariant 2), and going
 * Down would kill what we called empty. Where nothing contradicts, nothing is proved either way.
 */
export function contradictionsIn(world: World): readonly Contradiction[] {
  const { unscheduled, unlisted } = machinesThatContradict(world);
  const found: Contradiction[] = [];
  if (unscheduled.length > 0) {
    found.push({
      rights: ["get_maintenance_schedules"],
      what: `${list(unscheduled)} in maintenance by the status or by inverse offers, and in no window of the schedule`,
    });
  }
  if (unlisted.length > 0) {
    found.push({
      rights: ["get_maintenance_statuses"],
      what: `${list(unlisted)} in the schedule, and neither draining nor Down in the status`,
    });
  }
  return [...found, ...hiddenWork(world)];
}

/**
 * What is used without being visible. Agents and what is allocated on them are shown to everybody. That not one task in
 * the whole cluster is shown can have an innocent cause, executors that wait without tasks; it stops us all the same,
 * because nobody could say what goes away with a machine.
 */
function hiddenWork(world: World): Contradiction[] {
  const answered = world.status.draining.some((entry) => entry.answers.length > 0);
  const used = inUse(world);
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

const counts = new WeakMap<Allocated, number>();

/** On how many agents something is allocated: counted once, for all worlds that show the same. */
function inUse({ allocated }: World): number {
  const known = counts.get(allocated);
  if (known !== undefined) return known;
  let used = 0;
  for (const { memMb } of allocated.values()) if (memMb > 0) used += 1;
  counts.set(allocated, used);
  return used;
}

/**
 * Machines that one of schedule, status and inverse offers shows and another does not: a master gives every scheduled
 * machine a status, also one that no agent has.
 */
function machinesThatContradict(world: World): {
  unscheduled: readonly string[];
  unlisted: readonly string[];
} {
  const scheduled = new Set(world.schedule.windows.flatMap((window) => window.machines.map(machineKey)));
  const names = namesIn(world);
  const unscheduled = new Map<string, string>();
  const check = (machine: MachineId) => {
    const key = machineKey(machine);
    if (!scheduled.has(key)) unscheduled.set(key, names.of(machine));
  };
  for (const entry of world.status.draining) check(entry.machine);
  for (const machine of world.status.down) check(machine);
  const offered = new Set(
    world.frameworks.flatMap(({ inverseOffers }) => inverseOffers.map((each) => each.agentId)),
  );
  if (offered.size > 0) {
    const hosts = new Set(world.schedule.windows.flatMap((window) => window.machines).map(hostOf));
    // An agent of a scheduled host that came back under another IP keeps the inverse offers from before: no contradiction.
    const { byId } = indexAgents(world.agents);
    for (const id of offered) {
      const machine = byId.get(id)?.machine;
      if (machine !== undefined && !hosts.has(hostOf(machine))) check(machine);
    }
  }

  const listed = new Set(
    [...world.status.draining.map((entry) => entry.machine), ...world.status.down].map(machineKey),
  );
  const unlisted = new Map<string, string>();
  for (const machine of world.schedule.windows.flatMap((window) => window.machines)) {
    const key = machineKey(machine);
    if (!listed.has(key)) unlisted.set(key, names.of(machine));
  }
  return { unscheduled: [...unscheduled.values()], unlisted: [...unlisted.values()] };
}

function hostOf({ hostname = "" }: MachineId): string {
  return hostname.toLowerCase();
}

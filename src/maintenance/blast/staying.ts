import type { Amounts } from "../cluster/task.js";
import { copiesOf, Tally } from "../cluster/tasks.js";
import type { Agent, World } from "../cluster/world.js";
import { agentsOn } from "../cluster/world-index.js";

import { nanosToMillis } from "../time.js";

/** The only state in which a copy does its work for certain. */

/** What would still be there without any maintenance of ours: counted once per world, then reduced by what we take. */
export interface Staying {
  isStaying(agentId: string): boolean;
  /** Running copies of an app of a framework. */
  copies(frameworkId: string, app: string): number;
  /** Agents in a rack, zone or region. */
  agentsIn(place: Place): number;
  /** What is not allocated on all these agents together. */
  readonly free: Amounts;
  /** Those with reservations: what is free on them depends on the role that asks. */
  readonly withReservations: readonly Agent[];
}

/** A rack, zone or region that an agent is in. */
export interface Place {
  readonly kind: string;
  readonly name: string;
}

const PLACE_ATTRIBUTES: ReadonlySet<string> = new Set(["rack", "zone", "region"]);

const DOMAIN_KINDS = ["region", "zone"] as const;

/** What says where an agent is. */
type Located = Pick<Agent, "attributes" | "region" | "zone">;

/** Where an agent is: by its attributes `rack`, `zone` and `region`, and by its fault domain. */
export function placesOf(agent: Located): Place[] {
  const places: Place[] = [];
  const add = (kind: string, name: string) => {
    // An attribute often repeats what the fault domain says.
    if (!places.some((place) => place.kind === kind && place.name === name)) places.push({ kind, name });
  };
  for (const { name, value } of agent.attributes) {
    const kind = name.toLowerCase();
    if (PLACE_ATTRIBUTES.has(kind)) add(kind, value);
  }
  for (const kind of DOMAIN_KINDS) {
    const name = agent[kind];
    if (name !== null) add(kind, name);
  }
  return places;
}

/** The zone that an agent is in, with its region, for zones of two regions may have one name; `null` where it says none. */
export function zoneOf(agent: Located): string | null {
  const places = placesOf(agent);
  const named = (wanted: string) =>
    places.find(({ kind }) => kind === wanted)?.name.replace(/[\\/]/g, "\\$&");
  const zone = named("zone");
  if (zone === undefined) return null;
  const region = named("region");
  return region === undefined ? zone : `${region}/${zone}`;
}

/** What is not allocated on an agent; one whose resources are not known counts as full. */
export function freeOn({ resources }: Agent): Amounts {
  if (resources === null) return { cpus: 0, memMb: 0 };
  return {
    cpus: Math.max(0, resources.total.cpus - resources.allocated.cpus),
    memMb: Math.max(0, resources.total.memMb - resources.allocated.memMb),
  };
}

const known = new WeakMap<World, Staying>();

/**
 * The agents that stay: registered, active, not deactivated, and on machines that are neither Down nor in a window that
 * has begun. One that begins later takes nothing away yet: what runs there keeps an app alive until then. Counted in one
 * pass and shared by everybody who looks at the same world.
 */
export function stayingIn(world: World): Staying {
  const found = known.get(world);
  if (found !== undefined) return found;
  const begun = world.schedule.windows.filter(({ start }) => nanosToMillis(start) <= world.observedAtMs);
  const away = [...begun.flatMap(({ machines }) => machines), ...world.status.down];
  const leaving = new Set(agentsOn(world, away).map(({ id }) => id));
  const ids = new Set<string>();
  const places = new Tally();
  const withReservations: Agent[] = [];
  const free = { cpus: 0, memMb: 0 };
  for (const agent of world.agents) {
    if (!isServing(agent) || leaving.has(agent.id)) continue;
    ids.add(agent.id);
    for (const { kind, name } of placesOf(agent)) places.add(kind, name);
    const rest = freeOn(agent);
    free.cpus += rest.cpus;
    free.memMb += rest.memMb;
    if (agent.resources !== null && agent.resources.reservations.length > 0) withReservations.push(agent);
  }
  const copies = world.tasks.running((id) => ids.has(id));
  const staying: Staying = {
    isStaying: (id) => ids.has(id),
    copies: (frameworkId, app) => copiesOf(copies, frameworkId, app),
    agentsIn: ({ kind, name }) => places.of(kind, name),
    free,
    withReservations,
  };
  known.set(world, staying);
  return staying;
}

/** Running copies of apps by framework, whatever is planned for their machines. */
export interface Running {
  /** On agents of any kind. */
  copies(frameworkId: string, app: string): number;
  /** On agents that are registered, active and not deactivated. */
  inService(frameworkId: string, app: string): number;
}

const running = new WeakMap<World, Running>();

/** Counted in one pass and shared by everybody who looks at the same world. */
export function runningIn(world: World): Running {
  const found = running.get(world);
  if (found !== undefined) return found;
  const serving = new Set(world.agents.filter(isServing).map(({ id }) => id));
  const all = world.tasks.running(() => true);
  const inService = world.tasks.running((id) => serving.has(id));
  const counted: Running = {
    copies: (frameworkId, app) => copiesOf(all, frameworkId, app),
    inService: (frameworkId, app) => copiesOf(inService, frameworkId, app),
  };
  running.set(world, counted);
  return counted;
}

/** Whether an agent takes and keeps tasks, as far as it is up to itself. */
export function isServing({ active, deactivated }: Agent): boolean {
  return active && !deactivated;
}

import type { Agent, Amounts, World } from "../cluster/world.js";
import { agentsOn } from "../cluster/world-index.js";
import { nanosToMillis } from "../time.js";

/** The only state in which a copy does its work for certain. */
export const RUNNING = "TASK_RUNNING";

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

/** Where an agent is: by its attributes `rack`, `zone` and `region`, and by its fault domain. */
export function placesOf(agent: Agent): Place[] {
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
  const copies = new Tally();
  const ids = new Set<string>();
  const places = new Tally();
  const withReservations: Agent[] = [];
  const free = { cpus: 0, memMb: 0 };
  for (const agent of world.agents) {
    if (!agent.active || agent.deactivated || leaving.has(agent.id)) continue;
    ids.add(agent.id);
    for (const { kind, name } of placesOf(agent)) places.add(kind, name);
    const rest = freeOn(agent);
    free.cpus += rest.cpus;
    free.memMb += rest.memMb;
    if (agent.resources !== null && agent.resources.reservations.length > 0) withReservations.push(agent);
  }
  // In the order of the answer, where the tasks of a framework stand together, and not agent by agent: on a large
  // cluster most of the time goes into fetching scattered tasks from memory.
  for (const task of world.tasks) {
    if (task.state === RUNNING && ids.has(task.agentId)) copies.add(task.frameworkId, task.app);
  }
  const staying: Staying = {
    isStaying: (id) => ids.has(id),
    copies: (frameworkId, app) => copies.of(frameworkId, app),
    agentsIn: ({ kind, name }) => places.of(kind, name),
    free,
    withReservations,
  };
  known.set(world, staying);
  return staying;
}

/** Counts by two names. Nested, because joining two names a hundred thousand times costs more than the counting. */
class Tally {
  readonly #counts = new Map<string, Map<string, { count: number }>>();

  add(first: string, second: string): void {
    let inner = this.#counts.get(first);
    if (inner === undefined) {
      inner = new Map();
      this.#counts.set(first, inner);
    }
    const known = inner.get(second);
    if (known === undefined) inner.set(second, { count: 1 });
    else known.count += 1;
  }

  of(first: string, second: string): number {
    return this.#counts.get(first)?.get(second)?.count ?? 0;
  }
}

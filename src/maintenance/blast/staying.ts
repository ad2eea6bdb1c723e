import { atOnce } from "../at-once.js";
import { AGENTS_AT_ONCE } from "../cluster/agent-index.js";
import type { Amounts } from "../cluster/task.js";
import { copiesOf, RUNNING, Tally, type Tasks } from "../cluster/tasks.js";
import type { Agent, Allocated, World } from "../cluster/world.js";
import { agentsOn, indexWorld } from "../cluster/world-index.js";
import { nanosToMillis } from "../time.js";

/** What would still be there without any maintenance of ours: counted once per world, then reduced by what we take. */
export interface Staying {
  isStaying(agentId: string): boolean;
  /** Running copies of an app of a framework. */
  copies(frameworkId: string, app: string): number;
  /** Agents in a rack, zone or region. */
  agentsIn(place: Place): number;
  /** What is not allocated on all these agents together. */
  readonly free: Amounts;
  /** What is not allocated on an agent. One of which that is not known counts as full. */
  freeOn(agent: Agent): Amounts;
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

function freeOn({ id, resources }: Agent, allocated: Allocated): Amounts {
  const used = allocated.get(id);
  if (resources === null || used === undefined) return { cpus: 0, memMb: 0 };
  return {
    cpus: Math.max(0, resources.total.cpus - used.cpus),
    memMb: Math.max(0, resources.total.memMb - used.memMb),
  };
}

/** What serves, whatever is planned. */
interface Serving {
  readonly ids: ReadonlySet<string>;
  readonly places: Tally;
  readonly withReservations: readonly Agent[];
}

const serving = new WeakMap<readonly Agent[], Serving>();

/** Counted in one pass over the agents and shared by all worlds that show the same ones. */
function servingAmong(agents: readonly Agent[]): Serving {
  return serving.get(agents) ?? atOnce(countedServing(agents));
}

/** Counts them with pauses. */
function* countedServing(agents: readonly Agent[]): Generator<void, Serving, void> {
  const known = serving.get(agents);
  if (known !== undefined) return known;
  const ids = new Set<string>();
  const places = new Tally();
  const withReservations: Agent[] = [];
  for (const [at, agent] of agents.entries()) {
    if (at % AGENTS_AT_ONCE === 0) yield;
    if (!isServing(agent)) continue;
    ids.add(agent.id);
    for (const { kind, name } of placesOf(agent)) places.add(kind, name);
    if ((agent.resources?.reservations.length ?? 0) > 0) withReservations.push(agent);
  }
  const found: Serving = { ids, places, withReservations };
  serving.set(agents, found);
  return found;
}

const known = new WeakMap<World, Staying>();

/**
 * The agents that stay: registered, active, not deactivated, and on machines that are neither Down nor in a window that
 * has begun. One that begins later takes nothing away yet: what runs there keeps an app alive until then. Shared by everybody who
 * looks at the same world: what serves, without the few that leave.
 */
export function stayingIn(world: World): Staying {
  const found = known.get(world);
  if (found !== undefined) return found;
  const begun = world.schedule.windows.filter(({ start }) => nanosToMillis(start) <= world.observedAtMs);
  const away = [...begun.flatMap(({ machines }) => machines), ...world.status.down];
  const { ids, places, withReservations } = servingAmong(world.agents);
  const { registered, tasks } = indexWorld(world);
  const leaving = new Set(
    agentsOn(world, away)
      .map(({ id }) => id)
      .filter((id) => ids.has(id)),
  );
  const [leavingPlaces, leavingCopies] = [new Tally(), new Tally()];
  for (const id of leaving) {
    const agent = registered.get(id);
    if (agent !== undefined) for (const { kind, name } of placesOf(agent)) leavingPlaces.add(kind, name);
    for (const task of tasks.on(id))
      if (task.state === RUNNING) leavingCopies.add(task.frameworkId, task.app);
  }
  const isStaying = (id: string) => ids.has(id) && !leaving.has(id);
  const { inService } = runningIn(world);
  const staying: Staying = {
    isStaying,
    copies: (frameworkId, app) => inService(frameworkId, app) - leavingCopies.of(frameworkId, app),
    agentsIn: ({ kind, name }) => places.of(kind, name) - leavingPlaces.of(kind, name),
    free: freeOnStaying(world, leaving),
    freeOn: (agent) => freeOn(agent, world.allocated),
    withReservations: withReservations.filter(({ id }) => !leaving.has(id)),
  };
  known.set(world, staying);
  return staying;
}

/** On all that serve, without the few that leave. */
function freeOnStaying(world: World, leaving: ReadonlySet<string>): Amounts {
  const { registered } = indexWorld(world);
  const all = freeAmong(world);
  const free = { cpus: all.cpus, memMb: all.memMb };
  for (const id of leaving) {
    const agent = registered.get(id);
    if (agent === undefined) continue;
    const gone = freeOn(agent, world.allocated);
    free.cpus = Math.max(0, free.cpus - gone.cpus);
    free.memMb = Math.max(0, free.memMb - gone.memMb);
  }
  return free;
}

const freeOf = new WeakMap<Allocated, { readonly agents: readonly Agent[]; readonly free: Amounts }>();

/** What is not allocated on all agents that serve: added up once, for all worlds that show the same. */
function freeAmong(world: World): Amounts {
  return knownFree(world) ?? atOnce(addedFree(world));
}

function knownFree({ agents, allocated }: World): Amounts | null {
  const found = freeOf.get(allocated);
  return found?.agents === agents ? found.free : null;
}

/** Adds it up with pauses. */
function* addedFree({ agents, allocated }: World): Generator<void, Amounts, void> {
  const free = { cpus: 0, memMb: 0 };
  for (const [at, agent] of agents.entries()) {
    if (at % AGENTS_AT_ONCE === 0) yield;
    if (!isServing(agent)) continue;
    const rest = freeOn(agent, allocated);
    free.cpus += rest.cpus;
    free.memMb += rest.memMb;
  }
  freeOf.set(allocated, { agents, free });
  return free;
}

/** Counts with pauses what `runningIn` and `stayingIn` have then. */
export function* prepareStaying(world: World): Generator<void, void, void> {
  yield* countedServing(world.agents);
  yield* countedRunning(world);
  yield;
  if (knownFree(world) === null) yield* addedFree(world);
  stayingIn(world);
}

/** Running copies of apps by framework, whatever is planned for their machines. */
export interface Running {
  /** On agents of any kind. */
  copies(frameworkId: string, app: string): number;
  /** On agents that are registered, active and not deactivated. */
  inService(frameworkId: string, app: string): number;
}

const running = new WeakMap<Tasks, { readonly agents: readonly Agent[]; readonly counted: Running }>();

/** Counted in one pass over the tasks and shared by all worlds that show the same tasks and agents. */
export function runningIn(world: World): Running {
  return knownRunning(world) ?? atOnce(countedRunning(world));
}

function knownRunning({ tasks, agents }: World): Running | null {
  const found = running.get(tasks);
  return found?.agents === agents ? found.counted : null;
}

/** Counts them with pauses. */
function* countedRunning(world: World): Generator<void, Running, void> {
  const known = knownRunning(world);
  if (known !== null) return known;
  const { tasks, agents } = world;
  const { ids } = servingAmong(agents);
  const all = yield* tasks.running(() => true);
  const inService = yield* tasks.running((id) => ids.has(id));
  const counted: Running = {
    copies: (frameworkId, app) => copiesOf(all, frameworkId, app),
    inService: (frameworkId, app) => copiesOf(inService, frameworkId, app),
  };
  running.set(tasks, { agents, counted });
  return counted;
}

/** Whether an agent takes and keeps tasks, as far as it is up to itself. */
export function isServing({ active, deactivated }: Agent): boolean {
  return active && !deactivated;
}

import { ByteBudget } from "../base/answer.js";
import { inTurns } from "../base/in-turns.js";
import { indexedAgents } from "../maintenance/cluster/agent-index.js";
import type { Schedule } from "../maintenance/cluster/schedule.js";
import { type Agent, ENDED_WITHIN_MS, type World } from "../maintenance/cluster/world.js";
import { sightOf } from "../maintenance/sight/sight.js";
import type { Leader } from "./ask-master.js";
import { type Caller, MovedError } from "./caller.js";
import {
  GET_AGENTS,
  GET_FRAMEWORKS,
  GET_MAINTENANCE_SCHEDULE,
  GET_MAINTENANCE_STATUS,
  GET_MASTER,
  GET_TASKS,
} from "./calls.js";
import { mesosError } from "./errors/errors.js";
import type { KeptView } from "./kept-view.js";
import type { LeaderFinder } from "./leader.js";
import { whole } from "./read/answer-reader.js";
import type { KnownAgents } from "./read/known-agents.js";
import { agentsReader } from "./read/read-agents.js";
import { readFrameworks, readMaster, readSchedule, readStatus } from "./read/read-replies.js";
import { tasksReader } from "./read/read-tasks.js";

export interface SnapshotOptions {
  readonly cluster: string;
  readonly caller: Caller;
  readonly leader: LeaderFinder;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What all answers to one observation may take together. */
  readonly largestLookBytes: number;
  readonly kept: KeptView;
  /** Told how many tasks and agents were not as they had been kept. */
  readonly onDifference: (count: number) => void;
}

/** How often a cluster is read until one reading is from one leader. */
const READINGS = 4;

/** Takes observations of a cluster, each from one leader. */
export class Snapshots {
  readonly #options: SnapshotOptions;
  /** Of the last observation: after a fail-over it alone tells on which machine an agent was. */
  #lastAgents: readonly Agent[] = [];
  /** Of the last whole reading: what the next one says the same of is not made anew. */
  #known: KnownAgents | null = null;

  constructor(options: SnapshotOptions) {
    this.#options = options;
  }

  /**
   * One consistent observation: the same leader before and after, by its id, and from no other master in between.
   *
   * @param how `look`: agents and tasks may be those kept by the event stream (`World.wholeAtMs`), which spares the master most
   * of it.
   * @throws MesosError; `leader_unsettled` if the leader changed each time.
   */
  async take(how: "whole" | "look" = "whole"): Promise<World> {
    const { cluster, leader, kept, onDifference } = this.#options;
    const differing = await kept.prove();
    if (differing !== null && differing > 0) onDifference(differing);
    let mayKeep = how === "look";
    let rereadForHidden = true;
    let reason: unknown;
    const budget = new ByteBudget(this.#options.largestLookBytes);
    for (let reading = 1; reading <= READINGS; reading += 1) {
      const leading = await leader.find();
      let world: World | null;
      try {
        world = mayKeep ? await this.#keptFrom(leading, budget) : await this.#wholeFrom(leading, budget);
      } catch (error) {
        if (!(error instanceof MovedError)) throw error;
        reason = error.reason;
        if (reading === READINGS && error.reason.status === null) throw error.reason;
        continue;
      }
      mayKeep = false;
      if (world === null) continue;
      await inTurns(indexedAgents(world.agents));
      // What changes between our reads, such as a window posted by somebody, looks like a filtered view; one stays so.
      if (rereadForHidden && sightOf(world).kind === "filtered") {
        rereadForHidden = false;
        continue;
      }
      this.#lastAgents = [...world.agents, ...world.recoveredAgents];
      return world;
    }
    throw mesosError("leader_unsettled", { cluster }, { sent: "yes", cause: reason });
  }

  /**
   * The schedule as it stands now at the leader of this id; `null` if another one leads, which is also what a master
   * is after a restart: it may hide what the one before showed, so nothing that was decided on that fits (invariant 2).
   *
   * @throws MesosError
   */
  async scheduleOf(leaderId: string): Promise<Schedule | null> {
    const { caller, leader } = this.#options;
    const { endpoint } = await leader.find();
    try {
      // Side by side: every moment between this read and the post is one in which other people's edits get lost.
      const [schedule, { id }] = await Promise.all([
        caller.readAt(endpoint, GET_MAINTENANCE_SCHEDULE, whole(readSchedule)),
        caller.readAt(endpoint, GET_MASTER, whole(readMaster)),
      ]);
      return id === leaderId ? schedule : null;
    } catch (error) {
      if (error instanceof MovedError) return null;
      throw error;
    }
  }

  /** With the agents and tasks that are kept; `null` as `#wholeFrom`, and where they stopped being kept meanwhile. */
  async #keptFrom(leading: Leader, budget: ByteBudget): Promise<World | null> {
    const { kept, now } = this.#options;
    if (kept.of(leading.id, now()) === null) return await this.#wholeFrom(leading, budget);
    const observedAtMs = now();
    const untold = await this.#untoldBy(leading, budget);
    const master = await this.#stillLeading(leading, budget);
    // With what was told meanwhile.
    const view = kept.of(leading.id, now());
    return master === null || view === null ? null : { ...master, observedAtMs, ...untold, ...view };
  }

  /** `null` if another leader, or the same one after a restart, answered in the end. */
  async #wholeFrom(leading: Leader, budget: ByteBudget): Promise<World | null> {
    const { caller, kept, now } = this.#options;
    const { endpoint } = leading;
    const observedAtMs = now();
    const keeping = kept.begin();
    try {
      const reading = caller.readAt(endpoint, GET_AGENTS, () => agentsReader(this.#known), budget);
      const [{ agents, allocated, recoveredAgents, known }, tasksRead, untold] = await Promise.all([
        reading,
        // After the agents: an agent that comes back in between must not be shown without its tasks, as if it were empty.
        reading.then(() =>
          caller.readAt(endpoint, GET_TASKS, () => tasksReader(observedAtMs - ENDED_WITHIN_MS), budget),
        ),
        this.#untoldBy(leading, budget),
      ]);
      this.#known = known;
      const master = await this.#stillLeading(leading, budget);
      if (master === null) return null;
      const { tasks, goneAgents, ended } = tasksRead;
      const world = {
        ...master,
        observedAtMs,
        wholeAtMs: observedAtMs,
        agents,
        allocated,
        recoveredAgents: this.#withKnownIps(recoveredAgents),
        ...untold,
        tasks,
        goneAgents,
        ended,
      };
      keeping.keep(world);
      return world;
    } finally {
      keeping.end();
    }
  }

  /** What no event tells of. */
  async #untoldBy(
    { endpoint }: Leader,
    budget: ByteBudget,
  ): Promise<Pick<World, "frameworks" | "schedule" | "status">> {
    const { caller } = this.#options;
    const [frameworks, schedule, status] = await Promise.all([
      caller.readAt(endpoint, GET_FRAMEWORKS, whole(readFrameworks), budget),
      caller.readAt(endpoint, GET_MAINTENANCE_SCHEDULE, whole(readSchedule), budget),
      caller.readAt(endpoint, GET_MAINTENANCE_STATUS, whole(readStatus), budget),
    ]);
    return { frameworks, schedule, status };
  }

  /** Asked last: with the same id as before, everything in between is from the same leader. `null` with another one. */
  async #stillLeading(
    leading: Leader,
    budget: ByteBudget,
  ): Promise<Pick<World, "cluster" | "leader" | "leaderId" | "version" | "electedAtMs"> | null> {
    const { cluster, caller, leader } = this.#options;
    const { endpoint } = leading;
    const { id, version, electedAtMs } = await caller.readAt(endpoint, GET_MASTER, whole(readMaster), budget);
    if (id === leading.id) return { cluster, leader: endpoint.name, leaderId: id, version, electedAtMs };
    leader.remember({ endpoint, id, version, electedAtMs });
    return null;
  }

  /** A master tells no IP of an agent that has not registered again; we may have seen it before (invariant 4). */
  #withKnownIps(recovered: readonly Agent[]): readonly Agent[] {
    if (recovered.length === 0) return recovered;
    const machines = new Map(this.#lastAgents.map((agent) => [agent.id, agent.machine]));
    return recovered.map((agent) => ({ ...agent, machine: machines.get(agent.id) ?? agent.machine }));
  }
}

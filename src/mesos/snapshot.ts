import { ByteBudget } from "../base/answer.js";
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
import type { LeaderFinder } from "./leader.js";
import { whole } from "./read/answer-reader.js";
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
}

/** How often a cluster is read until one reading is from one leader. */
const READINGS = 4;

/** Takes observations of a cluster, each from one leader. */
export class Snapshots {
  readonly #options: SnapshotOptions;
  /** Of the last observation: after a fail-over it alone tells on which machine an agent was. */
  #lastAgents: readonly Agent[] = [];

  constructor(options: SnapshotOptions) {
    this.#options = options;
  }

  /**
   * One consistent observation: the same leader before and after, by its id, and from no other master in between.
   *
   * @throws MesosError; `leader_unsettled` if the leader changed each time.
   */
  async take(): Promise<World> {
    const { cluster, leader } = this.#options;
    let rereadForHidden = true;
    let reason: unknown;
    const budget = new ByteBudget(this.#options.largestLookBytes);
    for (let reading = 1; reading <= READINGS; reading += 1) {
      const leading = await leader.find();
      let world: World | null;
      try {
        world = await this.#readFrom(leading, budget);
      } catch (error) {
        if (!(error instanceof MovedError)) throw error;
        reason = error.reason;
        if (reading === READINGS && error.reason.status === null) throw error.reason;
        continue;
      }
      if (world === null) continue;
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

  /** `null` if another leader, or the same one after a restart, answered in the end. */
  async #readFrom(leading: Leader, budget: ByteBudget): Promise<World | null> {
    const { cluster, caller, leader, now } = this.#options;
    const { endpoint } = leading;
    const observedAtMs = now();
    const reading = caller.readAt(endpoint, GET_AGENTS, agentsReader, budget);
    const [{ agents, recoveredAgents }, { tasks, goneAgents, ended }, frameworks, schedule, status] =
      await Promise.all([
        reading,
        // After the agents: an agent that comes back in between must not be shown without its tasks, as if it were empty.
        reading.then(() =>
          caller.readAt(endpoint, GET_TASKS, () => tasksReader(observedAtMs - ENDED_WITHIN_MS), budget),
        ),
        caller.readAt(endpoint, GET_FRAMEWORKS, whole(readFrameworks), budget),
        caller.readAt(endpoint, GET_MAINTENANCE_SCHEDULE, whole(readSchedule), budget),
        caller.readAt(endpoint, GET_MAINTENANCE_STATUS, whole(readStatus), budget),
      ]);
    // Asked last: with the same id as before, everything in between is from the same leader.
    const { id, version, electedAtMs } = await caller.readAt(endpoint, GET_MASTER, whole(readMaster), budget);
    if (id !== leading.id) {
      leader.remember({ endpoint, id, version, electedAtMs });
      return null;
    }
    return {
      cluster,
      leader: endpoint.name,
      leaderId: id,
      version,
      electedAtMs,
      observedAtMs,
      agents,
      recoveredAgents: this.#withKnownIps(recoveredAgents),
      schedule,
      status,
      frameworks,
      tasks,
      goneAgents,
      ended,
    };
  }

  /** A master tells no IP of an agent that has not registered again; we may have seen it before (invariant 4). */
  #withKnownIps(recovered: readonly Agent[]): readonly Agent[] {
    if (recovered.length === 0) return recovered;
    const machines = new Map(this.#lastAgents.map((agent) => [agent.id, agent.machine]));
    return recovered.map((agent) => ({ ...agent, machine: machines.get(agent.id) ?? agent.machine }));
  }
}

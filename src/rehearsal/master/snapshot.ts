import type { Schedule } from "../../maintenance/cluster/schedule.js";
import type { Leading } from "./leadership.js";
import type { MasterState, Mode, Presence } from "./state.js";

/** The master as tests and the demo look at it. Times in nanoseconds are bigint. */
export interface RehearsalSnapshot {
  /** MasterInfo.id. */
  readonly id: string;
  readonly leading: Leading;
  readonly schedule: Schedule;
  /** By machine key (`machineKey`), of all machines the master knows. */
  readonly modes: ReadonlyMap<string, Mode>;
  readonly agents: readonly {
    readonly id: string;
    readonly hostname: string;
    readonly ip: string;
    readonly presence: Presence;
    readonly deactivated: boolean;
    readonly drain: "DRAINING" | "DRAINED" | null;
  }[];
  readonly frameworks: readonly { readonly id: string; readonly name: string; readonly presence: string }[];
  /** Running ones, also those a master just failed over to cannot see yet. */
  readonly tasks: readonly {
    readonly id: string;
    readonly name: string;
    readonly framework: string;
    readonly host: string;
    readonly state: string;
  }[];
  readonly lostTasks: number;
  readonly answers: readonly {
    readonly framework: string;
    readonly machine: string;
    readonly answer: "ACCEPT" | "DECLINE";
    readonly at: bigint;
  }[];
  /** Asked and not answered. */
  readonly inverseOffers: readonly { readonly framework: string; readonly machine: string }[];
  /** Open event streams. */
  readonly subscribers: number;
}

export function snapshotOf(state: MasterState, leading: Leading, subscribers: number): RehearsalSnapshot {
  const nameOf = new Map(state.frameworks.map(({ id, spec }) => [id, spec.name]));
  const hostOf = new Map(state.agents.map(({ id, spec }) => [id, spec.hostname]));
  const framework = (id: string) => nameOf.get(id) ?? id;
  return {
    id: state.id,
    leading,
    schedule: state.schedule,
    modes: new Map([...state.machines].map(([key, { mode }]) => [key, mode])),
    agents: state.agents.map(({ id, spec, presence, deactivated, drain }) => {
      const { hostname, ip } = spec;
      return { id, hostname, ip, presence, deactivated, drain: drain?.state ?? null };
    }),
    frameworks: state.frameworks.map(({ id, spec, presence }) => ({ id, name: spec.name, presence })),
    tasks: state.tasks.map(({ id, name, frameworkId, agentId, state: taskState }) => ({
      id,
      name,
      framework: framework(frameworkId),
      host: hostOf.get(agentId) ?? agentId,
      state: taskState,
    })),
    lostTasks: state.completedTasks.filter((task) => task.state === "TASK_LOST").length,
    answers: state.answers.map(({ frameworkId, key, answer, ns }) => ({
      framework: framework(frameworkId),
      machine: key,
      answer,
      at: ns,
    })),
    inverseOffers: state.inverseOffers.map(({ frameworkId, key }) => ({
      framework: framework(frameworkId),
      machine: key,
    })),
    subscribers,
  };
}

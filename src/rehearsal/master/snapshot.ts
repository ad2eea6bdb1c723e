import type { Leading } from "./leadership.js";
import type { MasterState } from "./state.js";

/** The master as tests and the demo look at it; `subscribers` are open event streams. Times in nanoseconds are bigint. */
export function snapshotOf(state: MasterState, leading: Leading, subscribers: number) {
  const nameOf = new Map(state.frameworks.map(({ id, spec }) => [id, spec.name]));
  const hostOf = new Map(state.agents.map(({ id, spec }) => [id, spec.hostname]));
  const framework = (id: string) => nameOf.get(id) ?? id;
  return {
    /** MasterInfo.id. */
    id: state.id,
    leading,
    schedule: state.schedule,
    /** By machine key (`machineKey`), of all machines the master knows. */
    modes: new Map([...state.machines].map(([key, { mode }]) => [key, mode])),
    agents: state.agents.map(({ id, spec, presence, link, deactivated, drain }) => {
      const { hostname, ip } = spec;
      return { id, hostname, ip, presence, link, deactivated, drain: drain?.state ?? null };
    }),
    frameworks: state.frameworks.map(({ id, spec, presence }) => ({ id, name: spec.name, presence })),
    /** Running ones, also those that the master cannot see. */
    tasks: state.tasks.map((task) => ({
      id: task.id,
      name: task.name,
      framework: framework(task.frameworkId),
      host: hostOf.get(task.agentId) ?? task.agentId,
      state: task.state,
    })),
    lostTasks: state.completedTasks.filter((task) => task.state === "TASK_LOST").length,
    answers: state.answers.map(({ frameworkId, key, answer, ns }) => ({
      framework: framework(frameworkId),
      machine: key,
      answer,
      at: ns,
    })),
    /** Asked and not answered. */
    inverseOffers: state.inverseOffers.map(({ frameworkId, key }) => ({
      framework: framework(frameworkId),
      machine: key,
    })),
    subscribers,
  };
}

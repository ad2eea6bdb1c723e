import { machineKey } from "../../maintenance/cluster/machine.js";
import { registerAgents, withAgents } from "./agents.js";
import { thenAsk } from "./maintenance.js";
import {
  type AgentState,
  type Change,
  type MasterEvent,
  type MasterState,
  type Moment,
  withoutEvents,
} from "./state.js";

/** Where a master keeps schedule, modes and the list of agents; the values are those of its flag `--registry`. */
export type Registry = "replicated_log" | "in_memory";

/**
 * Another master is elected, or one with a registry in memory is started again. Answers, outstanding inverse offers and
 * what is known of tasks are gone, and frameworks unknown until they register again. From a replicated log come back the
 * schedule, the modes and the list of agents, which are only recovered; from memory nothing.
 */
export function failOver(state: MasterState, id: string, registry: Registry, now: Moment): Change {
  const isKept = registry === "replicated_log";
  const scheduled = new Set(state.schedule.windows.flatMap(({ machines }) => machines.map(machineKey)));
  const left = (agent: AgentState): AgentState => {
    if (!isKept && agent.presence === "recovered") return { ...agent, presence: "unreachable" };
    if (agent.presence !== "registered") return agent;
    return { ...agent, presence: isKept ? "recovered" : "unreachable" };
  };
  return withoutEvents({
    ...withAgents(state, left),
    id,
    electedNs: now.ns,
    schedule: isKept ? state.schedule : { windows: [] },
    machines: isKept ? new Map([...state.machines].filter(([key]) => scheduled.has(key))) : new Map(),
    frameworks: state.frameworks.map((framework) => ({ ...framework, presence: "absent" })),
    answers: [],
    inverseOffers: [],
    unreachableTasks: [],
    completedTasks: [],
  });
}

/** Agents whose path is whole register again with their tasks; frameworks that have some are known, but not connected. */
export function reregisterAgents(state: MasterState, now: Moment): Change {
  return registerAgents(state, ({ presence, link }) => presence !== "away" && link === "connected", now);
}

/** Frameworks register again under their old ids, and are asked again. */
export function reregisterFrameworks(state: MasterState, now: Moment): Change {
  return thenAsk(state, now, (before) => {
    const events: MasterEvent[] = [];
    const frameworks = before.frameworks.map((framework) => {
      if (framework.presence === "registered") return framework;
      const back = { ...framework, presence: "registered", reregisteredNs: now.ns } as const;
      const type = framework.presence === "absent" ? "FRAMEWORK_ADDED" : "FRAMEWORK_UPDATED";
      events.push({ type, framework: back });
      return back;
    });
    return { state: { ...before, frameworks }, events };
  });
}

/** A framework's connection ends. Nothing is asked of it until it subscribes again; its answers stand, times included. */
export function disconnectFramework(state: MasterState, id: string, now: Moment): Change {
  const frameworks = state.frameworks.map((framework) =>
    framework.id === id ? ({ ...framework, presence: "disconnected" } as const) : framework,
  );
  return thenAsk({ ...state, frameworks }, now);
}

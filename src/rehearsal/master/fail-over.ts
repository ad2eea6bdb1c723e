import { machineKey } from "../../maintenance/cluster/machine.js";
import { registerAgents, withAgents } from "./agents.js";
import { thenAsk } from "./maintenance.js";
import { type Change, type MasterEvent, type MasterState, type Moment, withoutEvents } from "./state.js";

/**
 * Another master is elected. The schedule and the modes come back from the registry; answers, outstanding inverse offers
 * and ended tasks are gone; agents are only recovered and frameworks unknown until they register again.
 */
export function failOver(state: MasterState, id: string, now: Moment): Change {
  const scheduled = new Set(state.schedule.windows.flatMap(({ machines }) => machines.map(machineKey)));
  const recovered = withAgents(state, (agent) =>
    agent.presence === "registered" ? { ...agent, presence: "recovered" } : agent,
  );
  return withoutEvents({
    ...recovered,
    id,
    electedNs: now.ns,
    machines: new Map([...state.machines].filter(([key]) => scheduled.has(key))),
    frameworks: state.frameworks.map((framework) => ({ ...framework, presence: "absent" })),
    answers: [],
    inverseOffers: [],
    completedTasks: [],
  });
}

/** Recovered agents register again with their tasks; frameworks that have some are known, but not yet connected. */
export function reregisterAgents(state: MasterState, now: Moment): Change {
  const back = registerAgents(state, (agent) => agent.presence === "recovered", now);
  const running = new Set(back.state.tasks.map((task) => task.frameworkId));
  const frameworks = back.state.frameworks.map((framework) =>
    framework.presence === "absent" && running.has(framework.id)
      ? ({ ...framework, presence: "recovered" } as const)
      : framework,
  );
  return { state: { ...back.state, frameworks }, events: back.events };
}

/** Frameworks register again under their old ids, and are asked again. */
export function reregisterFrameworks(state: MasterState, now: Moment): Change {
  return thenAsk(state, now, (before) => {
    const events: MasterEvent[] = [];
    const frameworks = before.frameworks.map((framework) => {
      if (framework.presence === "registered") return framework;
      const back = { ...framework, presence: "registered", reregisteredNs: now.ns } as const;
      const type = framework.presence === "recovered" ? "FRAMEWORK_UPDATED" : "FRAMEWORK_ADDED";
      events.push({ type, framework: back });
      return back;
    });
    return { state: { ...before, frameworks }, events };
  });
}

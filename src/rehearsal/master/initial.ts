import { knowMachines, newAgent } from "./agents.js";
import type { RehearsalOptions } from "./options.js";
import type { AgentState, FrameworkState, MasterState, Moment, TaskState } from "./state.js";
import { newTask } from "./tasks.js";

const HOUR_NS = 3_600_000_000_000n;

/**
 * The cluster before anything has happened, its master elected an hour ago. Throws an `Error` for a task or offer on a
 * host without an agent.
 */
export function initialState(
  options: Pick<RehearsalOptions, "agents" | "frameworks" | "returnAfterMs">,
  id: string,
  now: Moment,
): MasterState {
  const agents = options.agents.map((spec, at) => newAgent(spec, `${id}-S${at}`, now));
  const frameworks = options.frameworks.map(
    (spec, at): FrameworkState => ({
      id: `${id}-${String(at).padStart(4, "0")}`,
      spec,
      presence: "registered",
      registeredNs: now.ns,
      reregisteredNs: now.ns,
      lastMoveMs: null,
    }),
  );
  const tasks = initialTasks(agents, frameworks, now);
  return knowMachines({
    id,
    electedNs: now.ns - HOUR_NS,
    schedule: { windows: [] },
    machines: new Map(),
    agents,
    frameworks,
    tasks,
    unreachableTasks: [],
    completedTasks: [],
    inverseOffers: [],
    answers: [],
    returnAfterMs: options.returnAfterMs ?? null,
    counter: tasks.length,
  });
}

function initialTasks(
  agents: readonly AgentState[],
  frameworks: readonly FrameworkState[],
  now: Moment,
): readonly TaskState[] {
  const ids = new Map(agents.map(({ id, spec }) => [spec.hostname.toLowerCase(), id]));
  const tasks: TaskState[] = [];
  for (const framework of frameworks) {
    const { name, holdsOffersOn = [] } = framework.spec;
    const agentOn = (hostname: string): string => {
      const id = ids.get(hostname.toLowerCase());
      if (id !== undefined) return id;
      throw new Error(
        `Framework ${name} is on ${hostname}, where there is no agent; the master was not started. Add an agent of that name.`,
      );
    };
    holdsOffersOn.forEach(agentOn);
    for (const task of framework.spec.tasks) {
      tasks.push(newTask({ ...task, agentId: agentOn(task.on) }, framework, tasks.length + 1, now));
    }
  }
  return tasks;
}

import { agentKey, knowMachines } from "./agents.js";
import type { RehearsalOptions } from "./options.js";
import type { AgentState, FrameworkState, MasterState, Moment } from "./state.js";
import { withTask } from "./tasks.js";

/** What the cluster is made of. */
export type Cast = Pick<RehearsalOptions, "agents" | "frameworks" | "returnAfterMs">;

/** The cluster before anything has happened. Throws an `Error` for a task or offer on a host without an agent. */
export function initialState(options: Cast, id: string, now: Moment): MasterState {
  const agents = options.agents.map(
    (spec, at): AgentState => ({
      id: `${id}-S${at}`,
      key: agentKey(spec),
      spec,
      presence: "registered",
      leftByDown: false,
      returnAtMs: null,
      registeredNs: now.ns,
      reregisteredNs: null,
      deactivated: false,
      drain: null,
    }),
  );
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
  const empty: MasterState = {
    id,
    electedNs: now.ns,
    schedule: { windows: [] },
    machines: new Map(),
    agents,
    frameworks,
    tasks: [],
    completedTasks: [],
    inverseOffers: [],
    answers: [],
    returnAfterMs: options.returnAfterMs ?? null,
    counter: 0,
  };
  return knowMachines(withTasks(empty, now));
}

function withTasks(empty: MasterState, now: Moment): MasterState {
  const ids = new Map(empty.agents.map(({ id, spec }) => [spec.hostname.toLowerCase(), id]));
  const idOf = (framework: string, hostname: string): string => {
    const id = ids.get(hostname.toLowerCase());
    if (id !== undefined) return id;
    throw new Error(
      `Framework ${framework} is on ${hostname}, where there is no agent; the master was not started. Add an agent of that name.`,
    );
  };
  let state = empty;
  const tasks = [];
  for (const framework of empty.frameworks) {
    for (const hostname of framework.spec.holdsOffersOn ?? []) idOf(framework.spec.name, hostname);
    for (const task of framework.spec.tasks) {
      const agentId = idOf(framework.spec.name, task.on);
      const [next, running] = withTask(
        { ...state, tasks: [] },
        { ...task, frameworkId: framework.id, agentId },
        now,
      );
      tasks.push(running);
      state = next;
    }
  }
  return { ...state, tasks };
}

import { machineKey } from "../../maintenance/cluster/machine.js";
import { DEFAULT_AGENT_PORT, type RehearsalAgent, type RehearsalFramework } from "./options.js";
import {
  type AgentState,
  type Change,
  inTurn,
  type KnownMachine,
  type MasterEvent,
  type MasterState,
  type Moment,
  modeOf,
  type TaskState,
  withoutEvents,
} from "./state.js";
import { isReached, type LastUpdate, reportTasks, withoutTasks } from "./tasks.js";

/** The pair by which a master matches an agent: its host name and the IP of its pid. */
export function agentKey(agent: { hostname: string; ip: string }): string {
  return machineKey({ hostname: agent.hostname, ip: agent.ip });
}

/** The agent of this id, else the first on this `host:port`, else the first on this host, without regard to case. */
export function agentNamed(state: MasterState, name: string): AgentState | undefined {
  const wanted = name.toLowerCase();
  const names = [
    ({ id }: AgentState) => id,
    ({ spec: { hostname, port = DEFAULT_AGENT_PORT } }: AgentState) => `${hostname}:${port}`,
    ({ spec }: AgentState) => spec.hostname,
  ];
  for (const nameOf of names) {
    const found = state.agents.find((agent) => nameOf(agent).toLowerCase() === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Replaces agents by what `change` makes of them. */
export function withAgents(state: MasterState, change: (agent: AgentState) => AgentState): MasterState {
  return { ...state, agents: state.agents.map(change) };
}

/** An agent takes another address, which is part of its machine. */
export function moveAgent(
  state: MasterState,
  id: string,
  moved: Partial<Pick<RehearsalAgent, "ip" | "port">>,
): MasterState {
  return withAgents(state, (agent) => {
    if (agent.id !== id) return agent;
    const spec = { ...agent.spec, ...moved };
    return { ...agent, spec, key: agentKey(spec) };
  });
}

/** The machines of registered agents are known to the master, whatever the schedule says. */
export function knowMachines(state: MasterState): MasterState {
  const machines = new Map<string, KnownMachine>(state.machines);
  for (const { key, spec, presence } of state.agents) {
    if (presence !== "registered" || machines.has(key)) continue;
    machines.set(key, { id: { hostname: spec.hostname.toLowerCase(), ip: spec.ip }, mode: "UP" });
  }
  return machines.size === state.machines.size ? state : { ...state, machines };
}

/**
 * Agents reach the master: those that were started, and those whose path is whole again. They register with the ids they
 * had, and with the tasks that still run there. On a machine that is Down they are told to shut down: then their tasks
 * end, which the master is not told.
 */
export function registerAgents(
  state: MasterState,
  which: (agent: AgentState) => boolean,
  now: Moment,
): Change {
  const comes = (agent: AgentState) => agent.presence !== "gone" && !isReached(agent) && which(agent);
  const coming = state.agents.filter(comes);
  if (coming.length === 0) return withoutEvents(state);
  const refused = new Set(coming.filter(({ key }) => modeOf(state, key) === "DOWN").map(({ id }) => id));
  const back = new Set(coming.filter(({ id }) => !refused.has(id)).map(({ id }) => id));
  const events: MasterEvent[] = [];
  const next = withAgents(state, (agent) => {
    if (refused.has(agent.id)) return shutDown(agent);
    if (!back.has(agent.id)) return agent;
    const { presence } = agent;
    const registered = {
      ...agent,
      presence: "registered",
      link: "connected",
      leftByDown: false,
      returnAtMs: null,
      reregisteredNs: now.ns,
    } as const;
    if (presence !== "registered") events.push({ type: "AGENT_ADDED", agent: registered });
    return registered;
  });
  const shown = {
    ...withoutTasks(next, (task) => refused.has(task.agentId)),
    unreachableTasks: next.unreachableTasks.filter((task) => !back.has(task.agentId)),
  };
  return { state: recoverFrameworks(knowMachines(shown)), events };
}

/** An agent that was let in by nobody: one that ran until now left by the Down; one that was away stays as it was. */
function shutDown(agent: AgentState): AgentState {
  if (agent.presence === "away") return agent;
  const presence = agent.presence === "recovered" ? "recovered" : "away";
  return { ...agent, presence, link: "connected", leftByDown: true };
}

/** Frameworks are known after a fail-over once an agent brings tasks of theirs, though they are not connected yet. */
function recoverFrameworks(state: MasterState): MasterState {
  if (!state.frameworks.some(({ presence }) => presence === "absent")) return state;
  const registered = new Set(
    state.agents.filter(({ presence }) => presence === "registered").map(({ id }) => id),
  );
  const running = new Set(
    state.tasks.filter(({ agentId }) => registered.has(agentId)).map(({ frameworkId }) => frameworkId),
  );
  const frameworks = state.frameworks.map((framework) =>
    framework.presence === "absent" && running.has(framework.id)
      ? ({ ...framework, presence: "recovered" } as const)
      : framework,
  );
  return { ...state, frameworks };
}

/** An agent that nobody knew registers, and gets a new id: the next after those there are. `null`: its machine is Down. */
export function addAgent(
  state: MasterState,
  spec: RehearsalAgent,
  now: Moment,
): (Change & { readonly id: string }) | null {
  const agent = newAgent(spec, `${state.id}-S${state.agents.length}`, now);
  if (modeOf(state, agent.key) === "DOWN") return null;
  const next = knowMachines({ ...state, agents: [...state.agents, agent] });
  return { state: next, events: [{ type: "AGENT_ADDED", agent }], id: agent.id };
}

export function newAgent(spec: RehearsalAgent, id: string, now: Moment): AgentState {
  return {
    id,
    key: agentKey(spec),
    spec,
    presence: "registered",
    link: "connected",
    leftByDown: false,
    returnAtMs: null,
    registeredNs: now.ns,
    reregisteredNs: null,
    deactivated: false,
    drain: null,
  };
}

/** What becomes of an agent that leaves, and of its tasks in the master's eyes. */
export interface Leaving {
  readonly agent: Pick<AgentState, "presence" | "leftByDown">;
  /** Whether the tasks end with it; else they go on, and the master does not see them. */
  readonly endsTasks: boolean;
  /** What the tasks of a framework are told, and in which list the master keeps them. */
  readonly tasks: (framework: RehearsalFramework | undefined) => {
    readonly last: LastUpdate;
    readonly keptIn: "completedTasks" | "unreachableTasks";
  };
}

/**
 * A registered agent leaves: its tasks are reported, then it is removed, in this order on the stream. The answers for its
 * machine go with the last agent there [Mesos: the allocator keeps them with the agent].
 */
export function removeAgent(
  state: MasterState,
  agent: AgentState,
  { agent: left, endsTasks, tasks }: Leaving,
  now: Moment,
): Change {
  const { id, key } = agent;
  const reports = state.frameworks.map((framework) => (before: MasterState): Change => {
    const isHere = (task: TaskState) => task.agentId === id && task.frameworkId === framework.id;
    const told = reportTasks(before, isHere, tasks(framework.spec), now);
    return endsTasks ? { ...told, state: withoutTasks(told.state, isHere) } : told;
  });
  return inTurn(state, ...reports, (before) => {
    const next = withAgents(before, (other) =>
      other.id === id ? { ...other, returnAtMs: null, drain: null, deactivated: false, ...left } : other,
    );
    const isShared = next.agents.some((other) => other.key === key && other.presence === "registered");
    const answers = isShared ? next.answers : next.answers.filter((answer) => answer.key !== key);
    return { state: { ...next, answers }, events: [{ type: "AGENT_REMOVED", agentId: id }] };
  });
}

import { machineKey } from "../../maintenance/cluster/machine.js";
import {
  type AgentState,
  type Change,
  inTurn,
  type KnownMachine,
  type MasterEvent,
  type MasterState,
  type Moment,
  modeOf,
  withoutEvents,
} from "./state.js";
import { endTasks } from "./tasks.js";

/** The pair by which a master matches an agent: its host name and the IP of its pid. */
export function agentKey(agent: { hostname: string; ip: string }): string {
  return machineKey({ hostname: agent.hostname, ip: agent.ip });
}

/** The registered agent on a host, by name without regard to case. */
export function agentOn(state: MasterState, hostname: string): AgentState | undefined {
  const name = hostname.toLowerCase();
  return state.agents.find((agent) => agent.spec.hostname.toLowerCase() === name);
}

/** Replaces agents by what `change` makes of them. */
export function withAgents(state: MasterState, change: (agent: AgentState) => AgentState): MasterState {
  return { ...state, agents: state.agents.map(change) };
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

/** Registers agents that are away or recovered, with the ids they had. Those on Down machines are refused and stay away. */
export function registerAgents(
  state: MasterState,
  which: (agent: AgentState) => boolean,
  now: Moment,
): Change {
  const canReturn = (agent: AgentState) =>
    (agent.presence === "away" || agent.presence === "recovered") &&
    which(agent) &&
    modeOf(state, agent.key) !== "DOWN";
  if (!state.agents.some(canReturn)) return withoutEvents(state);
  const events: MasterEvent[] = [];
  const next = withAgents(state, (agent) => {
    if (!canReturn(agent)) return agent;
    const back = {
      ...agent,
      presence: "registered",
      leftByDown: false,
      returnAtMs: null,
      reregisteredNs: now.ns,
    } as const;
    events.push({ type: "AGENT_ADDED", agent: back });
    return back;
  });
  return { state: knowMachines(next), events };
}

/** Why agents leave: what becomes of them, and what their lost tasks are told. */
export interface Leaving {
  readonly presence: "away" | "gone";
  readonly leftByDown: boolean;
  readonly message: (hostname: string) => string;
}

/** Agents leave: their tasks are lost, then they are removed, in this order on the stream. */
export function removeAgents(
  state: MasterState,
  which: (agent: AgentState) => boolean,
  { presence, leftByDown, message }: Leaving,
  now: Moment,
): Change {
  const leaving = state.agents.filter((agent) => agent.presence === "registered" && which(agent));
  const gone = { presence, leftByDown, returnAtMs: null, drain: null, deactivated: false };
  const steps = leaving.map(({ id, spec }) => (before: MasterState): Change => {
    const last = {
      state: "TASK_LOST",
      source: "SOURCE_MASTER",
      reason: "REASON_AGENT_REMOVED",
      message: message(spec.hostname),
    } as const;
    const lost = endTasks(before, (task) => task.agentId === id, last, now);
    return {
      state: withAgents(lost.state, (other) => (other.id === id ? { ...other, ...gone } : other)),
      events: [...lost.events, { type: "AGENT_REMOVED", agentId: id }],
    };
  });
  return inTurn(state, ...steps);
}

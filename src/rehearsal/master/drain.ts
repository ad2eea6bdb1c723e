import { agentOn, removeAgents, withAgents } from "./agents.js";
import { isScheduled } from "./maintenance.js";
import { badRequest, type Reply } from "./reply.js";
import {
  type AgentState,
  type Change,
  type Drain,
  inTurn,
  type MasterState,
  type Moment,
  quietly,
} from "./state.js";
import { endTasks } from "./tasks.js";

function registered(state: MasterState, agentId: string): AgentState | undefined {
  return state.agents.find(({ id, presence }) => id === agentId && presence === "registered");
}

/** Why DRAIN_AGENT is refused, or `null`. */
export function refuseDrain(state: MasterState, agentId: string): Reply | null {
  const agent = registered(state, agentId);
  if (agent === undefined) return badRequest("Unknown agent");
  const { hostname, ip } = agent.spec;
  if (isScheduled(state, agent.key)) {
    return badRequest(`Agent ${agentId} is part of a maintenance schedule under Machine ${hostname} (${ip})`);
  }
  if (agent.spec.drainable === false) return badRequest(`Agent ${agentId} is not capable of draining`);
  return null;
}

/** Why DEACTIVATE_AGENT is refused, or `null`. Doing it twice is fine. */
export function refuseDeactivate(state: MasterState, agentId: string): Reply | null {
  return registered(state, agentId) === undefined ? badRequest("Unknown agent") : null;
}

/** Why REACTIVATE_AGENT is refused, or `null`. An agent drained for good still counts as draining. */
export function refuseReactivate(state: MasterState, agentId: string): Reply | null {
  const agent = state.agents.find(({ id, presence }) => id === agentId && presence !== "away");
  if (agent?.presence === "gone" || agent?.drain?.state === "DRAINING") {
    return badRequest("Agent is still in the DRAINING state");
  }
  return agent?.deactivated ? null : badRequest("Agent is not deactivated");
}

function withAgent(state: MasterState, agentId: string, change: Partial<AgentState>): MasterState {
  return withAgents(state, (agent) => (agent.id === agentId ? { ...agent, ...change } : agent));
}

/** DRAIN_AGENT: no more offers; the tasks are killed when the grace period is over. */
export function drainAgent(
  state: MasterState,
  agentId: string,
  options: { readonly graceNs: bigint | null; readonly markGone: boolean },
  now: Moment,
): Change {
  const killAtMs = now.ms + Number((options.graceNs ?? 0n) / 1_000_000n);
  const drain: Drain = { state: "DRAINING", ...options, startedNs: now.ns, killAtMs };
  return quietly(withAgent(state, agentId, { deactivated: true, drain }));
}

export function deactivateAgent(state: MasterState, agentId: string): Change {
  return quietly(withAgent(state, agentId, { deactivated: true }));
}

export function reactivateAgent(state: MasterState, agentId: string): Change {
  return quietly(withAgent(state, agentId, { deactivated: false, drain: null }));
}

/** Kills the tasks of agents whose grace period is over; agents without tasks are drained, or gone for good. */
export function proceedWithDrains(state: MasterState, now: Moment, atOnce: boolean): Change {
  const draining = state.agents.filter(
    ({ presence, drain }) => presence === "registered" && drain?.state === "DRAINING",
  );
  const steps = draining.map((agent) => (before: MasterState): Change => {
    const isDue = atOnce || now.ms >= (agent.drain?.killAtMs ?? 0);
    const isHere = (task: { agentId: string }) => task.agentId === agent.id;
    const reason = {
      state: "TASK_KILLED",
      source: "SOURCE_EXECUTOR",
      reason: "REASON_AGENT_DRAINING",
    } as const;
    return inTurn(
      before,
      (next) => (isDue ? endTasks(next, isHere, reason, now) : quietly(next)),
      (next) => (next.tasks.some(isHere) ? quietly(next) : drained(next, agent, now)),
    );
  });
  return inTurn(state, ...steps);
}

function drained(state: MasterState, agent: AgentState, now: Moment): Change {
  if (agent.drain?.markGone) {
    const leaving = { presence: "gone", leftByDown: false, message: () => "Agent was marked gone" } as const;
    return removeAgents(state, ({ id }) => id === agent.id, leaving, now);
  }
  const drain = agent.drain === null ? null : ({ ...agent.drain, state: "DRAINED" } as const);
  return quietly(withAgent(state, agent.id, { drain }));
}

/** The agent stops answering and the master gives it up: its tasks are lost until it is started again. */
export function loseAgent(state: MasterState, hostname: string, now: Moment): Change {
  const leaving = {
    presence: "away",
    leftByDown: false,
    message: (name: string) => `Agent ${name} is unreachable: health check timed out`,
  } as const;
  const lost = agentOn(state, hostname);
  return removeAgents(state, (agent) => agent.id === lost?.id, leaving, now);
}

import { withAgents } from "./agents.js";
import { markGone } from "./away.js";
import {
  type AgentState,
  type Change,
  inTurn,
  type MasterState,
  type Moment,
  modeOf,
  withoutEvents,
} from "./state.js";
import { endTasks } from "./tasks.js";

function registered(state: MasterState, agentId: string): AgentState | undefined {
  return state.agents.find(({ id, presence }) => id === agentId && presence === "registered");
}

function withAgent(state: MasterState, agentId: string, change: Partial<AgentState>): Change {
  return withoutEvents(
    withAgents(state, (agent) => (agent.id === agentId ? { ...agent, ...change } : agent)),
  );
}

/**
 * DRAIN_AGENT: no more offers; the tasks are killed when the grace period is over. A text is why it is refused, here
 * and below.
 */
export function drainAgent(
  state: MasterState,
  call: { readonly agentId: string; readonly graceNs: bigint | null; readonly markGone: boolean },
  now: Moment,
): Change | string {
  const { agentId, graceNs, markGone } = call;
  const agent = registered(state, agentId);
  if (agent === undefined) return "Unknown agent";
  const { hostname, ip } = agent.spec;
  if (modeOf(state, agent.key) !== "UP") {
    return `Agent ${agentId} is part of a maintenance schedule under Machine ${hostname} (${ip})`;
  }
  const killAtMs = now.ms + Number((graceNs ?? 0n) / 1_000_000n);
  const drain = { state: "DRAINING", graceNs, markGone, startedNs: now.ns, killAtMs } as const;
  return withAgent(state, agentId, { deactivated: true, drain });
}

/** DEACTIVATE_AGENT. Doing it twice is fine. */
export function deactivateAgent(state: MasterState, agentId: string): Change | string {
  if (registered(state, agentId) === undefined) return "Unknown agent";
  return withAgent(state, agentId, { deactivated: true });
}

/** REACTIVATE_AGENT. An agent drained for good still counts as draining. */
export function reactivateAgent(state: MasterState, agentId: string): Change | string {
  const agent = state.agents.find(({ id, presence }) => id === agentId && presence !== "away");
  if (agent?.presence === "gone" || agent?.drain?.state === "DRAINING") {
    return "Agent is still in the DRAINING state";
  }
  if (!agent?.deactivated) return "Agent is not deactivated";
  return withAgent(state, agentId, { deactivated: false, drain: null });
}

/** Kills the tasks of agents whose grace period is over; agents without tasks are drained, or gone for good. */
export function proceedWithDrains(state: MasterState, now: Moment, atOnce: boolean): Change {
  const steps = state.agents.flatMap(({ id, presence, drain }) => {
    if (presence !== "registered" || drain?.state !== "DRAINING") return [];
    const isHere = (task: { agentId: string }) => task.agentId === id;
    const isDue = atOnce || now.ms >= drain.killAtMs;
    const end = { state: "TASK_KILLED", source: "SOURCE_EXECUTOR", reason: "REASON_AGENT_DRAINING" } as const;
    const drained = (next: MasterState) =>
      drain.markGone
        ? markGone(next, id, now)
        : withAgent(next, id, { drain: { ...drain, state: "DRAINED" } });
    return [
      (next: MasterState) => (isDue ? endTasks(next, isHere, end, now) : withoutEvents(next)),
      (next: MasterState) => (next.tasks.some(isHere) ? withoutEvents(next) : drained(next)),
    ];
  });
  return inTurn(state, ...steps);
}

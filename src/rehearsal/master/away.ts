import { type Leaving, removeAgent, withAgents } from "./agents.js";
import {
  type AgentState,
  type Change,
  inTurn,
  type MasterState,
  type Moment,
  withoutEvents,
} from "./state.js";
import { endTasks } from "./tasks.js";

// How agents leave without the schedule. Seen on a real master, 1.12, unless a comment says [source].

function withAgent(state: MasterState, agentId: string, change: Partial<AgentState>): MasterState {
  return withAgents(state, (agent) => (agent.id === agentId ? { ...agent, ...change } : agent));
}

/** The path to an agent breaks. The master notices nothing before the ping limit. */
export function partitionAgent(state: MasterState, agentId: string): Change {
  return withoutEvents(withAgent(state, agentId, { link: "partitioned" }));
}

/** The agent's process is killed: its tasks go on, but those of frameworks without checkpointing are lost at once. */
export function killAgent(state: MasterState, agentId: string, now: Moment): Change {
  const fleeting = new Set(
    state.frameworks.filter(({ spec }) => spec.checkpoint === false).map(({ id }) => id),
  );
  const last = {
    state: "TASK_LOST",
    source: "SOURCE_MASTER",
    reason: "REASON_AGENT_DISCONNECTED",
    message: "Agent disconnected",
  } as const;
  const isLost = (task: { agentId: string; frameworkId: string }) =>
    task.agentId === agentId && fleeting.has(task.frameworkId);
  return endTasks(withAgent(state, agentId, { link: "disconnected" }), isLost, last, now);
}

/**
 * The ping limit has passed: the master has the agent in no list, and its tasks as unreachable. An agent that is only
 * recovered leaves without a word, and its tasks are in no list either.
 */
export function markUnreachable(state: MasterState, agentId: string, now: Moment): Change {
  const agent = state.agents.find(({ id }) => id === agentId);
  if (agent === undefined) return withoutEvents(state);
  const link = agent.link === "connected" ? "partitioned" : agent.link;
  const cutOff = withAgent(state, agentId, { link });
  if (agent.presence === "recovered") {
    return withoutEvents(withAgent(cutOff, agentId, { presence: "unreachable" }));
  }
  if (agent.presence !== "registered") return withoutEvents(state);
  return removeAgent(cutOff, agent, unreachable(agent), now);
}

function unreachable({ spec }: AgentState): Leaving {
  return {
    agent: { presence: "unreachable", leftByDown: false },
    endsTasks: false,
    tasks: (framework) => ({
      last: {
        state: framework?.partitionAware ? "TASK_UNREACHABLE" : "TASK_LOST",
        source: "SOURCE_MASTER",
        reason: "REASON_AGENT_REMOVED",
        message: `Agent ${spec.hostname} is unreachable: health check timed out`,
      },
      keptIn: "unreachableTasks",
    }),
  };
}

/** `agent_reregister_timeout` has passed since a fail-over: agents that are not back are in no list, nor are their tasks. */
export function dropRecovered(state: MasterState, now: Moment): Change {
  const recovered = state.agents.filter(({ presence }) => presence === "recovered");
  return inTurn(
    state,
    ...recovered.map(
      ({ id }) =>
        (before: MasterState) =>
          markUnreachable(before, id, now),
    ),
  );
}

/**
 * MARK_AGENT_GONE, which a master accepts while the machine drains: the agent is told to shut down and its id can never
 * register again. Tasks of frameworks that are not PARTITION_AWARE stay among the unreachable ones, though they are over.
 */
export function markGone(state: MasterState, agentId: string, now: Moment): Change {
  const agent = state.agents.find(({ id }) => id === agentId);
  if (agent?.presence !== "registered") return withoutEvents(withAgent(state, agentId, { presence: "gone" }));
  return removeAgent(state, agent, MARKED_GONE, now);
}

const MARKED_GONE: Leaving = {
  agent: { presence: "gone", leftByDown: false },
  endsTasks: true,
  tasks: (framework) => {
    const why = { source: "SOURCE_MASTER", message: "Agent has been marked gone" } as const;
    return framework?.partitionAware
      ? {
          last: { ...why, state: "TASK_GONE_BY_OPERATOR", reason: "REASON_AGENT_REMOVED_BY_OPERATOR" },
          keptIn: "completedTasks",
        }
      : { last: { ...why, state: "TASK_LOST", reason: "REASON_AGENT_REMOVED" }, keptIn: "unreachableTasks" };
  },
};

import { type MachineId, machineKey } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import { type Leaving, removeAgent, withAgents } from "./agents.js";
import { askFrameworks } from "./inverse-offers.js";
import {
  type AgentState,
  type Change,
  inTurn,
  type KnownMachine,
  type MasterState,
  type Mode,
  type Moment,
  withoutEvents,
} from "./state.js";

function withModes(state: MasterState, keys: ReadonlySet<string>, mode: Mode): MasterState {
  const machines = [...state.machines].map(([key, machine]): [string, KnownMachine] => [
    key,
    keys.has(key) ? { ...machine, mode } : machine,
  ]);
  return { ...state, machines: new Map(machines) };
}

/**
 * Replaces the schedule (one that `refuseSchedule` lets pass). Whatever it says, all answers of all frameworks are erased
 * and they are asked anew: a master does so on every accepted post.
 */
export function updateSchedule(state: MasterState, schedule: Schedule, now: Moment): Change {
  const named = new Map(
    schedule.windows.flatMap(({ machines }) => machines.map((id) => [machineKey(id), id])),
  );
  const machines = new Map<string, KnownMachine>();
  for (const [key, machine] of state.machines) {
    const mode = named.has(key) ? (machine.mode === "UP" ? "DRAINING" : machine.mode) : "UP";
    machines.set(key, { ...machine, mode });
  }
  for (const [key, id] of named) {
    if (machines.has(key)) continue;
    const hostname = id.hostname?.toLowerCase();
    machines.set(key, { id: hostname === undefined ? id : { ...id, hostname }, mode: "DRAINING" });
  }
  return askFrameworks({ ...state, schedule, machines, answers: [], inverseOffers: [] }, now);
}

/**
 * START_MAINTENANCE on machines that `refuseDown` lets pass: agents are shut down and their tasks lost. Agents that the
 * master cannot reach, and their tasks, live on.
 */
export function bringDown(state: MasterState, ids: readonly MachineId[], now: Moment): Change {
  const keys = new Set(ids.map(machineKey));
  const isElsewhere = ({ key }: { key: string }) => !keys.has(key);
  const down: MasterState = {
    ...withModes(state, keys, "DOWN"),
    answers: state.answers.filter(isElsewhere),
    inverseOffers: state.inverseOffers.filter(isElsewhere),
  };
  const leaving = state.agents.filter(({ key, presence }) => presence === "registered" && keys.has(key));
  return inTurn(
    down,
    ...leaving.map((agent) => (before: MasterState) => removeAgent(before, agent, leavesByDown(agent), now)),
  );
}

/** An agent that the master's word does not reach is removed as well, but goes on with its tasks. */
function leavesByDown({ spec, link }: AgentState): Leaving {
  const isTold = link === "connected";
  const last = {
    state: "TASK_LOST",
    source: "SOURCE_MASTER",
    reason: "REASON_AGENT_REMOVED",
    message: `Agent ${spec.hostname} removed: Operator initiated 'Machine DOWN'`,
  } as const;
  return {
    agent: isTold ? { presence: "away", leftByDown: true } : { presence: "unreachable", leftByDown: false },
    endsTasks: isTold,
    tasks: () => ({ last, keptIn: "completedTasks" }),
  };
}

/**
 * STOP_MAINTENANCE on machines that `refuseUp` lets pass: they leave the schedule, other machines' answers stay. Agents do
 * not come back by this; they return after `returnAfterMs`, as if a service manager started them.
 */
export function bringUp(state: MasterState, ids: readonly MachineId[], now: Moment): Change {
  const keys = new Set(ids.map(machineKey));
  const windows = state.schedule.windows
    .map((window) => ({ ...window, machines: window.machines.filter((id) => !keys.has(machineKey(id))) }))
    .filter((window) => window.machines.length > 0);
  const returnAtMs = state.returnAfterMs === null ? null : now.ms + state.returnAfterMs;
  const returning = withAgents(withModes(state, keys, "UP"), (agent) =>
    agent.leftByDown && keys.has(agent.key) ? { ...agent, returnAtMs } : agent,
  );
  return withoutEvents({ ...returning, schedule: { windows } });
}

/** Machines of one mode, in the order the master came to know them. */
export function machinesIn(state: MasterState, mode: Mode): readonly KnownMachine[] {
  return [...state.machines.values()].filter((machine) => machine.mode === mode);
}

/** Runs transitions, then asks the frameworks that have to be asked because of them. */
export function thenAsk(
  state: MasterState,
  now: Moment,
  ...steps: readonly ((state: MasterState) => Change)[]
): Change {
  return inTurn(state, ...steps, (next) => askFrameworks(next, now));
}

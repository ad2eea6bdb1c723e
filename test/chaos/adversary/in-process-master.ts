import { machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { Schedule } from "../../../src/maintenance/cluster/schedule.js";
import { listed } from "../../../src/maintenance/cluster/tasks.js";
import type { Agent, MaintenanceStatus, World } from "../../../src/maintenance/cluster/world.js";
import { sightOf } from "../../../src/maintenance/sight/sight.js";
import { refusal } from "../../../src/mesos/errors/errors.js";
import type { Master } from "../../../src/mesos/master.js";
import { ANYBODY } from "../../../src/rehearsal/master/access.js";
import { registerAgents } from "../../../src/rehearsal/master/agents.js";
import { perform } from "../../../src/rehearsal/master/api.js";
import type { Call } from "../../../src/rehearsal/master/call.js";
import { initialState } from "../../../src/rehearsal/master/initial.js";
import { LiveState } from "../../../src/rehearsal/master/live-state.js";
import { machinesIn } from "../../../src/rehearsal/master/maintenance.js";
import { type MasterState, modeOf } from "../../../src/rehearsal/master/state.js";
import type { Self } from "../../../src/rehearsal/master/views.js";
import type { SharedCluster, SharedMaster } from "./shared-master.js";

const LEADER = "10.0.0.100:5050";

const SELF: Self = {
  hostname: "10.0.0.100",
  ip: "10.0.0.100",
  port: 5050,
  version: "1.11.0",
  startedNs: 1n,
  heartbeatMs: 15_000,
};

/** The rehearsal master's rules without a wire: the same refusals and the same modes, in microseconds. */
export function inProcessMaster({ hosts, clock, shuffled }: SharedCluster): SharedMaster {
  const initial = { agents: hosts, frameworks: [] };
  // Without frameworks nothing happens later by itself.
  const after = () => () => {};
  const stage = new LiveState({ clock, after }, (now) => initialState(initial, "master-1", now));

  /** Carries out a write; the master's words when it refuses. */
  const write = (call: Call): { readonly status: number; readonly text: string } | null => {
    const { reply, change } = perform(stage.state(), call, ANYBODY, SELF, stage.now());
    if ("text" in reply) return reply;
    if (change !== null) stage.apply(() => change);
    return null;
  };
  const insist = (call: Call) => {
    const refused = write(call);
    if (refused !== null) throw new Error(refused.text);
  };
  const asOurs = (call: Call) => {
    const refused = write(call);
    if (refused !== null) throw refusal(refused.status, refused.text, { cluster: "test", master: LEADER });
  };

  /** One observation: its parts arrive one after another, and other people act in between. */
  function read(): World {
    const observedAtMs = clock();
    let agents: readonly Agent[] = [];
    let schedule: Schedule = { windows: [] };
    let status: MaintenanceStatus = { draining: [], down: [] };
    const parts = [
      () => {
        agents = agentsOf(stage.state());
      },
      () => {
        ({ schedule } = stage.state());
      },
      () => {
        status = statusOf(stage.state());
      },
    ];
    for (const part of shuffled(parts)) {
      part();
      shared.onRead();
    }
    return {
      cluster: "test",
      leader: LEADER,
      leaderId: stage.state().id,
      version: SELF.version,
      electedAtMs: Number(stage.state().electedNs / 1_000_000n),
      observedAtMs,
      wholeAtMs: observedAtMs,
      agents,
      allocated: new Map(),
      recoveredAgents: [],
      schedule,
      status,
      frameworks: [],
      tasks: listed([]),
      goneAgents: [],
      ended: [],
    };
  }

  const snapshot = async () => {
    const world = read();
    // As the client over HTTP does: what changes between two reads looks filtered once, and not again.
    return sightOf(world).kind === "filtered" ? read() : world;
  };
  const client: Master = {
    snapshot,
    look: snapshot,
    version: async () => SELF.version,
    drivers: async () => new Map(),
    scheduleOf: async () => stage.state().schedule,
    updateSchedule: async (schedule) => asOurs({ type: "UPDATE_MAINTENANCE_SCHEDULE", schedule }),
    startMaintenance: async (machines) => asOurs({ type: "START_MAINTENANCE", machines }),
    stopMaintenance: async (machines) => asOurs({ type: "STOP_MAINTENANCE", machines }),
    drainAgent: async (agentId, graceMs) =>
      asOurs({
        type: "DRAIN_AGENT",
        agentId,
        graceNs: graceMs === null ? null : BigInt(graceMs) * 1_000_000n,
        markGone: false,
      }),
    reactivateAgent: async (agentId) => asOurs({ type: "REACTIVATE_AGENT", agentId }),
    subscribe: () => ({ close: async () => {} }),
    clockAheadMs: () => null,
    leader: () => LEADER,
    close: async () => stage.close(),
  };
  const shared: SharedMaster = {
    client,
    onRead: () => {},
    schedule: () => stage.state().schedule,
    mode: (machine) => modeOf(stage.state(), machineKey(machine)),
    post: (schedule) => insist({ type: "UPDATE_MAINTENANCE_SCHEDULE", schedule }),
    startMaintenance: (machines) => insist({ type: "START_MAINTENANCE", machines }),
    stopMaintenance: (machines) => insist({ type: "STOP_MAINTENANCE", machines }),
    startAgents: () => stage.apply((state, now) => registerAgents(state, () => true, now)),
    close: async () => stage.close(),
  };
  return shared;
}

function agentsOf(state: MasterState): Agent[] {
  return state.agents
    .filter(({ presence }) => presence === "registered")
    .map(({ id, spec: { hostname, ip } }) => ({
      id,
      machine: { hostname, ip },
      port: null,
      attributes: [],
      region: null,
      zone: null,
      active: true,
      deactivated: false,
      drain: null,
      resources: null,
    }));
}

function statusOf(state: MasterState): MaintenanceStatus {
  return {
    draining: machinesIn(state, "DRAINING").map(({ id }) => ({ machine: id, answers: [] })),
    down: machinesIn(state, "DOWN").map(({ id }) => id),
  };
}

import { machineKey } from "../../maintenance/cluster/machine.js";
import type { Unavailability } from "../../maintenance/cluster/schedule.js";
import { agentView, allocatedTo, unlessEmpty } from "./agent-view.js";
import type { JsonObject } from "./exact-json.js";
import { machinesIn } from "./maintenance.js";
import { DEFAULT_AGENT_PORT } from "./options.js";
import type { FrameworkState, MasterEvent, MasterState, TaskState, TaskUpdate } from "./state.js";

/** The master as it names itself. */
export interface Self {
  readonly hostname: string;
  readonly ip: string;
  readonly port: number;
  readonly version: string;
  readonly startedNs: bigint;
  readonly heartbeatMs: number;
}

/** Seconds since the epoch, as the older fields of Mesos have it. */
function seconds(ns: bigint): number {
  return Number(ns) / 1e9;
}

export function versionView({ version }: Self): JsonObject {
  return {
    version,
    build_date: "2024-08-01 00:00:00 UTC",
    build_time: 1_722_470_400,
    build_user: "rehearsal",
  };
}

/** GET_MASTER. `ip` is the address as four packed bytes in network order, read as a little-endian number. */
export function masterView(state: MasterState, { hostname, ip, port, version, startedNs }: Self): JsonObject {
  const packed = ip.split(".").reduceRight((sum, part) => sum * 256 + Number(part), 0);
  return {
    master_info: {
      id: state.id,
      ip: packed,
      port,
      pid: `master@${ip}:${port}`,
      hostname,
      version,
      address: { hostname, ip, port },
      capabilities: [{ type: "AGENT_UPDATE" }, { type: "AGENT_DRAINING" }, { type: "QUOTA_V2" }],
    },
    start_time: seconds(startedNs),
    elected_time: seconds(state.electedNs),
  };
}

/** `Unavailability`: without a duration there is no end, which is not a duration of 0. */
function unavailabilityView({ start, duration }: Unavailability): JsonObject {
  const time = (nanoseconds: bigint) => ({ nanoseconds });
  return { start: time(start), duration: duration === null ? undefined : time(duration) };
}

/** `maintenance.Schedule`, in the case of letters in which it was posted. */
export function scheduleView(state: MasterState): JsonObject {
  const windows = state.schedule.windows.map((window) => ({
    machine_ids: window.machines.map(({ hostname, ip }) => ({ hostname, ip })),
    unavailability: unavailabilityView(window),
  }));
  return { windows: unlessEmpty(windows) };
}

/** `maintenance.ClusterStatus`: host names in lower case; a framework that has not answered has no entry. */
export function statusView(state: MasterState): JsonObject {
  const statuses = (key: string) =>
    state.answers
      .filter((answer) => answer.key === key)
      .map(({ answer, frameworkId, ns }) => ({
        status: answer,
        framework_id: { value: frameworkId },
        timestamp: { nanoseconds: ns },
      }));
  const draining = machinesIn(state, "DRAINING").map(({ id }) => ({
    id: { ...id },
    statuses: unlessEmpty(statuses(machineKey(id))),
  }));
  return {
    draining_machines: unlessEmpty(draining),
    down_machines: unlessEmpty(machinesIn(state, "DOWN").map(({ id }) => ({ ...id }))),
  };
}

function frameworkInfo({ id, spec }: FrameworkState): JsonObject {
  return {
    user: "root",
    name: spec.name,
    id: { value: id },
    failover_timeout: 604_800,
    checkpoint: spec.checkpoint ?? true,
    roles: [spec.role ?? "*"],
    ...(spec.principal === undefined ? {} : { principal: spec.principal }),
    capabilities: [{ type: "MULTI_ROLE" }, ...(spec.partitionAware ? [{ type: "PARTITION_AWARE" }] : [])],
  };
}

function inverseOfferViews(state: MasterState, frameworkId: string): readonly JsonObject[] {
  return state.inverseOffers
    .filter((offer) => offer.frameworkId === frameworkId)
    .flatMap((offer) => {
      const agent = state.agents.find(({ id }) => id === offer.agentId);
      const window = state.schedule.windows.find(({ machines }) =>
        machines.some((id) => machineKey(id) === offer.key),
      );
      if (agent === undefined || window === undefined) return [];
      const { hostname, ip, port = DEFAULT_AGENT_PORT } = agent.spec;
      return [
        {
          id: { value: `${state.id}-${offer.id}` },
          url: { scheme: "http", address: { hostname, ip, port }, path: "/slave(1)" },
          framework_id: { value: frameworkId },
          agent_id: { value: agent.id },
          unavailability: unavailabilityView(window),
        },
      ];
    });
}

/** Mesos' `Response.GetFrameworks.Framework`. */
function frameworkView(state: MasterState, framework: FrameworkState): JsonObject {
  const isConnected = framework.presence === "registered";
  const tasks = visibleTasks(state).filter(({ frameworkId }) => frameworkId === framework.id);
  return {
    framework_info: frameworkInfo(framework),
    active: isConnected,
    connected: isConnected,
    recovered: framework.presence === "recovered",
    registered_time: { nanoseconds: framework.registeredNs },
    reregistered_time: { nanoseconds: framework.reregisteredNs },
    inverse_offers: unlessEmpty(inverseOfferViews(state, framework.id)),
    allocated_resources: allocatedTo(tasks),
  };
}

export function frameworksView(state: MasterState): JsonObject {
  const known = state.frameworks.filter(({ presence }) => presence !== "absent");
  return { frameworks: known.map((framework) => frameworkView(state, framework)), completed_frameworks: [] };
}

/** Of `/state-summary` what tells frameworks apart; real masters have agents and amounts there as well. */
export function summaryView(state: MasterState): JsonObject {
  const known = state.frameworks.filter(({ presence }) => presence !== "absent");
  const frameworks = known.map(({ id, spec, presence }) => ({
    id,
    name: spec.name,
    ...(spec.driver === "old" && presence === "registered" ? { pid: `scheduler-${id}@127.0.0.1:9099` } : {}),
    active: presence === "registered",
    connected: presence === "registered",
    recovered: presence === "recovered",
  }));
  return { slaves: [], frameworks };
}

function statusUpdateView(task: TaskState, update: TaskUpdate): JsonObject {
  return {
    task_id: { value: task.id },
    state: update.state,
    message: update.message,
    source: update.source,
    reason: update.reason,
    agent_id: { value: task.agentId },
    timestamp: seconds(update.ns),
  };
}

function taskView(task: TaskState): JsonObject {
  const labels = Object.entries(task.labels).map(([key, value]) => ({ key, value }));
  return {
    name: task.name,
    task_id: { value: task.id },
    framework_id: { value: task.frameworkId },
    agent_id: { value: task.agentId },
    state: task.state,
    resources: allocatedTo([task])?.map(({ role: _, ...rest }) => rest),
    statuses: task.updates.map((update) => statusUpdateView(task, update)),
    status_update_state: task.state,
    labels: labels.length > 0 ? { labels } : undefined,
  };
}

/** A master sees tasks only through registered agents: right after a fail-over they look absent. */
function visibleTasks(state: MasterState): readonly TaskState[] {
  const hidden = new Set(
    state.agents.filter(({ presence }) => presence !== "registered").map(({ id }) => id),
  );
  return hidden.size === 0 ? state.tasks : state.tasks.filter(({ agentId }) => !hidden.has(agentId));
}

export function tasksView(state: MasterState): JsonObject {
  return {
    tasks: visibleTasks(state).map(taskView),
    unreachable_tasks: state.unreachableTasks.map(taskView),
    completed_tasks: state.completedTasks.map(taskView),
  };
}

/** An `Event` of the stream. */
export function eventView(event: MasterEvent, state: MasterState, version: string): JsonObject {
  const { type } = event;
  switch (type) {
    case "TASK_ADDED":
      return { type, task_added: { task: taskView(event.task) } };
    case "TASK_UPDATED": {
      const { task, update } = event;
      const framework_id = { value: task.frameworkId };
      const status = statusUpdateView(task, update);
      return { type, task_updated: { framework_id, status, state: update.state } };
    }
    case "AGENT_ADDED": {
      const tasks = state.tasks.filter(({ agentId }) => agentId === event.agent.id);
      return { type, agent_added: { agent: agentView(event.agent, tasks, version) } };
    }
    case "AGENT_REMOVED":
      return { type, agent_removed: { agent_id: { value: event.agentId } } };
    case "FRAMEWORK_ADDED":
      return { type, framework_added: { framework: frameworkView(state, event.framework) } };
    case "FRAMEWORK_UPDATED":
      return { type, framework_updated: { framework: frameworkView(state, event.framework) } };
  }
}

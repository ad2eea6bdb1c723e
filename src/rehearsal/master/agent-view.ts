import type { JsonObject } from "./exact-json.js";
import { type AttributeValue, DEFAULT_AGENT_PORT, type RehearsalReservation } from "./options.js";
import type { AgentState, MasterState, TaskState } from "./state.js";

const CAPABILITIES = [
  "MULTI_ROLE",
  "HIERARCHICAL_ROLE",
  "RESERVATION_REFINEMENT",
  "RESOURCE_PROVIDER",
  "RESIZE_VOLUME",
  "AGENT_OPERATION_FEEDBACK",
  "AGENT_DRAINING",
  "TASK_RESOURCE_LIMITS",
] as const;

const DISK_MB = 102_400;

const PORTS = [[31_000, 32_000]] as const;

/** A field that a master leaves out where its list is empty. */
export function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function ranges(pairs: readonly (readonly [number, number])[]): JsonObject {
  return { range: pairs.map(([begin, end]) => ({ begin, end })) };
}

function resource(name: string, value: number, rest: JsonObject): JsonObject {
  return { name, type: "SCALAR", scalar: { value }, ...rest };
}

function agentResources({ spec }: AgentState, role: JsonObject): readonly JsonObject[] {
  const reservations = spec.reservations ?? [];
  const reserved = (of: "cpus" | "mem") => reservations.reduce((sum, each) => sum + (each[of] ?? 0), 0);
  return [
    resource("cpus", (spec.cpus ?? 8) - reserved("cpus"), role),
    resource("mem", (spec.mem ?? 16_384) - reserved("mem"), role),
    resource("disk", DISK_MB, role),
    { name: "ports", type: "RANGES", ranges: ranges(PORTS), ...role },
    ...reservations.flatMap(reservedResources),
  ];
}

/** A master shows a reservation in both forms: by `role` and `reservation`, and as a stack of reservations. */
function reservedResources(reservation: RehearsalReservation): readonly JsonObject[] {
  const { role, dynamic = false, cpus = 0, mem = 0, volumes = {} } = reservation;
  const by = dynamic ? { principal: role } : {};
  const form = {
    role,
    ...(dynamic ? { reservation: by } : {}),
    reservations: [{ type: dynamic ? "DYNAMIC" : "STATIC", role, ...by }],
  };
  const volume = (id: string) => ({
    persistence: { id, principal: role },
    volume: { container_path: "data", mode: "RW" },
  });
  return [
    ...(cpus > 0 ? [resource("cpus", cpus, form)] : []),
    ...(mem > 0 ? [resource("mem", mem, form)] : []),
    ...Object.entries(volumes).map(([id, sizeMb]) => resource("disk", sizeMb, { ...form, disk: volume(id) })),
  ];
}

/** What tasks use, summed up per role it is allocated to; nothing at all without tasks. */
export function allocatedTo(tasks: readonly TaskState[]): readonly JsonObject[] | undefined {
  const roles = [...new Set(tasks.map(({ role }) => role))];
  const resources = roles.flatMap((role) => {
    const rest = { role: "*", allocation_info: { role } };
    const sum = (of: "cpus" | "mem") =>
      tasks.reduce((total, task) => total + (task.role === role ? task[of] : 0), 0);
    return [resource("cpus", sum("cpus"), rest), resource("mem", sum("mem"), rest)];
  });
  return unlessEmpty(resources);
}

function attribute(name: string, value: AttributeValue): JsonObject {
  if (typeof value === "string") return { name, type: "TEXT", text: { value } };
  if (typeof value === "number") return { name, type: "SCALAR", scalar: { value } };
  return { name, type: "RANGES", ranges: ranges(value) };
}

function agentInfo(agent: AgentState): JsonObject {
  const { hostname, port = DEFAULT_AGENT_PORT, attributes, region, zone } = agent.spec;
  const given = Object.entries(attributes ?? {}).map(([name, value]) => attribute(name, value));
  const hasDomain = region !== undefined && zone !== undefined;
  const domain = hasDomain ? { fault_domain: { region: { name: region }, zone: { name: zone } } } : undefined;
  return {
    hostname,
    port,
    resources: agentResources(agent, {}),
    attributes: unlessEmpty(given),
    id: { value: agent.id },
    domain,
    checkpoint: true,
  };
}

function drainFields({ drain }: AgentState): JsonObject {
  if (drain === null) return {};
  const config = {
    max_grace_period: drain.graceNs === null ? undefined : { nanoseconds: drain.graceNs },
    mark_gone: drain.markGone,
  };
  return {
    drain_info: { state: drain.state, config },
    estimated_drain_start_time: { nanoseconds: (drain.startedNs / 1_000_000_000n) * 1_000_000_000n },
  };
}

/** Mesos' `Response.GetAgents.Agent`. */
export function agentView(agent: AgentState, tasks: readonly TaskState[], version: string): JsonObject {
  const { ip, port = DEFAULT_AGENT_PORT } = agent.spec;
  return {
    agent_info: agentInfo(agent),
    active: !agent.deactivated && agent.link !== "disconnected",
    deactivated: agent.deactivated,
    version,
    pid: `slave(1)@${ip}:${port}`,
    registered_time: { nanoseconds: agent.registeredNs },
    reregistered_time: agent.reregisteredNs === null ? undefined : { nanoseconds: agent.reregisteredNs },
    total_resources: agentResources(agent, { role: "*" }),
    allocated_resources: allocatedTo(tasks),
    capabilities: CAPABILITIES.map((type) => ({ type })),
    ...drainFields(agent),
  };
}

/** GET_AGENTS. Agents that are away are not in it at all. */
export function agentsView(state: MasterState, version: string): JsonObject {
  const byAgent = new Map<string, TaskState[]>();
  for (const task of state.tasks) {
    byAgent.set(task.agentId, [...(byAgent.get(task.agentId) ?? []), task]);
  }
  const of = (presence: AgentState["presence"]) =>
    state.agents.filter((agent) => agent.presence === presence);
  return {
    agents: of("registered").map((agent) => agentView(agent, byAgent.get(agent.id) ?? [], version)),
    recovered_agents: of("recovered").map(agentInfo),
  };
}

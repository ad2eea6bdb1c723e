import type { Agent, AgentResources, Amounts } from "../maintenance/world.js";
import { mesos } from "./proto/generated/mesos.js";
import { AmountsSum, type Offered } from "./read-resources.js";
import {
  AGENT_TOTAL_RESOURCES,
  type Attribute,
  type Domain,
  INFO_ATTRIBUTE,
  NOWHERE,
  SharedParts,
} from "./shared-parts.js";
import {
  lengthTag,
  messageEnd,
  readerOf,
  readId,
  required,
  skipField,
  varintTag,
  type WireReader,
} from "./wire.js";

/** What GET_AGENTS says of agents: those that are registered and those that a fail-over left behind. */
export interface Agents {
  readonly agents: readonly Agent[];
  /** Known from the registry only. A master does not tell their pid, so their machine's `ip` is empty. */
  readonly recoveredAgents: readonly Agent[];
}

// Fields of mesos.proto and master.proto, read by hand: a cluster's agents are by far the largest answer, and most of
// it (capabilities, what the agent offered at first) is not needed here. Skipping it costs nothing; decoding it does.
const RESPONSE_GET_AGENTS = lengthTag(10);
const AGENTS = lengthTag(1);
const RECOVERED_AGENTS = lengthTag(2);
const AGENT_INFO = lengthTag(1);
const AGENT_ACTIVE = varintTag(2);
const AGENT_PID = lengthTag(4);
const AGENT_ALLOCATED_RESOURCES = lengthTag(8);
const AGENT_DEACTIVATED = varintTag(12);
const INFO_HOSTNAME = lengthTag(1);
const INFO_ID = lengthTag(6);
const INFO_DOMAIN = lengthTag(10);

/**
 * Reads the answer to GET_AGENTS.
 *
 * @throws if it is not one, or lacks what every master sends.
 */
export function readAgents(answer: Buffer): Agents {
  const reader = readerOf(answer);
  const shared = new SharedParts(answer);
  let found: Agents | null = null;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === RESPONSE_GET_AGENTS) found = readGetAgents(reader, shared);
    else skipField(reader, tag);
  }
  if (found === null) throw new TypeError("The answer lacks get_agents.");
  return found;
}

/** Reads one agent of an event, as GET_AGENTS shows it. */
export function agentOf(message: mesos.v1.master.Response.GetAgents.Agent.$Properties): Agent {
  const bytes = Buffer.from(mesos.v1.master.Response.GetAgents.Agent.encode(message).finish());
  return readAgent(readerOf(bytes), bytes.length, new SharedParts(bytes));
}

function readGetAgents(reader: WireReader, shared: SharedParts): Agents {
  const end = messageEnd(reader);
  const agents: Agent[] = [];
  const recoveredAgents: Agent[] = [];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === AGENTS) agents.push(readAgent(reader, messageEnd(reader), shared));
    else if (tag === RECOVERED_AGENTS)
      recoveredAgents.push(toAgent(readInfo(reader, shared), "", false, true, null));
    else skipField(reader, tag);
  }
  return { agents, recoveredAgents };
}

function readAgent(reader: WireReader, end: number, shared: SharedParts): Agent {
  let info: Info | null = null;
  let pid = "";
  let active = false;
  let deactivated = false;
  let offered: Offered | null = null;
  const allocated = new AmountsSum();
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === AGENT_INFO) info = readInfo(reader, shared);
    else if (tag === AGENT_ACTIVE) active = reader.bool();
    else if (tag === AGENT_PID) pid = reader.string();
    else if (tag === AGENT_TOTAL_RESOURCES) offered = both(offered, shared.offered(reader, end));
    else if (tag === AGENT_ALLOCATED_RESOURCES) allocated.add(reader);
    else if (tag === AGENT_DEACTIVATED) deactivated = reader.bool();
    else skipField(reader, tag);
  }
  if (info === null) throw new TypeError("The answer lacks agent_info.");
  const resources = offered === null ? null : withAllocated(offered, allocated.amounts());
  return toAgent(info, ipOfPid(required(pid, "an agent's pid")), active, deactivated, resources);
}

interface Info {
  readonly id: string;
  readonly hostname: string;
  readonly attributes: readonly Attribute[];
  readonly domain: Domain;
}

function readInfo(reader: WireReader, shared: SharedParts): Info {
  const end = messageEnd(reader);
  let id = "";
  let hostname = "";
  let domain = NOWHERE;
  let attributes: readonly Attribute[] = [];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === INFO_HOSTNAME) hostname = reader.string();
    else if (tag === INFO_ATTRIBUTE) attributes = joined(attributes, shared.attributes(reader, end));
    else if (tag === INFO_ID) id = readId(reader);
    else if (tag === INFO_DOMAIN) domain = shared.domain(reader);
    else skipField(reader, tag);
  }
  return {
    id: required(id, "an agent's id"),
    hostname: required(hostname, "an agent's hostname"),
    attributes,
    domain,
  };
}

/** The parts of a repeated field need not stand together, though Mesos puts them so. */
function joined<T>(before: readonly T[], more: readonly T[]): readonly T[] {
  return before.length === 0 ? more : [...before, ...more];
}

function both(before: Offered | null, more: Offered): Offered {
  if (before === null) return more;
  const total = {
    cpus: before.total.cpus + more.total.cpus,
    memMb: before.total.memMb + more.total.memMb,
  };
  return {
    total,
    reservations: joined(before.reservations, more.reservations),
    volumes: joined(before.volumes, more.volumes),
  };
}

function withAllocated({ total, reservations, volumes }: Offered, allocated: Amounts): AgentResources {
  return { total, allocated, reservations, volumes };
}

function toAgent(
  info: Info,
  ip: string,
  active: boolean,
  deactivated: boolean,
  resources: AgentResources | null,
): Agent {
  return {
    id: info.id,
    machine: { hostname: info.hostname, ip },
    attributes: info.attributes,
    region: info.domain.region,
    zone: info.domain.zone,
    active,
    deactivated,
    resources,
  };
}

/** `slave(1)@10.0.0.1:5051` → `10.0.0.1`: the IP that the master matches machines by (invariant 4). */
function ipOfPid(pid: string): string {
  const at = pid.lastIndexOf("@");
  const colon = pid.lastIndexOf(":");
  if (at < 0 || colon <= at) throw new TypeError("An agent's pid in the answer has no address.");
  return pid.slice(at + 1, colon);
}

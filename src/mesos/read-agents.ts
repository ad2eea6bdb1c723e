import type { Agent, AgentResources, Amounts } from "../maintenance/world.js";
import { mesos } from "./proto/generated/mesos.js";
import { AmountsSum, type Offered, readOffered } from "./read-resources.js";
import { SharedRuns } from "./shared-runs.js";
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

type Attribute = Agent["attributes"][number];
type Domain = Pick<Agent, "region" | "zone">;

// Fields of mesos.proto and master.proto, read by hand: a cluster's agents are by far the largest answer, and most of
// it (capabilities, what the agent offered at first) is not needed here. Skipping it costs nothing; decoding it does.
const RESPONSE_GET_AGENTS = lengthTag(10);
const AGENTS = lengthTag(1);
const RECOVERED_AGENTS = lengthTag(2);
const AGENT_INFO = lengthTag(1);
const AGENT_ACTIVE = varintTag(2);
const AGENT_PID = lengthTag(4);
const AGENT_TOTAL_RESOURCES = lengthTag(7);
const AGENT_ALLOCATED_RESOURCES = lengthTag(8);
const AGENT_DEACTIVATED = varintTag(12);
const INFO_HOSTNAME = lengthTag(1);
const INFO_ATTRIBUTE = lengthTag(5);
const INFO_ID = lengthTag(6);
const INFO_DOMAIN = lengthTag(10);

/**
 * Reads the answer to GET_AGENTS.
 *
 * @throws if it is not one, or lacks what every master sends.
 */
export function readAgents(answer: Buffer): Agents {
  const reader = readerOf(answer);
  const shared = new Shared(answer);
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
  return readAgent(readerOf(bytes), bytes.length, new Shared(bytes));
}

function readGetAgents(reader: WireReader, shared: Shared): Agents {
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

function readAgent(reader: WireReader, end: number, shared: Shared): Agent {
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

const NOWHERE: Domain = { region: null, zone: null };

function readInfo(reader: WireReader, shared: Shared): Info {
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

/**
 * Resources, attributes and domains are the same few on thousands of agents, so each distinct run of bytes is decoded
 * once and its object shared: less time, and less memory for as long as the world is kept. The attributes of an agent
 * are looked up all together first, so that agents without one of their own share the whole list.
 */
class Shared {
  readonly #answer: Buffer;
  readonly #offered: SharedRuns<Offered>;
  readonly #lists: SharedRuns<readonly Attribute[]>;
  readonly #attributes: SharedRuns<Attribute>;
  readonly #domains: SharedRuns<Domain>;

  constructor(answer: Buffer) {
    this.#answer = answer;
    this.#offered = new SharedRuns(answer);
    this.#lists = new SharedRuns(answer);
    this.#attributes = new SharedRuns(answer);
    this.#domains = new SharedRuns(answer);
  }

  /** Reads the total resources that stand one after another; the reader is behind the tag of the first. */
  offered(reader: WireReader, limit: number): Offered {
    const start = reader.pos;
    const end = endOfRun(reader, AGENT_TOTAL_RESOURCES, limit);
    const offered = this.#offered.get(start, end, () => {
      reader.pos = start;
      return readOffered(reader, end);
    });
    reader.pos = end;
    return offered;
  }

  /** Reads the attributes that stand one after another; the reader is behind the tag of the first. */
  attributes(reader: WireReader, limit: number): readonly Attribute[] {
    const start = reader.pos;
    const end = endOfRun(reader, INFO_ATTRIBUTE, limit);
    const list = this.#lists.get(start, end, () => this.#attributesBetween(reader, start, end));
    reader.pos = end;
    return list;
  }

  #attributesBetween(reader: WireReader, start: number, end: number): readonly Attribute[] {
    reader.pos = start;
    const list = [this.#once(reader, this.#attributes, decodeAttribute)];
    while (reader.pos < end) {
      reader.tag();
      list.push(this.#once(reader, this.#attributes, decodeAttribute));
    }
    return list;
  }

  domain(reader: WireReader): Domain {
    return this.#once(reader, this.#domains, decodeDomain);
  }

  #once<T>(reader: WireReader, known: SharedRuns<T>, decode: (bytes: Buffer) => T): T {
    const end = messageEnd(reader);
    const start = reader.pos;
    reader.pos = end;
    return known.get(start, end, () => decode(this.#answer.subarray(start, end)));
  }
}

/** Where fields of this tag that stand one after another end; the reader is behind the tag of the first. */
function endOfRun(reader: WireReader, tag: number, limit: number): number {
  let end = messageEnd(reader);
  for (reader.pos = end; end < limit && reader.tag() === tag; reader.pos = end) end = messageEnd(reader);
  return end;
}

function decodeDomain(bytes: Buffer): Domain {
  const { fault_domain: domain } = mesos.v1.DomainInfo.decode(bytes);
  return domain == null ? NOWHERE : { region: domain.region.name, zone: domain.zone.name };
}

/** Values as Mesos itself writes them: `r1`, `4`, `[1-10, 20-30]`, `{a, b}`. */
function decodeAttribute(bytes: Buffer): Attribute {
  const { name, text, scalar, ranges, set } = mesos.v1.Attribute.decode(bytes);
  if (text != null) return { name, value: text.value };
  if (scalar != null) return { name, value: String(scalar.value) };
  if (ranges != null) {
    return { name, value: `[${(ranges.range ?? []).map((each) => `${each.begin}-${each.end}`).join(", ")}]` };
  }
  return { name, value: `{${(set?.item ?? []).join(", ")}}` };
}

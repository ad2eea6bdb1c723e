import type { Agent } from "../maintenance/world.js";
import { mesos } from "./proto/generated/mesos.js";
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

// Fields of mesos.proto and master.proto, read by hand: a cluster's agents are by far the largest answer, and nine
// tenths of it (resources, capabilities) are not needed here. Skipping them costs nothing; decoding them does.
const RESPONSE_GET_AGENTS = lengthTag(10);
const AGENTS = lengthTag(1);
const RECOVERED_AGENTS = lengthTag(2);
const AGENT_INFO = lengthTag(1);
const AGENT_ACTIVE = varintTag(2);
const AGENT_PID = lengthTag(4);
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
      recoveredAgents.push(toAgent(readInfo(reader, shared), "", false, true));
    else skipField(reader, tag);
  }
  return { agents, recoveredAgents };
}

function readAgent(reader: WireReader, end: number, shared: Shared): Agent {
  let info: Info | null = null;
  let pid = "";
  let active = false;
  let deactivated = false;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === AGENT_INFO) info = readInfo(reader, shared);
    else if (tag === AGENT_ACTIVE) active = reader.bool();
    else if (tag === AGENT_PID) pid = reader.string();
    else if (tag === AGENT_DEACTIVATED) deactivated = reader.bool();
    else skipField(reader, tag);
  }
  if (info === null) throw new TypeError("The answer lacks agent_info.");
  return toAgent(info, ipOfPid(required(pid, "an agent's pid")), active, deactivated);
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

function toAgent(info: Info, ip: string, active: boolean, deactivated: boolean): Agent {
  return {
    id: info.id,
    machine: { hostname: info.hostname, ip },
    attributes: info.attributes,
    region: info.domain.region,
    zone: info.domain.zone,
    active,
    deactivated,
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
 * Attributes and domains are the same few on thousands of agents, so each distinct run of bytes is decoded once and
 * its object shared: less time, and less memory for as long as the world is kept. The attributes of an agent are looked
 * up all together first, so that agents without one of their own share the whole list.
 */
class Shared {
  readonly #answer: Buffer;
  readonly #lists = new Map<string, readonly Attribute[]>();
  readonly #attributes = new Map<string, Attribute>();
  readonly #domains = new Map<string, Domain>();

  constructor(answer: Buffer) {
    this.#answer = answer;
  }

  /** Reads the attributes that stand one after another; the reader is behind the tag of the first. */
  attributes(reader: WireReader, limit: number): readonly Attribute[] {
    const start = reader.pos;
    let end = messageEnd(reader);
    for (reader.pos = end; end < limit && reader.tag() === INFO_ATTRIBUTE; reader.pos = end) {
      end = messageEnd(reader);
    }
    const key = this.#answer.toString("latin1", start, end);
    let list = this.#lists.get(key);
    if (list === undefined) {
      list = this.#attributesBetween(reader, start, end);
      this.#lists.set(key, list);
    }
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

  #once<T>(reader: WireReader, known: Map<string, T>, decode: (bytes: Buffer) => T): T {
    const end = messageEnd(reader);
    const start = reader.pos;
    reader.pos = end;
    const key = this.#answer.toString("latin1", start, end);
    let value = known.get(key);
    if (value === undefined) {
      value = decode(this.#answer.subarray(start, end));
      known.set(key, value);
    }
    return value;
  }
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

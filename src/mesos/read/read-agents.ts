import type { Amounts } from "../../maintenance/cluster/task.js";
import type { Agent, AgentResources, World } from "../../maintenance/cluster/world.js";
import type { AnswerReader } from "./answer-reader.js";
import { Elements } from "./elements.js";
import { KnownAgents } from "./known-agents.js";
import { AmountsSum } from "./read-resources.js";
import {
  AGENT_TOTAL_RESOURCES,
  type Attribute,
  INFO_ATTRIBUTE,
  NOWHERE,
  SharedParts,
} from "./shared-parts.js";
import { lengthTag, messageEnd, readId, required, skipField, varintTag, type WireReader } from "./wire.js";

/** What GET_AGENTS says of agents: those that are registered and those that a fail-over left behind. */
export interface Agents extends Pick<World, "agents" | "allocated"> {
  /** Known from the registry only. A master does not tell their pid, so their machine's `ip` is empty. */
  readonly recoveredAgents: readonly Agent[];
  /** For the reader of the next answer. */
  readonly known: KnownAgents;
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
const AGENT_DRAIN_INFO = lengthTag(13);
const DRAIN_STATE = varintTag(1);
const INFO_HOSTNAME = lengthTag(1);
const INFO_ID = lengthTag(6);
const INFO_DOMAIN = lengthTag(10);

/**
 * Reads the answer to GET_AGENTS, as it arrives. Throws if it is not one, or lacks what every master sends.
 *
 * @param before what the answer before said
 */
export function agentsReader(before: KnownAgents | null = null): AnswerReader<Agents> {
  const known = new KnownAgents(before);
  const recoveredAgents: Agent[] = [];
  const one = new AgentReader();
  const list = new Elements({
    tag: RESPONSE_GET_AGENTS,
    name: "get_agents",
    elements: new Set([AGENTS, RECOVERED_AGENTS]),
    read(tag, reader, bytes) {
      if (tag !== AGENTS) {
        recoveredAgents.push(one.recovered(reader, bytes));
        return;
      }
      const end = messageEnd(reader);
      const start = reader.pos;
      if (known.takeSame(bytes, start, end)) return;
      const agent = one.registered(reader, bytes, end);
      known.take(agent, one.allocated, bytes, start, end);
    },
  });
  return {
    write: (chunk) => list.write(chunk),
    end() {
      list.end();
      return { ...known.end(), recoveredAgents, known };
    },
  };
}

/**
 * Reads agents one after another. What is known of the one being read stands in fields, filled anew for each: of tens
 * of thousands of agents nothing is made but what stays.
 */
class AgentReader {
  readonly #shared = new SharedParts();
  readonly #used = new AmountsSum();
  #id = "";
  #hostname = "";
  #attributes: readonly Attribute[] = NO_ATTRIBUTES;
  #domain = NOWHERE;
  #port: number | null = null;
  #drain: Agent["drain"] = null;

  /** What is allocated on the last agent; `null` where the master did not say what it has. */
  allocated: Amounts | null = null;

  /** The agent whose message follows, without its size, and ends there. */
  registered(reader: WireReader, bytes: Buffer, end: number): Agent {
    const used = this.#used;
    let hasInfo = false;
    let ip = "";
    this.#port = null;
    this.#drain = null;
    let active = false;
    let deactivated = false;
    let offered: AgentResources | null = null;
    used.reset();
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === AGENT_INFO) {
        hasInfo = true;
        this.#readInfo(reader, bytes, messageEnd(reader));
      } else if (tag === AGENT_ACTIVE) active = reader.bool();
      else if (tag === AGENT_PID) ip = this.#readIp(reader, bytes);
      else if (tag === AGENT_TOTAL_RESOURCES)
        offered = both(offered, this.#shared.offered(reader, bytes, end));
      else if (tag === AGENT_ALLOCATED_RESOURCES) used.add(reader);
      else if (tag === AGENT_DEACTIVATED) deactivated = reader.bool();
      else if (tag === AGENT_DRAIN_INFO) this.#drain = readDrain(reader);
      else skipField(reader, tag);
    }
    if (!hasInfo) throw new TypeError("The answer lacks agent_info.");
    this.allocated = offered === null ? null : used.amounts();
    return this.#agent(required(ip, "an agent's pid"), active, deactivated, offered);
  }

  /** Of an agent that a fail-over left behind a master tells the AgentInfo and nothing else. */
  recovered(reader: WireReader, bytes: Buffer): Agent {
    this.#readInfo(reader, bytes, messageEnd(reader));
    this.#port = null;
    this.#drain = null;
    return this.#agent("", false, true, null);
  }

  #readInfo(reader: WireReader, bytes: Buffer, end: number): void {
    this.#id = "";
    this.#hostname = "";
    this.#attributes = NO_ATTRIBUTES;
    this.#domain = NOWHERE;
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === INFO_HOSTNAME) this.#hostname = reader.string();
      else if (tag === INFO_ATTRIBUTE)
        this.#attributes = joined(this.#attributes, this.#shared.attributes(reader, bytes, end));
      else if (tag === INFO_ID) this.#id = readId(reader);
      else if (tag === INFO_DOMAIN) this.#domain = this.#shared.domain(reader, bytes);
      else skipField(reader, tag);
    }
  }

  /**
   * `slave(1)@10.0.0.1:5051` → `10.0.0.1`: the IP that the master matches machines by (invariant 4), and keeps the port.
   * Only the bytes of the IP become a string; an empty one if there is no pid.
   */
  #readIp(reader: WireReader, buf: Buffer): string {
    const end = messageEnd(reader);
    const start = reader.pos;
    reader.pos = end;
    if (start === end) return "";
    let colon = end - 1;
    while (colon > start && buf[colon] !== COLON) colon -= 1;
    let at = end - 1;
    while (at >= start && buf[at] !== AT) at -= 1;
    if (at < start || colon <= at) throw new TypeError("An agent's pid in the answer has no address.");
    this.#port = portIn(buf, colon + 1, end);
    return buf.toString("latin1", at + 1, colon);
  }

  #agent(ip: string, active: boolean, deactivated: boolean, resources: AgentResources | null): Agent {
    const { region, zone } = this.#domain;
    return {
      id: required(this.#id, "an agent's id"),
      machine: { hostname: required(this.#hostname, "an agent's hostname"), ip },
      port: this.#port,
      attributes: this.#attributes,
      region,
      zone,
      active,
      deactivated,
      drain: this.#drain,
      resources,
    };
  }
}

function readDrain(reader: WireReader): Agent["drain"] {
  const end = messageEnd(reader);
  let state = 0;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === DRAIN_STATE) state = reader.int32();
    else skipField(reader, tag);
  }
  // A state that a later version may have is not DRAINED, so it counts as on the way there.
  return state === DRAINED ? "drained" : "draining";
}

/** mesos.proto, DrainState. */
const DRAINED = 2;

const NO_ATTRIBUTES: readonly Attribute[] = [];

const AT = "@".charCodeAt(0);

const COLON = ":".charCodeAt(0);

const ZERO = "0".charCodeAt(0);

/** The decimal number in these bytes, or `null`. */
function portIn(buf: Uint8Array, start: number, end: number): number | null {
  let port = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (buf[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return null;
    port = port * 10 + digit;
  }
  return start < end ? port : null;
}

/** The parts of a repeated field need not stand together, though Mesos puts them so. */
function joined<T>(before: readonly T[], more: readonly T[]): readonly T[] {
  return before.length === 0 ? more : [...before, ...more];
}

function both(before: AgentResources | null, more: AgentResources): AgentResources {
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

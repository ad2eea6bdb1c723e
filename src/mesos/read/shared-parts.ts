import type { Agent, AgentResources } from "../../maintenance/cluster/world.js";
import { mesos } from "../proto/generated/mesos.js";
import { readOffered } from "./read-resources.js";
import { SharedRuns } from "./shared-runs.js";
import { lengthTag, messageEnd, type WireReader } from "./wire.js";

export type Attribute = Agent["attributes"][number];

export type Domain = Pick<Agent, "region" | "zone">;

/** Without a fault domain. */
export const NOWHERE: Domain = { region: null, zone: null };

/** Of GetAgents.Agent in master.proto. */
export const AGENT_TOTAL_RESOURCES = lengthTag(7);

/** Of AgentInfo in mesos.proto. */
export const INFO_ATTRIBUTE = lengthTag(5);

/**
 * Resources, attributes and domains are the same few on thousands of agents, so each distinct run of bytes is decoded
 * once and its object shared: less time, and less memory for as long as the world is kept. The attributes of an agent
 * are looked up all together first, so that agents without one of their own share the whole list. `bytes` is what the reader reads.
 */
export class SharedParts {
  readonly #offered = new SharedRuns<AgentResources>();
  readonly #lists = new SharedRuns<readonly Attribute[]>();
  readonly #attributes = new SharedRuns<Attribute>();
  readonly #domains = new SharedRuns<Domain>();

  /** Reads the total resources that stand one after another; the reader is behind the tag of the first. */
  offered(reader: WireReader, bytes: Buffer, limit: number): AgentResources {
    const same = sameRun(reader, AGENT_TOTAL_RESOURCES, limit, this.#offered);
    if (same !== null) return same;
    const start = reader.pos;
    const end = endOfRun(reader, AGENT_TOTAL_RESOURCES, limit);
    const offered = this.#offered.get(bytes, start, end, () => {
      reader.pos = start;
      return readOffered(reader, end);
    });
    reader.pos = end;
    return offered;
  }

  /** Reads the attributes that stand one after another; the reader is behind the tag of the first. */
  attributes(reader: WireReader, bytes: Buffer, limit: number): readonly Attribute[] {
    const same = sameRun(reader, INFO_ATTRIBUTE, limit, this.#lists);
    if (same !== null) return same;
    const start = reader.pos;
    const end = endOfRun(reader, INFO_ATTRIBUTE, limit);
    const list = this.#lists.get(bytes, start, end, () => this.#attributesBetween(reader, bytes, start, end));
    reader.pos = end;
    return list;
  }

  #attributesBetween(reader: WireReader, bytes: Buffer, start: number, end: number): readonly Attribute[] {
    reader.pos = start;
    const list = [once(reader, bytes, this.#attributes, decodeAttribute)];
    while (reader.pos < end) {
      reader.tag();
      list.push(once(reader, bytes, this.#attributes, decodeAttribute));
    }
    return list;
  }

  domain(reader: WireReader, bytes: Buffer): Domain {
    return once(reader, bytes, this.#domains, decodeDomain);
  }
}

function once<T>(reader: WireReader, bytes: Buffer, known: SharedRuns<T>, decode: (bytes: Buffer) => T): T {
  const end = messageEnd(reader);
  const start = reader.pos;
  reader.pos = end;
  if (known.last !== null && known.endOfSame(bytes, start, end) === end) return known.last;
  return known.get(bytes, start, end, () => decode(bytes.subarray(start, end)));
}

/**
 * The value of the run before, if the same bytes stand here and no further field of this tag follows; the reader is
 * behind the run then, else where it was.
 */
function sameRun<T>(reader: WireReader, tag: number, limit: number, known: SharedRuns<T>): T | null {
  const start = reader.pos;
  const end = known.endOfSame(reader.buf, start, limit);
  if (end < 0) return null;
  reader.pos = end;
  const goesOn = end < limit && reader.tag() === tag;
  reader.pos = goesOn ? start : end;
  return goesOn ? null : known.last;
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

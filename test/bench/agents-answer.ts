import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import protobuf from "protobufjs/minimal.js";
import { mesos } from "../../src/mesos/proto/generated/mesos.js";
import { lengthTag, type WireReader } from "../../src/mesos/read/wire.js";
import { copy, field, shuffled } from "./recorded-message.js";

const RECORDED = resolve("test/fixtures/protobuf/agents");

/** The same answer to GET_AGENTS in both forms a master speaks. */
export interface AgentsAnswer {
  readonly protobuf: Buffer;
  readonly json: Buffer;
}

interface RecordedJson {
  readonly type: string;
  readonly get_agents: { readonly agents: readonly { readonly agent_info: object }[] };
}

/** What makes one agent different from another; everything else is as a real master sent it. */
interface Identity {
  readonly hostname: string;
  readonly id: string;
  readonly pid: string;
}

// Fields of mesos.proto and master.proto.
export const RESPONSE_GET_AGENTS = lengthTag(10);

const AGENTS = lengthTag(1);

const AGENT_INFO = lengthTag(1);

const AGENT_PID = lengthTag(4);

const AGENT_ALLOCATED_RESOURCES = lengthTag(8);

const INFO_HOSTNAME = lengthTag(1);

const INFO_ID = lengthTag(6);

/**
 * The answer of a cluster of so many agents: one agent recorded from a real master, with all its resources and
 * capabilities, again and again under other names. Every other host is a `web-…`, in no particular order.
 *
 * @param isBusier on which of them more is allocated than in the recording; the JSON form does not say
 */
export function agentsAnswer(
  count: number,
  isBusier: (place: number) => boolean = () => false,
): AgentsAnswer {
  const recorded = protobuf.Reader.create(readFileSync(`${RECORDED}.pb`));
  const template = firstAgent(recorded);
  const { type, get_agents } = JSON.parse(readFileSync(`${RECORDED}.json`, "utf8")) as RecordedJson;
  const [model] = get_agents.agents;
  if (model === undefined) throw new TypeError("The recording lacks agents.");

  const answer = protobuf.Writer.create();
  const agents: string[] = [];
  // 10 is GET_AGENTS; field 1 is the type of the answer.
  answer.uint32(8).int32(10).uint32(RESPONSE_GET_AGENTS).fork();
  for (let n = 0; n < count; n++) {
    const identity = identityOf(shuffled(n, count));
    answer.uint32(AGENTS).fork();
    writeAgent(answer, template, identity);
    if (isBusier(n)) answer.uint32(AGENT_ALLOCATED_RESOURCES).bytes(MORE);
    answer.ldelim();
    const agent_info = { ...model.agent_info, hostname: identity.hostname, id: { value: identity.id } };
    agents.push(JSON.stringify({ ...model, agent_info, pid: identity.pid }));
  }
  answer.ldelim();
  const json = `{"type":${JSON.stringify(type)},"get_agents":{"agents":[${agents.join(",")}]}}`;
  return { protobuf: Buffer.from(answer.finish()), json: Buffer.from(json) };
}

/** One more cpu. */
const MORE = mesos.v1.Resource.encode(
  mesos.v1.Resource.fromObject({ name: "cpus", type: "SCALAR", scalar: { value: 1 } }),
).finish();

/** The host name of the agent with this number. */
export function hostnameOf(n: number): string {
  return `${n % 2 === 0 ? "web" : "db"}-${String(n).padStart(5, "0")}.dc1.example.com`;
}

function identityOf(n: number): Identity {
  const hostname = hostnameOf(n);
  const ip = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  return { hostname, id: `718a2aa4-c3f3-4edf-b7f3-87b04a5e7035-S${n}`, pid: `slave(1)@${ip}:5051` };
}

/** Where the first agent stands in an answer. */
function firstAgent(reader: WireReader): Uint8Array {
  const inside = field(reader, RESPONSE_GET_AGENTS);
  return field(protobuf.Reader.create(inside), AGENTS);
}

function writeAgent(writer: protobuf.Writer, template: Uint8Array, identity: Identity): void {
  copy(writer, template, {
    [AGENT_PID]: () => writer.string(identity.pid),
    [AGENT_INFO]: (info) => {
      writer.fork();
      copy(writer, info, {
        [INFO_HOSTNAME]: () => writer.string(identity.hostname),
        [INFO_ID]: () => writer.fork().uint32(lengthTag(1)).string(identity.id).ldelim(),
      });
      writer.ldelim();
    },
  });
}

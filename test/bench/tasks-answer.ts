import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import protobuf from "protobufjs/minimal.js";
import { lengthTag } from "../../src/mesos/read/wire.js";
import { copy, field, shuffled } from "./recorded-message.js";

const RECORDED = resolve("test/fixtures/protobuf/tasks");

interface RecordedJson {
  readonly type: string;
  readonly get_tasks: { readonly tasks: readonly { readonly statuses: readonly object[] }[] };
}

// Fields of mesos.proto and master.proto.
export const RESPONSE_GET_TASKS = lengthTag(13);

const TASKS = lengthTag(2);

const TASK_NAME = lengthTag(1);

const TASK_ID = lengthTag(2);

const TASK_FRAMEWORK_ID = lengthTag(3);

const TASK_AGENT_ID = lengthTag(5);

const AGENTS = 50_000;

export const FRAMEWORKS = 40;

const APPS = 2_000;

/** Agents of `agents-answer` have it in their ids as well. */
export const MASTER = "718a2aa4-c3f3-4edf-b7f3-87b04a5e7035";

interface Identity {
  readonly id: string;
  readonly name: string;
  readonly frameworkId: string;
  readonly agentId: string;
}

/** The id of the framework whose task this is. */
export function frameworkIdOf(n: number): string {
  return `${MASTER}-${String(n % FRAMEWORKS).padStart(4, "0")}`;
}

function identityOf(n: number): Identity {
  const service = n % APPS;
  const app = `team-${service % 97}.service-${service}`;
  const hex = (n * 2_654_435_761) % 2 ** 32;
  const uuid = `${hex.toString(16).padStart(8, "0")}-9bd1-11ee-8d5a-0242ac110002`;
  return {
    id: `${app}.instance-${uuid}._app.1`,
    name: app,
    frameworkId: frameworkIdOf(n),
    agentId: `${MASTER}-S${shuffled(n % AGENTS, AGENTS)}`,
  };
}

/** An answer to GET_TASKS of so many tasks, in pieces: a task recorded from a real master again and again, under other names. */
export function* tasksAnswer(count: number): Generator<Buffer> {
  const recorded = protobuf.Reader.create(readFileSync(`${RECORDED}.pb`));
  const template = field(protobuf.Reader.create(field(recorded, RESPONSE_GET_TASKS)), TASKS);
  const task = (n: number) => {
    const { id, name, frameworkId, agentId } = identityOf(n);
    const writer = protobuf.Writer.create();
    const idOf = (value: string) => () => writer.fork().uint32(lengthTag(1)).string(value).ldelim();
    writer.uint32(TASKS).fork();
    copy(writer, template, {
      [TASK_NAME]: () => writer.string(name),
      [TASK_ID]: idOf(id),
      [TASK_FRAMEWORK_ID]: idOf(frameworkId),
      [TASK_AGENT_ID]: idOf(agentId),
    });
    return writer.ldelim().finish();
  };
  let length = 0;
  for (let n = 0; n < count; n += 1) length += task(n).length;
  // 13 is GET_TASKS; field 1 is the type of the answer.
  yield Buffer.from(
    protobuf.Writer.create().uint32(8).int32(13).uint32(RESPONSE_GET_TASKS).uint32(length).finish(),
  );
  for (let n = 0; n < count; ) {
    const pieces: Uint8Array[] = [];
    for (let more = 0; more < 1_000 && n < count; more += 1, n += 1) pieces.push(task(n));
    yield Buffer.concat(pieces);
  }
}

/** The same as JSON. */
export function tasksJson(count: number): Buffer {
  const { type, get_tasks } = JSON.parse(readFileSync(`${RECORDED}.json`, "utf8")) as RecordedJson;
  const [model] = get_tasks.tasks;
  if (model === undefined) throw new TypeError("The recording lacks tasks.");
  const tasks: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { id, name, frameworkId, agentId } = identityOf(n);
    const ids = {
      task_id: { value: id },
      framework_id: { value: frameworkId },
      agent_id: { value: agentId },
    };
    tasks.push(JSON.stringify({ ...model, name, ...ids }));
  }
  return Buffer.from(`{"type":${JSON.stringify(type)},"get_tasks":{"tasks":[${tasks.join(",")}]}}`);
}

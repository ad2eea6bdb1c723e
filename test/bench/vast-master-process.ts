// A master of 50,000 agents and 200,000 tasks that has its large answers ready: it takes next to nothing of the machine, so that the
// figures beside it are the program's. It plays reads, the event stream and posts of the schedule, and counts what it sends.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import protobuf from "protobufjs/minimal.js";
import type { Schedule } from "../../src/maintenance/cluster/schedule.js";
import { doubleTag, lengthTag } from "../../src/mesos/read/wire.js";
import { readCall } from "../../src/rehearsal/master/call.js";
import type { JsonObject } from "../../src/rehearsal/master/exact-json.js";
import { decodeCall, encodeEvent, encodeResponse } from "../../src/rehearsal/master/wire.js";
import { agentsAnswer, RESPONSE_GET_AGENTS } from "./agents-answer.js";
import { tell } from "./child.js";
import { field } from "./recorded-message.js";
import { FRAMEWORKS, frameworkIdOf, MASTER, RESPONSE_GET_TASKS, tasksAnswer } from "./tasks-answer.js";

export const VAST = { agents: 50_000, tasks: 200_000 } as const;

/** What the master sent, headers counted, by call; SUBSCRIBE is the event stream. */
export type Sent = Readonly<Record<string, { readonly requests: number; readonly bytes: number }>>;

export interface VastCounts {
  readonly sent: Sent;
  readonly windows: number;
}

/** `clear` begins to count anew. */
export type VastQuestion = { readonly kind: "counts" } | { readonly kind: "clear" };

const PROTOBUF = { "content-type": "application/x-protobuf" };

const HEARTBEAT_SECONDS = 15;

/** Somewhere a task starts, and ends half a second later: little for so many. */
const EVENT_EVERY_MS = 1_000;

const agents = agentsAnswer(VAST.agents).protobuf;
const tasks = Buffer.concat([...tasksAnswer(VAST.tasks)]);
const frameworks = encodeResponse(
  {
    type: "GET_FRAMEWORKS",
    get_frameworks: {
      frameworks: Array.from({ length: FRAMEWORKS }, (_, n) => ({
        framework_info: {
          user: "root",
          name: `framework-${n}`,
          id: { value: frameworkIdOf(n) },
          roles: ["*"],
        },
        active: true,
        connected: true,
        recovered: false,
      })),
    },
  },
  PROTOBUF["content-type"] as "application/x-protobuf",
);

let schedule: Schedule = { windows: [] };

let sent: Record<string, { requests: number; bytes: number }> = {};

/** How much of what went over a connection is counted. */
const counted = new WeakMap<Socket, number>();

const streams = new Set<ServerResponse>();

function countSent(type: string, socket: Socket | null, requests: number): void {
  const entry = sent[type] ?? { requests: 0, bytes: 0 };
  sent[type] = entry;
  entry.requests += requests;
  if (socket === null) return;
  entry.bytes += socket.bytesWritten - (counted.get(socket) ?? 0);
  counted.set(socket, socket.bytesWritten);
}

function small(type: string): JsonObject | null {
  const { port } = server.address() as AddressInfo;
  switch (type) {
    case "GET_HEALTH":
      return { type, get_health: { healthy: true } };
    case "GET_VERSION":
      return { type, get_version: { version_info: { version: "1.11.0" } } };
    case "GET_MASTER":
      return {
        type,
        get_master: {
          master_info: { id: MASTER, ip: 16_777_343, port, hostname: "127.0.0.1", version: "1.11.0" },
          start_time: STARTED_SECONDS,
          elected_time: STARTED_SECONDS,
        },
      };
    case "GET_MAINTENANCE_SCHEDULE": {
      const time = (nanoseconds: bigint) => ({ nanoseconds });
      const windows = schedule.windows.map(({ machines, start, duration }) => ({
        machine_ids: machines.map((machine) => ({ ...machine })),
        unavailability: {
          start: time(start),
          ...(duration === null ? {} : { duration: time(duration) }),
        },
      }));
      return { type, get_maintenance_schedule: { schedule: { windows } } };
    }
    case "GET_MAINTENANCE_STATUS": {
      const draining_machines = schedule.windows.flatMap(({ machines }) =>
        machines.map((id) => ({ id: { ...id } })),
      );
      return { type, get_maintenance_status: { status: { draining_machines } } };
    }
    default:
      return null;
  }
}

const STARTED_SECONDS = Date.now() / 1_000;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { socket } = request;
  const body = await buffer(request);
  const call = readCall(decodeCall(body, "application/x-protobuf"), []);
  const { type } = call;
  if (type === "SUBSCRIBE") {
    subscribe(response);
    return;
  }
  response.on("finish", () => countSent(type, socket, 1));
  if (type === "UPDATE_MAINTENANCE_SCHEDULE") {
    schedule = call.schedule;
    response.writeHead(200).end();
    return;
  }
  const ready = { GET_AGENTS: agents, GET_TASKS: tasks, GET_FRAMEWORKS: frameworks } as Partial<
    Record<string, Buffer>
  >;
  const answer = small(type);
  const bytes = ready[type] ?? (answer === null ? null : encodeResponse(answer, "application/x-protobuf"));
  if (bytes === null) response.writeHead(400).end(`This master of the benchmark does not play ${type}.`);
  else response.writeHead(200, { ...PROTOBUF, "content-length": String(bytes.length) }).end(bytes);
}

/** The first record holds the state of the whole cluster, as a master's does. */
function subscribe(response: ServerResponse): void {
  countSent("SUBSCRIBE", null, 1);
  const state = protobuf.Writer.create();
  state.uint32(lengthTag(1)).bytes(field(protobuf.Reader.create(tasks), RESPONSE_GET_TASKS));
  state.uint32(lengthTag(4)).bytes(field(protobuf.Reader.create(agents), RESPONSE_GET_AGENTS));
  const subscribed = protobuf.Writer.create();
  subscribed.uint32(lengthTag(1)).bytes(state.finish());
  subscribed.uint32(doubleTag(2)).double(HEARTBEAT_SECONDS);
  // Field 1 is the kind of event: 1 is SUBSCRIBED.
  const record = protobuf.Writer.create()
    .uint32(8)
    .int32(1)
    .uint32(lengthTag(2))
    .bytes(subscribed.finish())
    .finish();
  response.writeHead(200, PROTOBUF);
  response.write(`${record.length}\n`);
  response.write(record);
  streams.add(response);
  response.on("close", () => streams.delete(response));
}

function publish(event: JsonObject): void {
  const record = encodeEvent(event, "application/x-protobuf");
  for (const stream of streams) stream.write(record);
}

let launched = 0;

/** On agents that no bench drains. */
function oneTaskComesAndGoes(): void {
  const n = launched++;
  const ids = {
    task_id: { value: `event-${n}` },
    agent_id: { value: `${MASTER}-S${VAST.agents - 1 - (n % 1_000)}` },
  };
  const framework_id = { value: frameworkIdOf(n) };
  const task = { name: `event-${n}`, ...ids, framework_id, state: "TASK_RUNNING", resources: [] };
  publish({ type: "TASK_ADDED", task_added: { task } });
  setTimeout(() => {
    const status = { ...ids, state: "TASK_FINISHED", timestamp: Date.now() / 1_000 };
    publish({ type: "TASK_UPDATED", task_updated: { framework_id, status, state: "TASK_FINISHED" } });
  }, EVENT_EVERY_MS / 2);
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.destroy();
  });
});

process.on("message", ({ kind }: VastQuestion) => {
  for (const { socket } of streams) countSent("SUBSCRIBE", socket, 0);
  if (kind === "clear") sent = {};
  const counts: VastCounts = { sent, windows: schedule.windows.length };
  tell(counts);
});

server.listen(0, "127.0.0.1", () => {
  setInterval(() => publish({ type: "HEARTBEAT" }), HEARTBEAT_SECONDS * 1_000);
  setInterval(oneTaskComesAndGoes, EVENT_EVERY_MS);
  tell({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

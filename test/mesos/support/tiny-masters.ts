import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createMaster, type Master, type MasterOptions } from "../../../src/mesos/master.js";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";

const { Call, Response } = mesos.v1.master;

/** A call as a server received it. */
interface Received {
  readonly type: string;
  readonly call: mesos.v1.master.Call;
  readonly headers: IncomingMessage["headers"];
  readonly path: string;
}

type Handler = (received: Received, response: ServerResponse) => void;

/** A real HTTP server that answers as a test tells it, and remembers what it was sent. */
export interface TinyMaster {
  readonly address: string;
  readonly name: string;
  readonly port: number;
  readonly received: Received[];
  handler: Handler;
  stop(): Promise<void>;
}

const running = new Set<TinyMaster>();

const clients = new Set<Master>();

export async function tinyMaster(
  handler: Handler,
  create: (listener: (request: IncomingMessage, response: ServerResponse) => void) => Server = createServer,
  host = "127.0.0.1",
): Promise<TinyMaster> {
  const received: Received[] = [];
  const server = create((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = Call.decode(Buffer.concat(chunks));
      const entry = {
        type: Call.Type[call.type ?? 0] ?? "",
        call,
        headers: request.headers,
        path: request.url ?? "",
      };
      received.push(entry);
      master.handler(entry, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const master: TinyMaster = {
    address: `http://${host}:${port}`,
    name: `${host}:${port}`,
    port,
    received,
    handler,
    async stop() {
      running.delete(master);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  running.add(master);
  return master;
}

/** A client with short limits. Closed by `stopAll`. */
export function client(options: Partial<MasterOptions> & Pick<MasterOptions, "masters">): Master {
  const master = createMaster({
    cluster: "prod",
    credentials: null,
    ca: null,
    timeouts: { connectMs: 1_000, headersMs: 10_000, bodyMs: 10_000 },
    patience: { firstRetryMs: 1, longestRetryMs: 5 },
    ...options,
  });
  clients.add(master);
  return master;
}

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((master) => master.stop()));
  await Promise.all([...clients].map((master) => master.close()));
  clients.clear();
}

/** Number of calls of one type that a server received. */
export function count(master: TinyMaster, type: string): number {
  return master.received.filter((received) => received.type === type).length;
}

export function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}

export function redirectTo(name: string): Handler {
  return (_, response) => void response.writeHead(307, { location: `//${name}/master/api/v1` }).end();
}

export function answer(response: ServerResponse, parts: Record<string, unknown>): void {
  const bytes = Response.encode(Response.fromObject(parts)).finish();
  response.writeHead(200, { "content-type": "application/x-protobuf" }).end(bytes);
}

/** What a leader with an empty cluster answers; `changes` replaces answers by the type of the call. */
export function leading(
  id = "leader-1",
  changes: Record<string, (response: ServerResponse) => void> = {},
): Handler {
  return ({ type }, response) => {
    const change = changes[type];
    if (change !== undefined) change(response);
    else if (type === "GET_MASTER") {
      const master_info = { id, ip: 0, port: 5050, version: "1.11.0" };
      answer(response, { type, get_master: { master_info } });
    } else if (type === "GET_VERSION")
      answer(response, { type, get_version: { version_info: { version: "1.11.0" } } });
    else if (type === "GET_AGENTS") answer(response, { type, get_agents: {} });
    else if (type === "GET_FRAMEWORKS") answer(response, { type, get_frameworks: {} });
    else if (type === "GET_TASKS") answer(response, { type, get_tasks: {} });
    else if (type === "GET_MAINTENANCE_SCHEDULE")
      answer(response, { type, get_maintenance_schedule: { schedule: {} } });
    else if (type === "GET_MAINTENANCE_STATUS")
      answer(response, { type, get_maintenance_status: { status: {} } });
    else response.writeHead(200).end();
  };
}

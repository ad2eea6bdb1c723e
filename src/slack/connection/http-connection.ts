import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { parse } from "node:querystring";
import {
  type App,
  HTTPModuleFunctions,
  HTTPResponseAck,
  type Receiver,
  type ReceiverEvent,
} from "@slack/bolt";
import { inWords } from "../../base/in-words.js";
import type { Logger } from "../../base/logger.js";
import { scrub } from "../../base/scrub.js";
import { settlesWithin } from "../../base/within.js";
import type { HttpMode } from "../../config/config.js";
import { boltLogger } from "../wire/logger.js";
import { type Connection, receivedNow } from "./connection.js";
import {
  createDoor,
  DOOR,
  type Door,
  type DoorLimits,
  HTTP_PATH,
  serverOptions,
  type Taken,
} from "./door.js";
import { createRefusalLog } from "./refusal-log.js";

const CLOSE_TIMEOUT_MS = 5_000;

export interface HttpConnection extends Connection {
  /** @see Door.kept */
  kept: Door["kept"];
}

/** The port for Slack's requests cannot be opened. */
export class PortError extends Error {
  override readonly name = "PortError";
}

/**
 * HTTP mode: Slack's signed requests. A receiver of our own from Bolt's parts, because Bolt's reads before it looks who
 * sends (`door.ts`), and a signed body that is no object ends the process in it.
 */
export function createHttpConnection(
  mode: HttpMode,
  logger: Logger,
  limits: DoorLimits = DOOR,
  now: () => number = Date.now,
): HttpConnection {
  const door = createDoor(mode.signingSecret, limits, now);
  const refusals = createRefusalLog(logger, now);
  let app: Pick<App, "processEvent"> | null = null;
  let server: Server | null = null;

  const receiver: Receiver = {
    init(bolt) {
      app = bolt;
    },
    async start() {},
    async stop() {},
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = receivedNow();
    const taken = await door.take(request, response);
    if (taken === null) return;
    if ("status" in taken) {
      refusals.add(taken);
      return refuse(response, taken.status);
    }
    const body = bodyIn(taken);
    if (body === undefined) {
      logger.warn({}, "a signed request was refused: its body is not what it says it is. Nothing was done.");
      return refuse(response, 400);
    }
    if (has(body, "ssl_check", "1")) return HTTPModuleFunctions.buildSSLCheckResponse(response);
    if (has(body, "type", "url_verification")) {
      return HTTPModuleFunctions.buildUrlVerificationResponse(response, body);
    }
    const ack = new HTTPResponseAck({
      logger: boltLogger(logger),
      processBeforeResponse: false,
      httpRequest: request,
      httpResponse: response,
    });
    await app?.processEvent({
      // Whatever it is: the app reads it (`hear/checked-app.ts`).
      body: body as ReceiverEvent["body"],
      ack: ack.bind(),
      customProperties: received,
    });
  }

  function heard(request: IncomingMessage, response: ServerResponse): void {
    serve(request, response).catch((error: unknown) => {
      logger.error({ err: scrub(String(error)) }, "a request of Slack could not be worked on");
      if (!response.headersSent) refuse(response, 500);
    });
  }

  async function open(): Promise<Server> {
    const listening = createServer(serverOptions(limits), heard);
    listening.maxConnections = limits.open;
    listening.on("drop", () => refusals.add({ status: 503, why: "too many connections are open" }));
    listening.listen({ port: mode.port, host: mode.host });
    await once(listening, "listening");
    listening.on("error", (error) => logger.error({ err: error.message }, "the port for Slack's requests"));
    return listening;
  }

  return {
    receiver,
    kept: door.kept,
    async start() {
      try {
        server = await open();
      } catch (error) {
        throw new PortError(
          `The port for Slack's requests could not be opened: ${inWords(error)}. The bot was not started. Free port ${mode.port} or set PORT to another one; HOST (${mode.host}) has to be an address of this machine.`,
          { cause: error },
        );
      }
      const { host } = mode;
      logger.info({ host, port: portOf(server), path: HTTP_PATH }, "listening for Slack (HTTP mode)");
    },
    async stop() {
      if (server === null) return;
      const open = server;
      server = null;
      const closed = new Promise<void>((resolve) => open.close(() => resolve()));
      // Requests under way get their answer; what is still open after that was not waiting for one.
      if (!(await settlesWithin(CLOSE_TIMEOUT_MS, closed))) open.closeAllConnections();
    },
    ready: () => (server === null ? "The port for Slack's requests is not open." : true),
    port: () => portOf(server),
  };
}

/** What is not read any more goes with the connection. */
function refuse(response: ServerResponse, status: number): void {
  const allow = status === 405 ? { allow: "POST" } : {};
  response.writeHead(status, { connection: "close", ...allow }).end();
}

/** What Slack sent, a form or JSON, or JSON in the field `payload` of a form; `undefined` when it is not. */
function bodyIn({ form, text }: Taken): unknown {
  try {
    if (!form) return JSON.parse(text);
    const fields = parse(text);
    return fields.payload === undefined ? fields : JSON.parse(String(fields.payload));
  } catch {
    return undefined;
  }
}

function has(body: unknown, key: string, value: string): body is Record<string, unknown> {
  return typeof body === "object" && body !== null && (body as Record<string, unknown>)[key] === value;
}

function portOf(server: Server | null): number | null {
  const address = server?.address();
  return typeof address === "object" && address !== null ? address.port : null;
}

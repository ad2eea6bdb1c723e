import { perform, type Reply } from "./api.js";
import { type Call, readMachines, readSchedule } from "./call.js";
import { type Json, type JsonObject, JsonSyntaxError, parseExactJson } from "./exact-json.js";
import { carryOut, type Exchange, type MasterParts, refuseUnread } from "./exchange.js";
import { readBody, send, sendJson, sendMethodNotAllowed, sendText } from "./responses.js";
import { refuseSchedule } from "./schedule-rules.js";
import { ShapeError } from "./shape.js";
import type { MasterState } from "./state.js";

/** The endpoints from before the operator API, and the methods they take. The bot must not use them; others do. */
const ENDPOINTS = {
  "/maintenance/schedule": ["GET", "POST"],
  "/maintenance/status": ["GET"],
  "/machine/down": ["POST"],
  "/machine/up": ["POST"],
} as const;

export type V0Path = keyof typeof ENDPOINTS;

export function isV0Path(path: string): path is V0Path {
  return path in ENDPOINTS;
}

/** One of the v0 endpoints on the leader. */
export async function answerV0(parts: MasterParts, exchange: Exchange, path: V0Path): Promise<void> {
  const { request, response } = exchange;
  const allowed: readonly string[] = ENDPOINTS[path];
  const method = request.method ?? "";
  if (!allowed.includes(method)) return sendMethodNotAllowed(response, allowed, method);
  const body = await readBody(request);
  if (body === null) return;
  const call = method === "GET" ? readingCall(path) : understand(path, body.toString("utf8"));
  if (typeof call === "string") return refuseUnread(parts, exchange, 400, call);

  if (parts.leadership.get() === "not_recovered") {
    const blind = answerBlind(parts, exchange, call);
    if (blind !== null) return tell(exchange, blind);
    // A post that would be accepted waits for the recovery, and its caller waits with it.
    await parts.leadership.recovered();
    if (response.destroyed) return;
  }
  carryOut(parts, exchange, call, (reply) => tell(exchange, reply));
}

function readingCall(path: V0Path): Call {
  return path === "/maintenance/schedule"
    ? { type: "GET_MAINTENANCE_SCHEDULE" }
    : { type: "GET_MAINTENANCE_STATUS" };
}

/** The call, or why it is refused. */
function understand(path: V0Path, body: string): Call | string {
  try {
    const json = parseExactJson(body);
    if (path !== "/maintenance/schedule") {
      if (!isList(json)) return "Unexpected JSON type parsed";
      const type = path === "/machine/down" ? "START_MAINTENANCE" : "STOP_MAINTENANCE";
      return { type, machines: readMachines(json) };
    }
    if (typeof json !== "object" || json === null || isList(json)) return "Unexpected JSON type parsed";
    return { type: "UPDATE_MAINTENANCE_SCHEDULE", schedule: readSchedule(json) };
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof ShapeError) return error.message;
    throw error;
  }
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/**
 * A leader that has not read its registry answers from nothing: reads are an empty 200 and no machine is known. `null`
 * for a schedule that would be accepted.
 */
function answerBlind({ live, self }: MasterParts, { caller }: Exchange, call: Call): Reply | null {
  const blind: MasterState = {
    ...live.state(),
    schedule: { windows: [] },
    machines: new Map(),
    agents: [],
    answers: [],
    inverseOffers: [],
  };
  const isPost = call.type === "UPDATE_MAINTENANCE_SCHEDULE";
  if (isPost && refuseSchedule(blind, call.schedule) === null) return null;
  return perform(blind, call, caller, self(), live.now()).reply;
}

function tell({ response }: Exchange, reply: Reply): void {
  if ("text" in reply) sendText(response, reply.status, reply.text);
  else if (reply.body === null) send(response, reply.status);
  else sendJson(response, withoutEnvelope(reply.body));
}

/** The schedule or the status alone, which the v1 answer has in an envelope. */
function withoutEnvelope({ get_maintenance_schedule, get_maintenance_status }: JsonObject): JsonObject {
  const { schedule, status } = Object(get_maintenance_schedule ?? get_maintenance_status);
  return schedule ?? status;
}

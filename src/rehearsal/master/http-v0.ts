import { perform } from "./api.js";
import { type Call, readMachines, readSchedule } from "./call.js";
import { type Json, JsonSyntaxError, parseExactJson, type WritableObject } from "./exact-json.js";
import { carryOut, type Exchange, type MasterParts, refuseUnread } from "./exchange.js";
import type { Reply } from "./reply.js";
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
  if (typeof call === "string") return refuseUnread(parts, exchange, { status: 400, text: call });

  if (parts.leadership.get() === "not_recovered") {
    const blind = answerBlind(parts, exchange, call);
    if (blind !== null) return tell(exchange, blind);
    // The trap: the post waits for the recovery, and the caller with it.
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
    const isList = Array.isArray(json);
    if (isList !== (path !== "/maintenance/schedule") || typeof json !== "object" || json === null) {
      return "Unexpected JSON type parsed";
    }
    if (path === "/maintenance/schedule") {
      return { type: "UPDATE_MAINTENANCE_SCHEDULE", schedule: readSchedule(json) };
    }
    const machines = readMachines(listOf(json));
    return { type: path === "/machine/down" ? "START_MAINTENANCE" : "STOP_MAINTENANCE", machines };
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof ShapeError) return error.message;
    throw error;
  }
}

function listOf(json: Json): readonly Json[] {
  return Array.isArray(json) ? json : [];
}

/**
 * A leader that has not read its registry answers from nothing: reads are an empty 200 and no machine is known. `null`
 * for a schedule that would be accepted.
 */
function answerBlind({ stage, self }: MasterParts, { caller }: Exchange, call: Call): Reply | null {
  const blind: MasterState = {
    ...stage.state(),
    schedule: { windows: [] },
    machines: new Map(),
    agents: [],
    answers: [],
    inverseOffers: [],
  };
  if (call.type === "UPDATE_MAINTENANCE_SCHEDULE" && refuseSchedule(blind, call.schedule) === null)
    return null;
  return perform(blind, call, caller, self(), stage.now()).reply;
}

function tell({ response }: Exchange, reply: Reply): void {
  if ("text" in reply) sendText(response, reply.status, reply.text);
  else if (reply.body === null) send(response, reply.status);
  else sendJson(response, bareBody(reply.body));
}

/** The v1 answer without its envelope. */
function bareBody(body: WritableObject): WritableObject {
  const { get_maintenance_schedule: schedule, get_maintenance_status: status } = body;
  return inner(inner(schedule, "schedule") ?? inner(status, "status")) ?? {};
}

function inner(value: WritableObject[string], key?: string): WritableObject | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const object = value as WritableObject;
  return key === undefined ? object : inner(object[key]);
}

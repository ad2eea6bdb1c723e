import { type Call, CallError, readCall } from "./call.js";
import { JsonSyntaxError } from "./exact-json.js";
import { carryOut, type Exchange, type MasterParts, refuseUnread } from "./exchange.js";
import { readBody, send, sendMethodNotAllowed, sendText } from "./responses.js";
import { ShapeError } from "./shape.js";
import { decodeCall, ENCODINGS, type Encoding, encodeResponse } from "./wire.js";

/** POST /api/v1 on the leader. The order of its refusals is a master's. */
export async function answerV1(parts: MasterParts, exchange: Exchange): Promise<void> {
  const { request, response, caller } = exchange;
  if (parts.leadership.get() === "not_recovered") {
    return refuseUnread(parts, exchange, 503, "Master has not finished recovery");
  }
  if (request.method !== "POST") return sendMethodNotAllowed(response, ["POST"], request.method ?? "");
  const body = await readBody(request);
  if (body === null) return;

  const contentType = mediaType(request.headers["content-type"]);
  if (contentType === null) {
    return refuseUnread(parts, exchange, 400, "Expecting 'Content-Type' to be present");
  }
  const encoding = ENCODINGS.find((known) => known === contentType);
  if (encoding === undefined) {
    const text = "Expecting 'Content-Type' of application/json or application/x-protobuf";
    return refuseUnread(parts, exchange, 415, text);
  }
  const call = understand(parts, body, encoding);
  if (typeof call === "string") return refuseUnread(parts, exchange, 400, call);
  const accepted = acceptedEncoding(request.headers.accept);
  if (accepted === null) {
    const text = "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'";
    return refuseUnread(parts, exchange, 406, text);
  }

  carryOut(parts, exchange, call, (reply) => {
    if ("text" in reply) return sendText(response, reply.status, reply.text);
    if (reply.body === null) return send(response, reply.status);
    if (call.type === "SUBSCRIBE") return parts.subscribers.add(response, caller, accepted, reply.body);
    send(response, reply.status, { "content-type": accepted }, encodeResponse(reply.body, accepted));
  });
}

/** The call, or why it is refused. */
function understand({ unknownCalls }: MasterParts, body: Buffer, encoding: Encoding): Call | string {
  try {
    return readCall(decodeCall(body, encoding), unknownCalls);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return `Failed to parse body into JSON: ${error.message}`;
    if (error instanceof ShapeError) return `Failed to convert JSON into Call protobuf: ${error.message}`;
    if (error instanceof CallError) return error.message;
    throw error;
  }
}

function mediaType(header: string | undefined): string | null {
  const type = header?.split(";")[0]?.trim().toLowerCase();
  return type === undefined || type === "" ? null : type;
}

/** JSON if the caller allows both, as a master chooses; without an Accept header everything is allowed. */
function acceptedEncoding(accept: string | undefined): Encoding | null {
  if (accept === undefined || accept.trim() === "") return "application/json";
  const allowed = accept.split(",").map(mediaType);
  const any = allowed.includes("*/*") || allowed.includes("application/*");
  return ENCODINGS.find((encoding) => any || allowed.includes(encoding)) ?? null;
}

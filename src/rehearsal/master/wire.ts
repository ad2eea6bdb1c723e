import { mesos } from "../../mesos/proto/generated/mesos.js";
import { CallError } from "./call.js";
import { type Json, type JsonObject, parseExactJson, stringifyExactJson } from "./exact-json.js";

const { Call, Response, Event } = mesos.v1.master;

/** The two encodings of the operator API. */
export const ENCODINGS = ["application/json", "application/x-protobuf"] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** The body of a call as exact JSON, whichever encoding it came in. Throws a `CallError` or a `JsonSyntaxError`. */
export function decodeCall(body: Buffer, encoding: Encoding): Json {
  if (encoding === "application/json") return parseExactJson(body.toString("utf8"));
  try {
    // Text for int64 and enums: the same reader takes both encodings.
    return Call.toObject(Call.decode(body), { longs: String, enums: String }) as JsonObject;
  } catch (cause) {
    throw new CallError("Failed to parse body into Call protobuf", { cause });
  }
}

/** A `Response`. The schema leaves out what nobody here reads; answers in protobuf are without it. */
export function encodeResponse(response: JsonObject, encoding: Encoding): Buffer {
  if (encoding === "application/json") return Buffer.from(stringifyExactJson(response));
  return Buffer.from(Response.encode(Response.fromObject(response)).finish());
}

/** An `Event` as one RecordIO record: its length in decimal, a newline, its bytes. */
export function encodeEvent(event: JsonObject, encoding: Encoding): Buffer {
  const record =
    encoding === "application/json"
      ? Buffer.from(stringifyExactJson(event))
      : Buffer.from(Event.encode(Event.fromObject(event)).finish());
  return Buffer.concat([Buffer.from(`${record.length}\n`), record]);
}

import { mesos } from "../../mesos/proto/generated/mesos.js";
import {
  type Json,
  type JsonObject,
  parseExactJson,
  stringifyExactJson,
  type WritableObject,
} from "./exact-json.js";

const { Call, Response, Event } = mesos.v1.master;

/** The two encodings of the operator API. */
export const ENCODINGS = ["application/json", "application/x-protobuf"] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** A body that could not be read; the text is the master's. */
export class WireError extends Error {}

/** The body of a call as exact JSON, whichever encoding it came in. Throws a `WireError` or a `JsonSyntaxError`. */
export function decodeCall(body: Buffer, encoding: Encoding): Json {
  if (encoding === "application/json") return parseExactJson(body.toString("utf8"));
  try {
    // Text for int64 and enums: the same reader takes both encodings.
    return Call.toObject(Call.decode(body), { longs: String, enums: String }) as JsonObject;
  } catch (cause) {
    throw new WireError("Failed to parse body into Call protobuf", { cause });
  }
}

/** A `Response`. The schema leaves out what nobody here reads; protobuf answers are without it. */
export function encodeResponse(body: WritableObject, encoding: Encoding): Buffer {
  if (encoding === "application/json") return Buffer.from(stringifyExactJson(body));
  return Buffer.from(Response.encode(Response.fromObject(body)).finish());
}

/** An `Event` as one RecordIO record: its length in decimal, a newline, its bytes. */
export function encodeEvent(body: WritableObject, encoding: Encoding): Buffer {
  const record =
    encoding === "application/json"
      ? Buffer.from(stringifyExactJson(body))
      : Buffer.from(Event.encode(Event.fromObject(body)).finish());
  return Buffer.concat([Buffer.from(`${record.length}\n`), record]);
}

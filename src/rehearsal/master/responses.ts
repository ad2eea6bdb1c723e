import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { type JsonObject, stringifyExactJson } from "./exact-json.js";

type Headers = Readonly<Record<string, string>>;

/** Sends a whole answer, unless the caller has gone away. */
export function send(
  response: ServerResponse,
  status: number,
  headers: Headers = {},
  body: string | Buffer = "",
): void {
  if (response.destroyed || response.writableEnded) return;
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(body);
}

/** A refusal: the master's words in plain text. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Headers = {},
): void {
  send(response, status, { ...headers, "content-type": "text/plain; charset=utf-8" }, text);
}

export function sendJson(response: ServerResponse, body: JsonObject): void {
  send(response, 200, { "content-type": "application/json" }, stringifyExactJson(body));
}

export function sendMethodNotAllowed(
  response: ServerResponse,
  allowed: readonly string[],
  received: string,
): void {
  const expected = allowed.map((method) => `'${method}'`).join(", ");
  const text = `405 Method Not Allowed. Expecting one of { ${expected} }, but received '${received}'.`;
  sendText(response, 405, text, { allow: allowed.join(", ") });
}

/** The whole body; `null` if the caller went away while sending it. */
export function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return buffer(request).catch(() => null);
}

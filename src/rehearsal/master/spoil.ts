import type { ServerResponse } from "node:http";

/**
 * What can be wrong with an answer. `half`: the connection breaks in the middle of it. `garbage`: other bytes of its length, but eight
 * at least. `content_type`: it says that it is HTML. `endless`: it goes on slowly and never ends.
 */
export type Spoiling = "half" | "garbage" | "content_type" | "endless";

const SPOILINGS: readonly string[] = ["half", "garbage", "content_type", "endless"] satisfies Spoiling[];

export function isSpoiling(kind: string): kind is Spoiling {
  return SPOILINGS.includes(kind);
}

const LEAST_GARBAGE_BYTES = 8;

const TRICKLE_EVERY_MS = 20;

/** Spoils what is sent with this response from now on. */
export function spoil(response: ServerResponse, how: Spoiling): void {
  const writeHead = response.writeHead.bind(response);
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  const send = (status: number, headers: object, body: Buffer): void => {
    const { "content-length": length, ...others } = { "content-length": undefined, ...headers };
    switch (how) {
      case "half":
        if (body.length < 2) return void response.socket?.resetAndDestroy();
        writeHead(status, length === undefined ? others : headers);
        write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy());
        return;
      case "garbage":
        writeHead(status, others);
        end(Buffer.alloc(Math.max(body.length, LEAST_GARBAGE_BYTES), 0xff));
        return;
      case "content_type":
        writeHead(status, { ...headers, "content-type": "text/html" });
        if (length !== undefined) return void end(body);
        write(body);
        // A stream goes on.
        response.write = write;
        return;
      case "endless": {
        writeHead(status, others);
        write(body);
        const trickling = setInterval(() => write(Buffer.alloc(1)), TRICKLE_EVERY_MS);
        response.on("close", () => clearInterval(trickling));
      }
    }
  };
  let head: readonly [number, object] = [200, {}];
  response.writeHead = ((status: number, headers: object = {}) => {
    head = [status, headers];
    return response;
  }) as ServerResponse["writeHead"];
  let isSent = false;
  const once = (body: string | Buffer = ""): ServerResponse => {
    if (!isSent) send(...head, Buffer.from(body));
    isSent = true;
    return response;
  };
  response.end = once as ServerResponse["end"];
  response.write = ((body: string | Buffer) => {
    once(body);
    return true;
  }) as ServerResponse["write"];
}

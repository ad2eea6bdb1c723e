import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { until } from "./until.js";

/** A server whose answers have no end. */
export interface EndlessServer {
  readonly url: string;
  readonly host: string;
  /** Requests that came. */
  readonly requests: readonly { readonly path: string; readonly headers: IncomingMessage["headers"] }[];
  /** Bytes of answers that the other side took, when all connections were dropped. */
  taken(): Promise<number>;
}

const PIECE = Buffer.alloc(16 * 1024, "x");

/**
 * Answers with a status, headers and some words, and then goes on for as long as somebody takes it. `isEndless` says which
 * requests are answered so; `otherwise` answers the others.
 */
export async function endlessServer(
  answer: { readonly status: number; readonly headers?: Record<string, string>; readonly words?: string },
  isEndless: (body: Buffer, path: string) => boolean = () => true,
  otherwise: (body: Buffer, response: ServerResponse) => void = (_, response) => void response.end(),
): Promise<EndlessServer> {
  let bytes = 0;
  let open = 0;
  const requests: { path: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const path = request.url ?? "";
      requests.push({ path, headers: request.headers });
      if (!isEndless(body, path)) return otherwise(body, response);
      open += 1;
      response.writeHead(answer.status, answer.headers);
      response.write(answer.words ?? "");
      const goOn = () => {
        while (!response.destroyed && response.write(PIECE)) {}
      };
      response.on("drain", goOn);
      response.on("close", () => {
        open -= 1;
        bytes += request.socket.bytesWritten;
      });
      goOn();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    requests,
    async taken() {
      await until("all connections to be dropped", async () => open === 0 && requests.length > 0);
      return bytes;
    },
  };
}

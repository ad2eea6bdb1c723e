import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer, TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import {
  createTransport,
  DEFAULT_TIMEOUTS,
  type Timeouts,
  type Transport,
} from "../../src/mesos/transport.js";

const file = (name: string) => readFileSync(join(import.meta.dirname, "../mesos/support/tls", name), "utf8");

const identity = { key: file("master-key.pem"), cert: file("master.pem") };

const open: { server: Server; transport: Transport }[] = [];

afterEach(async () => {
  for (const { server, transport } of open.splice(0)) {
    await transport.close();
    server.close();
  }
});

/** A server that answers the first bytes of a call, and how the client ended that connection. */
async function serverThat(
  answers: (socket: Socket) => unknown,
  scheme: string,
  timeouts?: Partial<Timeouts>,
) {
  let tell: (ending: "reset" | "in order") => void;
  const ending = new Promise<"reset" | "in order">((resolve) => {
    tell = resolve;
  });
  const listener = (socket: Socket) => {
    socket.once("data", () => answers(socket));
    socket.once("end", () => tell("in order"));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET") tell("reset");
    });
  };
  const server =
    scheme === "https"
      ? createTlsServer({ ...identity, allowHalfOpen: true }, listener)
      : createServer({ allowHalfOpen: true }, listener);
  return { ending, ...(await clientOf(server, scheme, timeouts)) };
}

/** How a write is sent to this server. */
async function clientOf(server: Server, scheme: string, timeouts: Partial<Timeouts> = {}) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = createTransport({
    cluster: "prod",
    credentials: null,
    ca: identity.cert,
    timeouts: { ...DEFAULT_TIMEOUTS, ...timeouts },
    limit: (ms) => AbortSignal.timeout(ms),
  });
  open.push({ server, transport });
  const post = (how: { signal?: AbortSignal; maySend?: () => boolean } = {}) =>
    transport.post({ name, origin: `${scheme}://${name}` }, CALL, { maySend: () => true, ...how });
  return { post };
}

const CALL = Buffer.from("any call");

describe.each(["http", "https"])("a write over %s", (scheme) => {
  test.each<[string, (socket: Socket) => unknown, string, Partial<Timeouts>?]>([
    ["is not answered in time", () => undefined, "headers_timeout", { writeMs: 200 }],
    [
      "is answered by half in time",
      (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
      "body_timeout",
      { bodyMs: 200 },
    ],
    [
      "is answered with something else than HTTP",
      (socket: Socket) => socket.write("SSH-2.0\r\n"),
      "not_http",
    ],
    ["finds the answer ended before it began", (socket: Socket) => socket.end(), "connection_lost"],
    [
      "finds the answer ended by half",
      (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
      "connection_lost",
    ],
  ])("a write that %s resets its connection (invariants 5, 7)", async (_, answers, code, timeouts) => {
    const { ending, post } = await serverThat(answers, scheme, timeouts);
    await expect(post()).rejects.toMatchObject({ code, sent: "maybe" });
    expect(await ending).toBe("reset");
  });

  test("a write that its caller stops resets its connection (invariants 5, 7)", async () => {
    const stop = new AbortController();
    const { ending, post } = await serverThat(
      // A turn later, when TLS has written what it still owes: that write would fail and hide how the connection ended.
      () => setImmediate(() => stop.abort()),
      scheme,
    );
    await expect(post({ signal: stop.signal })).rejects.toMatchObject({ sent: "maybe" });
    expect(await ending).toBe("reset");
  });

  test("a write that is no longer to be made when its connection stands sends nothing, and resets it (invariants 5, 13)", async () => {
    let arrived = 0;
    const server = createServer({ allowHalfOpen: true });
    const ending = new Promise<string | undefined>((resolve) => {
      // Where TLS is half made, the listener of a TLS server would not be called.
      server.on("connection", (tcp) => {
        const socket = scheme === "http" ? tcp : new TLSSocket(tcp, { ...identity, isServer: true });
        socket.on("data", ({ length }) => {
          arrived += length;
        });
        socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code));
        socket.once("end", () => resolve("in order"));
      });
    });
    const { post } = await clientOf(server, scheme);
    await expect(post({ maySend: () => false })).rejects.toMatchObject({ code: "withdrawn", sent: "no" });
    expect(await ending).toBe("ECONNRESET");
    expect(arrived).toBe(0);
  });

  test.each([
    ["of an announced length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole", false],
    [
      "after which the master closes",
      "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nwhole",
      true,
    ],
    ["that ends with the connection", "HTTP/1.1 200 OK\r\n\r\nwhole", true],
    ["that refuses it", "HTTP/1.1 400 Bad Request\r\ncontent-length: 5\r\n\r\nwhole", false],
  ])("a write with a complete answer %s closes its connection in order", async (_, answer, ends) => {
    const { ending, post } = await serverThat(
      (socket) => (ends ? socket.end(answer) : socket.write(answer)),
      scheme,
    );
    expect(String((await post()).body)).toBe("whole");
    expect(await ending).toBe("in order");
  });
});

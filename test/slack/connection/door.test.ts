import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { DOOR } from "../../../src/slack/connection/door.js";
import { createHttpConnection, type HttpConnection } from "../../../src/slack/connection/http-connection.js";
import { keepingLogger } from "../fixtures.js";
import { until } from "../until.js";
import { answerOn, type Headers, head } from "./raw-http.js";

const SECRET = "fake-signing-secret";

const FORM = "application/x-www-form-urlencoded";

const BODY = "command=%2Fmesos&text=status";

let door: HttpConnection;

let logger: ReturnType<typeof keepingLogger>;

/** Bodies that came through. */
let heard: unknown[];

async function open(limits: Partial<Record<keyof typeof DOOR, number>> = {}): Promise<void> {
  logger = keepingLogger();
  heard = [];
  const mode = { kind: "http", signingSecret: new Secret(SECRET), host: "127.0.0.1", port: 0 } as const;
  door = createHttpConnection(mode, logger, { ...DOOR, ...limits });
  const app = {
    async processEvent({ body, ack }: { body: unknown; ack: () => Promise<void> }) {
      heard.push(body);
      await ack();
    },
  };
  door.receiver.init(app as never);
  await door.start();
}

beforeEach(() => open());

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await door.stop();
});

const sockets: Socket[] = [];

async function dial(): Promise<Socket> {
  const socket = connect(door.port() ?? 0, "127.0.0.1");
  // The port may hang up in the middle of what is sent.
  socket.on("error", () => {});
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

const now = () => Math.floor(Date.now() / 1_000);

function signed(body: string | Buffer, at: string | number = now(), secret = SECRET): Record<string, string> {
  const hmac = createHmac("sha256", secret).update(`v0:${at}:`).update(body).digest("hex");
  return { "x-slack-request-timestamp": String(at), "x-slack-signature": `v0=${hmac}` };
}

function whole(body: string | Buffer, headers: Headers = signed(body), first?: string): Buffer {
  const length = String(Buffer.byteLength(body));
  const all = { "content-type": FORM, "content-length": length, ...headers };
  return Buffer.concat([Buffer.from(head(all, first)), Buffer.from(body)]);
}

/** What is answered to these bytes; 0 when the connection is closed without a word. */
async function statusOf(bytes: string | Buffer): Promise<number> {
  const socket = await dial();
  socket.write(bytes);
  return await answerOn(socket);
}

const zeros = "0".repeat(64);

const signature = (body = BODY) => signed(body)["x-slack-signature"] ?? "";

describe("a forged signature is refused, and nothing is heard", () => {
  test.each<[string, () => Headers]>([
    ["none at all", () => ({})],
    ["no time", () => ({ "x-slack-signature": signature() })],
    ["no signature", () => ({ "x-slack-request-timestamp": String(now()) })],
    ["another secret", () => signed(BODY, now(), "another-secret")],
    ["of another body", () => signed(`${BODY}+`)],
    ["of another time", () => ({ ...signed(BODY), "x-slack-request-timestamp": String(now() - 1) })],
    ["zeros", () => ({ ...signed(BODY), "x-slack-signature": `v0=${zeros}` })],
    ["another version", () => ({ ...signed(BODY), "x-slack-signature": signature().replace("v0", "v1") })],
    ["more behind it", () => ({ ...signed(BODY), "x-slack-signature": `${signature()}=0` })],
    ["sent twice", () => ({ ...signed(BODY), "x-slack-signature": [signature(), signature()] })],
    ["an empty one", () => ({ ...signed(BODY), "x-slack-signature": "" })],
    ["a short one", () => ({ ...signed(BODY), "x-slack-signature": signature().slice(0, 20) })],
  ])("%s", async (_, headers) => {
    expect(await statusOf(whole(BODY, headers()))).toBe(401);
    expect(heard).toEqual([]);
    expect(logger.lines.join()).toContain("a request was refused");
  });

  test("also for a body that Slack sends without a signature, to look at the certificate", async () => {
    const body = "ssl_check=1&command=%2Fmesos";
    expect(await statusOf(whole(body, { ...signed(body), "x-slack-signature": `v0=${zeros}` }))).toBe(401);
    expect(await statusOf(whole(body))).toBe(200);
    expect(heard).toEqual([]);
  });
});

describe("a signature of another time than now is refused", () => {
  test.each<[string, () => string | number]>([
    ["one day ahead", () => now() + 86_400],
    ["a little more than five minutes ahead", () => now() + 305],
    ["a little more than five minutes ago", () => now() - 305],
    ["never", () => "Infinity"],
    ["before time", () => "-1"],
    ["no number", () => "NaN"],
    ["with a point", () => `${now()}.0`],
    ["in another way of writing", () => `0x${now().toString(16)}`],
    ["in milliseconds", () => Date.now()],
    ["nothing", () => ""],
  ])("%s", async (_, at) => {
    expect(await statusOf(whole(BODY, signed(BODY, at())))).toBe(401);
    expect(heard).toEqual([]);
  });

  test.each([-290, 0, 290])("%i s from now is taken", async (apart) => {
    expect(await statusOf(whole(BODY, signed(BODY, now() + apart)))).toBe(200);
    expect(heard).toHaveLength(1);
  });
});

describe("what is no request of Slack's is refused before its body is read", () => {
  const first = (line: string) => () => whole(BODY, signed(BODY), line);
  const withHeaders = (headers: Headers) => () => whole(BODY, { ...signed(BODY), ...headers });

  test.each<[string, number, () => Buffer]>([
    ["another path", 404, first("POST /slack/event HTTP/1.1")],
    ["a path below", 404, first("POST /slack/events/1 HTTP/1.1")],
    ["an address for a proxy", 404, first("POST http://slack.com/slack/events HTTP/1.1")],
    ["slashes", 404, first("POST // HTTP/1.1")],
    ["GET", 405, first("GET /slack/events HTTP/1.1")],
    ["PUT", 405, first("PUT /slack/events HTTP/1.1")],
    ["OPTIONS", 405, first("OPTIONS /slack/events HTTP/1.1")],
    ["no method of HTTP", 400, first("STEAL /slack/events HTTP/1.1")],
    ["a compressed body", 415, withHeaders({ "content-encoding": "gzip" })],
    ["a picture", 415, withHeaders({ "content-type": "image/png" })],
    ["a form of parts", 415, withHeaders({ "content-type": "multipart/form-data; boundary=x" })],
    ["a length that is none", 400, withHeaders({ "content-length": "many" })],
    ["two lengths", 400, withHeaders({ "content-length": ["1", "2"] })],
  ])("%s", async (_, status, request) => {
    expect(await statusOf(request())).toBe(status);
    expect(heard).toEqual([]);
    expect(door.kept().most).toBe(0);
  });

  test.each([
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-8",
    "Application/X-WWW-Form-Urlencoded;charset=UTF-8",
  ])("a form is taken as %s", async (type) => {
    expect(await statusOf(whole(BODY, { ...signed(BODY), "content-type": type }))).toBe(200);
    expect(heard).toEqual([expect.objectContaining({ command: "/mesos", text: "status" })]);
  });

  test("JSON is taken, with or without a character set, and Slack's question is answered", async () => {
    const body = '{"type":"event_callback"}';
    const type = "application/json; charset=utf-8";
    expect(await statusOf(whole(body, { ...signed(body), "content-type": type }))).toBe(200);
    expect(heard).toEqual([{ type: "event_callback" }]);
    const asked = '{"type":"url_verification","challenge":"c-1"}';
    const socket = await dial();
    socket.write(whole(asked, { ...signed(asked), "content-type": "application/json" }));
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(String(answer)).toContain('{"challenge":"c-1"}');
  });

  test("a signed body that is not what it says it is gets 400", async () => {
    const json = { "content-type": "application/json" };
    for (const [body, more] of [
      ["{", json],
      ["", json],
      ["payload=%7B", {}],
      ["payload=1&payload=2", {}],
    ] as const) {
      expect(await statusOf(whole(body, { ...signed(body), ...more }))).toBe(400);
    }
    expect(heard).toEqual([]);
  });

  test("a body that is no UTF-8 is not what its signature is of", async () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(await statusOf(whole(body, { ...signed(body), "content-type": "application/json" }))).toBe(401);
  });
});

describe("a body is bounded", () => {
  test("one whose length is too large is refused before a byte of it is read", async () => {
    const request = head({
      ...signed(""),
      "content-type": FORM,
      "content-length": String(DOOR.bodyBytes + 1),
    });
    expect(await statusOf(request)).toBe(413);
    expect(door.kept().most).toBe(0);
  });

  test("one that does not say its length is counted", async () => {
    const socket = await dial();
    const answered = answerOn(socket);
    socket.write(head({ ...signed(""), "content-type": FORM, "transfer-encoding": "chunked" }));
    const chunk = Buffer.from(`10000\r\n${"x".repeat(0x10000)}\r\n`);
    for (let sent = 0; sent < 5; sent += 1) socket.write(chunk);
    expect(await answered).toBe(413);
    expect(door.kept().most).toBeLessThanOrEqual(DOOR.bodyBytes);
    await until(() => door.kept().now === 0);
  });

  test("the largest that is allowed is taken, in chunks of any size", async () => {
    const body = `text=${"x".repeat(DOOR.bodyBytes - 5)}`;
    expect(await statusOf(whole(body))).toBe(200);
    const small = "text=abc";
    const chunks = [...small].map((letter) => `1\r\n${letter}\r\n`).join("");
    const headers = { ...signed(small), "content-type": FORM, "transfer-encoding": "chunked" };
    expect(await statusOf(`${head(headers)}${chunks}0\r\n\r\n`)).toBe(200);
    expect(heard).toHaveLength(2);
    await until(() => door.kept().now === 0);
  });
});

describe("whoever is slow, or many, does not hold the port", () => {
  const SOON = { wholeMs: 300 };

  test.each<[string, string]>([
    ["nothing", ""],
    ["half of a first line", "POST /sla"],
    ["headers without an end", "POST /slack/events HTTP/1.1\r\nhost: bot\r\nx-slack"],
    ["half of a body", `${head({ ...signed(BODY), "content-type": FORM, "content-length": "28" })}comm`],
  ])("a connection that sends %s and then waits is closed", async (_, bytes) => {
    await door.stop();
    await open(SOON);
    const socket = await dial();
    if (bytes !== "") socket.write(bytes);
    expect([0, 408]).toContain(await answerOn(socket));
    expect(heard).toEqual([]);
    await until(() => door.kept().now === 0);
  });

  test("a body that comes a byte at a time is not waited for, though it never stands still", async () => {
    await door.stop();
    await open(SOON);
    const socket = await dial();
    socket.write(head({ ...signed(BODY), "content-type": FORM, "content-length": "100000" }));
    const drip = setInterval(() => socket.write("x"), 10);
    expect(await answerOn(socket)).toBe(408);
    clearInterval(drip);
    await until(() => door.kept().now === 0);
  });

  test("no more connections are open at once than are allowed", async () => {
    await door.stop();
    await open({ open: 10 });
    const all = await Promise.all(Array.from({ length: 30 }, () => dial()));
    await until(() => all.filter((socket) => socket.closed).length === 20);
    expect(logger.lines.join()).toContain("too many connections are open");
  });

  test("300 that send bodies of 4 MB without a signature are hung up on, and nothing of them is kept", async () => {
    const big = Buffer.alloc(4 * 1024 * 1024, "x");
    const bare = head({ "content-type": FORM, "content-length": String(big.length) });
    for (let round = 0; round < 6; round += 1) {
      const senders = await Promise.all(Array.from({ length: 50 }, () => dial()));
      for (const socket of senders) {
        socket.resume();
        socket.write(bare);
        socket.write(big);
      }
      await until(() => senders.every((socket) => socket.closed));
    }
    expect(heard).toEqual([]);
    expect(door.kept()).toEqual({ now: 0, most: 0 });
  });

  test("bodies that come with a forged signature are kept within one budget for all, and given back", async () => {
    await door.stop();
    await open({ keptBytes: 1024 * 1024 });
    const forged = { ...signed(""), "x-slack-signature": `v0=${zeros}` };
    const length = String(DOOR.bodyBytes);
    const holding = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = await dial();
        socket.write(head({ ...forged, "content-type": FORM, "content-length": length }));
        socket.write("x".repeat(DOOR.bodyBytes - 1));
        return socket;
      }),
    );
    const busy = await Promise.race(holding.map(answerOn));
    expect(busy).toBe(503);
    expect(door.kept().most).toBeLessThanOrEqual(1024 * 1024);
    for (const socket of holding) socket.destroy();
    await until(() => door.kept().now === 0);
    expect(await statusOf(whole(BODY))).toBe(200);
  });

  test("a chunk of one byte keeps one byte, and not the packet that it came in", async () => {
    const socket = await dial();
    socket.write(head({ ...signed(""), "content-type": FORM, "transfer-encoding": "chunked" }));
    socket.write("1\r\nx\r\n".repeat(5_000));
    await until(() => door.kept().now >= 5_000);
    expect(door.kept().most).toBeLessThanOrEqual(16 * 1024);
  });

  test("refusals of one reason are told once, so that they do not fill the log", async () => {
    for (let sent = 0; sent < 20; sent += 1) await statusOf(whole(BODY, {}));
    expect(logger.lines.filter((line) => line.includes("was refused"))).toHaveLength(1);
  });
});

test("only this machine reaches the port unless HOST says more", async () => {
  const socket = connect(door.port() ?? 0, "127.0.0.2");
  sockets.push(socket);
  const outcome = new Promise<string>((resolve) => {
    socket.once("connect", () => resolve("connected"));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  });
  expect(await outcome).not.toBe("connected");
});

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { DOOR } from "../../../src/slack/connection/door.js";
import { createHttpConnection, type HttpConnection } from "../../../src/slack/connection/http-connection.js";
import { runs } from "../../support/fast-check.js";
import { keepingLogger } from "../fixtures.js";
import { answerOn } from "./raw-http.js";

const SECRET = "fake-signing-secret";

const NOW_S = 1_800_000_000;

let door: HttpConnection;

/** Bodies that came through. */
let heard: unknown[];

beforeAll(async () => {
  heard = [];
  const mode = { kind: "http", signingSecret: new Secret(SECRET), host: "127.0.0.1", port: 0 } as const;
  door = createHttpConnection(mode, keepingLogger(), DOOR, () => NOW_S * 1_000);
  const app = {
    async processEvent({ body, ack }: { body: unknown; ack: () => Promise<void> }) {
      heard.push(body);
      await ack();
    },
  };
  door.receiver.init(app as never);
  await door.start();
});

afterAll(() => door.stop());

interface Sent {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** Sends it byte for byte, and resolves to the status and to how many bodies came through. */
async function send({ headers, body }: Sent): Promise<{ status: number; came: number }> {
  const before = heard.length;
  const lines = [
    ["host", "bot"],
    ...headers,
    ["content-length", String(body.length)],
    ["connection", "close"],
  ];
  const socket = connect(door.port() ?? 0, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  const head = `POST /slack/events HTTP/1.1\r\n${lines.map((line) => line.join(":")).join("\r\n")}\r\n\r\n`;
  socket.write(Buffer.concat([Buffer.from(head, "latin1"), body]));
  const status = await answerOn(socket);
  socket.destroy();
  return { status, came: heard.length - before };
}

const sign = (at: string, body: Buffer, secret = SECRET, version = "v0") =>
  `${version}=${createHmac("sha256", secret).update(`${version}:${at}:`).update(body).digest("hex")}`;

/** What Slack's page on signed requests asks for, written down here a second time. */
function isSigned({ headers, body }: Sent): boolean {
  const values = (wanted: string) =>
    headers
      .filter(([name]) => name.toLowerCase() === wanted)
      .map(([, value]) => value.replace(/^[ \t]+|[ \t]+$/g, ""));
  const [at = "", ...moreTimes] = values("x-slack-request-timestamp");
  const [signature, ...moreSignatures] = values("x-slack-signature");
  if (moreTimes.length > 0 || moreSignatures.length > 0 || !/^[1-9]\d*$/.test(at)) return false;
  if (Math.abs(Number(at) - NOW_S) > 300) return false;
  return signature === sign(at, body) && Buffer.from(body.toString("utf8"), "utf8").equals(body);
}

const body = fc
  .oneof(
    fc.constantFrom(
      "command=%2Fmesos&text=status",
      "payload=%7B%7D",
      "{}",
      "null",
      "",
      "[1]",
      "payload=%",
      "a=b&a=c",
    ),
    fc.json(),
    fc.string({ unit: "binary" }),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  )
  .map((text) => Buffer.from(text as string));

const time = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -310, max: 310 }).map((apart) => String(NOW_S + apart)) },
  fc.constantFrom(
    "",
    "0",
    "-1",
    "NaN",
    "Infinity",
    "1e9",
    `${NOW_S}.0`,
    `+${NOW_S}`,
    `0${NOW_S}`,
    `${NOW_S}000`,
    "٣",
    `${NOW_S},${NOW_S}`,
    `0x${NOW_S.toString(16)}`,
    "9".repeat(400),
  ),
  fc.string({ maxLength: 12 }),
);

/** What is done to a value that was right. */
const bent: fc.Arbitrary<(value: string) => string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant((value: string) => value) },
  fc.constantFrom<(value: string) => string>(
    (value) => ` \t${value}\t `,
    (value) => value.toUpperCase(),
    (value) => value.slice(0, -1),
    (value) => `${value}0`,
    (value) => `${value},${value}`,
    (value) => `${value}, v0=${"0".repeat(64)}`,
    (value) => `"${value}"`,
    (value) => value.replace("=", " = "),
    (value) => value.replace("v0", "v1"),
    (value) => value.replace("v0", "V0"),
    (value) => `${value}\u00e9`,
    (value) => `\u00a0${value}`,
    (value) => value.replace(/[0-9]/, (digit) => String((Number(digit) + 1) % 10)),
    () => "",
    () => `v0=${"0".repeat(64)}`,
    () => "v0=",
  ),
  fc.string({ maxLength: 70 }).map((text) => () => text.replace(/[^\x20-\x7e]/g, "~")),
);

const spelled: fc.Arbitrary<(name: string) => string> = fc.constantFrom(
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.replace("x-s", "X-S"),
  (name) => name.replaceAll("-", "_"),
);

/** How often a header is there, and with what else. */
const times = fc.oneof(
  { weight: 12, arbitrary: fc.constant((value: string): readonly string[] => [value]) },
  fc.constantFrom<(value: string) => readonly string[]>(
    () => [],
    (value) => [value, value],
    (value) => [value, "v0=0"],
    (value) => ["", value],
  ),
);

const type = fc.constantFrom(
  ...Array.from({ length: 6 }, () => "application/x-www-form-urlencoded"),
  "application/json",
  "Application/JSON; charset=utf-8",
  "text/plain",
  "multipart/form-data; boundary=x",
  "",
  "application/json, application/x-www-form-urlencoded",
);

/** Mostly as it should be, which `null` stands for. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, arbitrary);

const request: fc.Arbitrary<Sent> = fc
  .record({
    body,
    at: time,
    signedBody: seldom(body),
    signedAt: seldom(time),
    secret: fc.oneof(
      { weight: 9, arbitrary: fc.constant(SECRET) },
      fc.constantFrom("", "other", `${SECRET} `),
    ),
    version: fc.oneof({ weight: 9, arbitrary: fc.constant("v0") }, fc.constantFrom("v1", "", "v00")),
    bend: bent,
    name: spelled,
    signatures: times,
    times,
    type,
    encoding: fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      fc.constantFrom("gzip", "identity", "br, gzip"),
    ),
  })
  .map((one) => {
    const signature = one.bend(
      sign(one.signedAt ?? one.at, one.signedBody ?? one.body, one.secret, one.version),
    );
    const headers = [
      ...one.signatures(signature).map((value) => [one.name("x-slack-signature"), value] as const),
      ...one.times(one.at).map((value) => ["x-slack-request-timestamp", value] as const),
      ["content-type", one.type] as const,
      ...(one.encoding === null ? [] : [["content-encoding", one.encoding] as const]),
    ];
    return { headers, body: one.body };
  });

describe("only what is signed by the secret, within five minutes, gets through", () => {
  test("property: whatever the headers and the body are", async () => {
    let through = 0;
    await fc.assert(
      fc.asyncProperty(request, async (sent) => {
        const { status, came } = await send(sent);
        if (isSigned(sent)) expect(status).not.toBe(401);
        else {
          expect(came).toBe(0);
          expect([400, 401, 415]).toContain(status);
        }
        through += came;
      }),
      { numRuns: runs(600) },
    );
    expect(through).toBeGreaterThan(10);
    expect(door.kept().now).toBe(0);
  });

  test("property: a body that is signed as Slack signs is heard as it was sent, whatever is in it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.integer({ min: -300, max: 300 }), async (json, apart) => {
        fc.pre(!/url_verification|ssl_check/.test(json));
        const at = String(NOW_S + apart);
        const sent = Buffer.from(json, "utf8");
        const { status, came } = await send({
          body: sent,
          headers: [
            ["Content-Type", "application/json"],
            ["X-Slack-Signature", ` ${sign(at, sent)}`],
            ["X-Slack-Request-Timestamp", ` ${at}`],
          ],
        });
        expect({ status, came }).toEqual({ status: 200, came: 1 });
        expect(heard.at(-1)).toEqual(JSON.parse(sent.toString("utf8")));
      }),
      { numRuns: runs(100) },
    );
  });
});

import { createHmac } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSlackApp, type SlackApp } from "../../../src/slack/app.js";
import { readPayload } from "../../../src/slack/hear/payloads.js";
import { botOf } from "../../engine/support/bot.js";
import { MemoryStore } from "../../engine/support/memory-store.js";
import { TestClock } from "../../engine/support/test-clock.js";
import { runs } from "../../support/fast-check.js";
import { MARK, nearly, oddJson } from "../../support/odd-json.js";
import { FakeSlack, SIGNING_SECRET } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";
import { until } from "../until.js";
import { COMMAND, payload } from "./payload-samples.js";

describe("the schema", () => {
  test("property: whatever Slack sends is read, or refused with a clause that repeats nothing of it", () => {
    fc.assert(
      fc.property(payload, (body) => {
        const read = readPayload(body);
        if (read.ok) expect(Object.getPrototypeOf(read.payload)).toBe(Object.prototype);
        else {
          expect(read.why).toMatch(/^(it is|its field [\w.]* is missing)/);
          expect(read.why).not.toContain(MARK);
        }
      }),
      { numRuns: runs(500) },
    );
    expect(({} as Record<string, unknown>).command).toBeUndefined();
  });
});

describe("the bot behind it", () => {
  let slack: FakeSlack;
  let app: SlackApp;
  let logger: ReturnType<typeof keepingLogger>;
  let acknowledged: number;

  async function start(mode: "http" | "socket"): Promise<void> {
    slack = await FakeSlack.start();
    logger = keepingLogger();
    acknowledged = 0;
    const { handlers } = botOf(new MemoryStore(new TestClock().now), "prod");
    app = createSlackApp({
      settings: slack.settings(mode),
      handlers,
      logger,
      onAck: () => {
        acknowledged += 1;
      },
    });
    await app.start();
  }

  beforeEach(() => {
    triggers = 0;
  });

  afterEach(async () => {
    await app.stop();
    await slack.stop();
  });

  let triggers: number;

  /** A command that is as it should be: the bot still answers. */
  const goodCommand = () => ({ ...COMMAND, text: "help", trigger_id: `good-${++triggers}` });

  const refused = () => logger.lines.filter((line) => /^warn .*Nothing was done\./.test(line)).length;

  const troubles = () => logger.lines.filter((line) => line.startsWith("error"));

  async function post(body: string, type: string): Promise<number> {
    const at = Math.floor(Date.now() / 1_000);
    const hmac = createHmac("sha256", SIGNING_SECRET).update(`v0:${at}:`).update(body).digest("hex");
    const headers = {
      "content-type": type,
      "x-slack-request-timestamp": String(at),
      "x-slack-signature": `v0=${hmac}`,
    };
    const url = `http://127.0.0.1:${app.port()}/slack/events`;
    const response = await fetch(url, { method: "POST", headers, body });
    await response.text();
    return response.status;
  }

  const FORM = "application/x-www-form-urlencoded";

  const WAYS: Readonly<Record<string, (body: unknown) => Promise<number>>> = {
    json: (body) => post(JSON.stringify(body), "application/json"),
    payload: (body) => post(`payload=${encodeURIComponent(wellFormed(JSON.stringify(body)))}`, FORM),
    fields: (body) =>
      post(
        Object.entries(body ?? {})
          .map(([name, value]) => `${encoded(name)}=${encoded(String(JSON.stringify(value)))}`)
          .join("&"),
        FORM,
      ),
  };

  const encoded = (text: string) => encodeURIComponent(wellFormed(text));

  /** A form has no half of a character. */
  const wellFormed = (text: string) => Buffer.from(text, "utf8").toString("utf8");

  test("property: over HTTP every payload is answered, and is either acknowledged or a refusal in the log", async () => {
    await start("http");
    await fc.assert(
      fc.asyncProperty(payload, fc.constantFrom(...Object.keys(WAYS)), async (body, way) => {
        const before = acknowledged + refused();
        const status = await WAYS[way]?.(body);
        expect([200, 400, 413]).toContain(status);
        const kind: unknown = (body as { readonly type?: unknown } | null)?.type;
        // Slack's questions about the port itself are answered before the app.
        if (kind === "url_verification" || status === 413) return;
        if (!isAcknowledgedAlone(body)) expect(acknowledged + refused()).toBe(before + 1);
      }),
      { numRuns: runs(300) },
    );
    expect(await WAYS.fields?.(goodCommand())).toBe(200);
    await app.stop();
    expect(troubles()).toEqual([]);
  });

  test("property: over the socket every payload is acknowledged or a refusal in the log, and none keeps the next from being heard", async () => {
    await start("socket");
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(
        payload,
        fc.constantFrom("interactive", "slash_commands", "events_api"),
        async (body, type) => {
          fc.pre(isShort(body));
          sent += 1;
          const id = `odd-${sent}`;
          const before = refused();
          slack.socket()?.send({ type, envelope_id: id, payload: body, accepts_response_payload: true });
          // Slack's client itself does not read an event without an event in it.
          await until(() => known().includes(id) || refused() > before);
        },
      ),
      { numRuns: runs(100) },
    );
    await app.stop();
    expect(troubles()).toEqual([]);
  });

  test("property: an envelope of any shape is left alone, and the next command is heard", async () => {
    await start("socket");
    const envelope = {
      type: "slash_commands",
      envelope_id: "odd",
      payload: COMMAND,
      accepts_response_payload: true,
    };
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearly(envelope), oddJson), async (message) => {
        fc.pre(isShort(message));
        slack.socket()?.send(message as object);
        const trigger = `good-${++triggers}`;
        const socket = await until(() => slack.socket());
        const payload = { ...COMMAND, text: "help", trigger_id: trigger };
        socket.send({
          type: "slash_commands",
          envelope_id: trigger,
          payload,
          accepts_response_payload: true,
        });
        await until(() => known().includes(trigger));
      }),
      { numRuns: runs(25) },
    );
    await app.stop();
    expect(troubles()).toEqual([]);
  });

  /** Envelopes that were acknowledged. */
  const known = () =>
    slack.sockets.flatMap(({ received }) =>
      received.map((one) => (one as { envelope_id?: string }).envelope_id),
    );
});

/** The fake socket sends no longer frames. */
const isShort = (body: unknown) => Buffer.byteLength(JSON.stringify(body)) < 60_000;

/** What is acknowledged and leads to nothing, without a word: another control than a button, another tab of the Home. */
function isAcknowledgedAlone(body: unknown): boolean {
  const read = readPayload(body);
  if (!read.ok) return false;
  if ("event" in read.payload) return true;
  return "actions" in read.payload && read.payload.actions.some(({ type }) => type !== "button");
}

import { readFileSync } from "node:fs";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { Secret } from "../../src/base/secret.js";
import { askEachMaster } from "../../src/mesos/each-master.js";
import type { MesosError } from "../../src/mesos/errors/errors.js";
import type { Master } from "../../src/mesos/master.js";
import type { MasterEvent } from "../../src/mesos/stream/events.js";
import {
  type Authority,
  type Certificate,
  createAuthority,
  EXPIRED,
  NOT_YET_VALID,
  opensslAvailable,
} from "../support/certificates.js";
import { suiteFor } from "../support/require.js";
import { client, leading, redirectTo, stopAll, tinyMaster } from "./support/tiny-masters.js";

const SECRET = "hunter2-of-prod";

const credentials = { principal: "ops", secret: new Secret(SECRET) };

const HERE = ["IP:127.0.0.1"];

const WINDOW = { windows: [] };

/** A server that is spoken to by https, and what it was sent that it could read. */
interface Listening {
  readonly address: string;
  readonly heard: () => string;
}

suiteFor(
  "TLS to masters",
  opensslAvailable,
)(() => {
  let authority: Authority;
  let other: Authority;
  beforeAll(async () => {
    [authority, other] = await Promise.all([createAuthority(), createAuthority()]);
  });
  afterAll(() => Promise.all([authority.dispose(), other.dispose()]));
  afterEach(stopAll);

  /** A leader with this certificate. */
  async function leader(made: Promise<Certificate>, more: ServerOptions = {}): Promise<Listening> {
    const { cert, key } = await made;
    const options = { cert: readFileSync(cert), key: readFileSync(key), ...more };
    const master = await tinyMaster(leading(), (listener) => createSecureServer(options, listener));
    return {
      address: master.address.replace("http:", "https:"),
      heard: () => JSON.stringify(master.received),
    };
  }

  /** Something at a port that does this with each connection. */
  async function port(meet: (socket: Socket) => void): Promise<Listening> {
    const heard: Buffer[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", (bytes: Buffer) => heard.push(bytes));
      meet(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { port: number } = server.address() as AddressInfo;
    return {
      address: `https://127.0.0.1:${number}`,
      heard: () => Buffer.concat(heard).toString("latin1"),
    };
  }

  const of = (names = HERE, ...valid: Parameters<Authority["certificate"]>[1][]) =>
    authority.certificate(names, ...valid);

  test("a master whose certificate the configured authority signed is used", async () => {
    const { address } = await leader(of());
    await expect(client({ masters: [address], ca: authority.pem, credentials }).version()).resolves.toBe(
      "1.11.0",
    );
  });

  const BAD: readonly (readonly [string, () => Promise<Listening>, string, RegExp])[] = [
    [
      "a certificate that has expired",
      () => leader(of(HERE, EXPIRED)),
      "certificate_expired",
      /certificate .* has expired/,
    ],
    [
      "a certificate that is not valid yet",
      () => leader(of(HERE, NOT_YET_VALID)),
      "certificate_not_yet_valid",
      /certificate .* is not valid yet/,
    ],
    [
      "a certificate for another host",
      () => leader(of(["DNS:master.example.com", "IP:127.0.0.2"])),
      "certificate_other_name",
      /certificate .* is for other names/,
    ],
    [
      "a certificate of an unknown authority",
      () => leader(other.certificate(HERE)),
      "certificate_unknown_authority",
      /certificate .* authority that is not known here/,
    ],
    [
      "a certificate that signed itself",
      () => leader(other.selfSigned()),
      "certificate_self_signed",
      /certificate .* is self-signed/,
    ],
    [
      "TLS 1.1 and nothing newer",
      () => leader(of(), { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
      "tls_too_old",
      /no TLS that both speak/,
    ],
    [
      "a question for a certificate of the bot",
      () => leader(of(), { requestCert: true, maxVersion: "TLSv1.2" }),
      "tls_too_old",
      /no TLS that both speak/,
    ],
    [
      "plain http",
      () => port((socket) => socket.once("data", () => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"))),
      "tls_not_spoken",
      /speaks no TLS, but its address begins with https/,
    ],
    [
      "a handshake that is cut",
      () => port((socket) => socket.once("data", () => socket.destroy())),
      "tls_cut",
      /before TLS stood/,
    ],
    [
      "a handshake that is never answered",
      () => port(() => {}),
      "connect_timeout",
      /did not take a connection in time/,
    ],
  ];

  describe.each(BAD)("a master with %s", (_, listen, code, words) => {
    function expectTold(error: unknown, heard: string): void {
      expect(error).toMatchObject({
        name: "MesosError",
        code,
        sent: "no",
        what: expect.stringMatching(words),
      });
      expect((error as MesosError).nextFor("it goes on by itself")).toMatch(/\.$/);
      expect(String(error)).not.toContain(SECRET);
      expect(heard).not.toMatch(/Basic|authorization|api\/v1|hunter2/i);
    }

    test.each<[string, (master: Master) => Promise<unknown>]>([
      ["a read", (master) => master.snapshot()],
      ["a write", (master) => master.updateSchedule(WINDOW)],
    ])("gets nothing of %s, which is told why", async (_, call) => {
      const { address, heard } = await listen();
      const master = client({ masters: [address], ca: authority.pem, credentials });
      expectTold(await call(master).catch((error: unknown) => error), heard());
    });

    test("gets nothing of the event stream and of the check, which are told why", async () => {
      const { address, heard } = await listen();
      const options = { masters: [address], ca: authority.pem, credentials };
      const events: MasterEvent[] = [];
      const subscription = client(options).subscribe((event) => events.push(event));
      await vi.waitFor(() => expect(events.length).toBeGreaterThan(0), { timeout: 60_000 });
      await subscription.close();
      const [lost] = events;
      expectTold(lost?.kind === "lost" ? lost.error : lost, heard());
      const timeouts = { connectMs: 1_000, headersMs: 10_000, bodyMs: 10_000, writeMs: 10_000 };
      const [asked] = await askEachMaster({ cluster: "prod", ...options, timeouts });
      expectTold(asked?.answer.kind === "fails" ? asked.answer.error : asked, heard());
    });
  });

  test("a write to a leader whose certificate expires while it is known is not sent, and told why (invariant 7)", async () => {
    const good = await of();
    const master = await tinyMaster(leading(), (listener) =>
      createSecureServer({ cert: readFileSync(good.cert), key: readFileSync(good.key) }, listener),
    );
    const address = master.address.replace("http:", "https:");
    const known = client({ masters: [address], ca: authority.pem, credentials });
    await known.version();
    await master.stop();
    const expired = await of(HERE, EXPIRED);
    const renewed = createSecureServer(
      { cert: readFileSync(expired.cert), key: readFileSync(expired.key) },
      () => expect.unreachable("Nothing is sent to it."),
    );
    await new Promise<void>((resolve) => renewed.listen(master.port, "127.0.0.1", resolve));
    onTestFinished(() => void renewed.close());
    await expect(known.updateSchedule(WINDOW)).rejects.toMatchObject({
      code: "certificate_expired",
      sent: "no",
    });
  });

  test("the certificate of the leader is told, though the other masters still name it", async () => {
    const { address } = await leader(of(HERE, EXPIRED));
    const { cert, key } = await of();
    const standby = await tinyMaster(redirectTo(address.slice("https://".length)), (listener) =>
      createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, listener),
    );
    const masters = [standby.address.replace("http:", "https:"), address];
    await expect(client({ masters, ca: authority.pem }).version()).rejects.toMatchObject({
      code: "certificate_expired",
      what: expect.stringContaining(address.slice("https://".length)),
    });
  });
});

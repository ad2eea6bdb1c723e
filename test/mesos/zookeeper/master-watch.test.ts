import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { HostPort } from "../../../src/config/config.js";
import { JuteWriter } from "../../../src/mesos/zookeeper/jute.js";
import { MasterWatch, type Said } from "../../../src/mesos/zookeeper/master-watch.js";
import { suiteFor } from "../../support/require.js";
import { startZooKeeper, type ZooKeeper, zooKeeperAvailable } from "../../support/zookeeper.js";

const info = (ip: string, port = 5050) =>
  JSON.stringify({ hostname: "m.example.com", ip: 16777343, port, address: { ip, port, hostname: "m" } });

/** What was said, one after another. */
class Heard {
  readonly said: Said[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly add = (said: Said): void => {
    this.said.push(said);
    for (const look of this.#waiting.splice(0)) look();
  };

  /** Waits until the last that was said is this. */
  async until(expected: object): Promise<void> {
    while (!this.#isNow(expected)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #isNow(expected: object): boolean {
    const last = this.said.at(-1);
    return last !== undefined && Object.entries(expected).every(([key, value]) => matches(last, key, value));
  }
}

function matches(said: Said, key: string, value: unknown): boolean {
  const is: unknown = Reflect.get(said, key);
  return value instanceof RegExp
    ? typeof is === "string" && value.test(is)
    : JSON.stringify(is) === JSON.stringify(value);
}

const leads = (ip: string) => ({ kind: "leads", master: { ip, hostname: "m.example.com", port: 5050 } });

function watch(
  servers: readonly HostPort[],
  path = "/mesos",
  auth: string | null = null,
): Heard & { look(): Promise<void> } {
  const heard = new Heard();
  const watching = new MasterWatch({ servers, path, auth, onSaid: heard.add });
  onTestFinished(() => watching.close());
  return Object.assign(heard, { look: () => watching.look() });
}

suiteFor(
  "an ensemble of three ZooKeepers",
  zooKeeperAvailable,
)(() => {
  let zooKeeper: ZooKeeper;
  beforeAll(async () => {
    zooKeeper = await startZooKeeper(3);
  });
  afterAll(async () => {
    await zooKeeper.dispose();
  });

  test("the candidate with the smallest number leads, and every change is followed", async () => {
    await zooKeeper.create("/mesos");
    const heard = watch(zooKeeper.servers);
    await heard.until({ kind: "nobody" });
    await zooKeeper.create("/mesos/log_replicas");
    await zooKeeper.create("/mesos/json.info_0000000007", info("10.0.0.7"));
    await heard.until(leads("10.0.0.7"));
    await zooKeeper.create("/mesos/json.info_0000000011", info("10.0.0.11"));
    await heard.look();
    expect(heard.said.at(-1)).toEqual(leads("10.0.0.7"));
    await zooKeeper.remove("/mesos/json.info_0000000007");
    await heard.until(leads("10.0.0.11"));
    await zooKeeper.remove("/mesos/json.info_0000000011");
    await heard.until({ kind: "nobody" });
  });

  test("a path that is not there is told as that, and followed once it is", async () => {
    const heard = watch(zooKeeper.servers, "/later");
    await heard.until({
      kind: "unreadable",
      why: /^\/later: ZooKeeper at 127.0.0.1:\d+: there is no such node/,
    });
    await zooKeeper.create("/later");
    await heard.until({ kind: "nobody" });
  });

  test("a path that the login may not read is told as that", async () => {
    await zooKeeper.create("/closed", "", "right");
    await watch(zooKeeper.servers, "/closed", "mesos:right").until({ kind: "nobody" });
    await watch(zooKeeper.servers, "/closed", "mesos:wrong").until({
      kind: "unreadable",
      why: /has no right/,
    });
  });

  test("a master before 0.24 that comes first is told, and not passed over", async () => {
    await zooKeeper.create("/old");
    await zooKeeper.create("/old/json.info_0000000009", info("10.0.0.9"));
    await zooKeeper.create("/old/info_0000000008", "old");
    await watch(zooKeeper.servers, "/old").until({
      kind: "unreadable",
      why: /info_0000000008 is of a Mesos before/,
    });
  });

  test("a server that is killed is followed by another, and none left is told once each round", async () => {
    await zooKeeper.create("/fails");
    await zooKeeper.create("/fails/json.info_0000000001", info("10.0.0.1"));
    const heard = watch(zooKeeper.servers, "/fails");
    await heard.until(leads("10.0.0.1"));
    const [first, second, third] = zooKeeper.servers;
    await first?.kill();
    await heard.look();
    await heard.until(leads("10.0.0.1"));
    await second?.kill();
    await third?.kill();
    await heard.until({ kind: "away", why: /ZooKeeper at 127\.0\.0\.1/ });
    for (const server of zooKeeper.servers) server.start();
    await heard.until(leads("10.0.0.1"));
  });

  test("a server that hangs is noticed by its silence", async () => {
    await zooKeeper.create("/hangs");
    const [server] = zooKeeper.servers;
    if (server === undefined) throw new Error("There is no server.");
    const heard = watch([server], "/hangs");
    await heard.until({ kind: "nobody" });
    server.freeze();
    try {
      await heard.until({ kind: "away", why: /does not answer/ });
    } finally {
      server.thaw();
    }
    await heard.until({ kind: "nobody" });
  });
});

describe("what is no ZooKeeper", () => {
  async function serving(onSocket: (socket: Socket) => void): Promise<HostPort> {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      onSocket(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return { host: "127.0.0.1", port: address.port };
  }

  test("a web server at the port is told as something else", async () => {
    const server = await serving((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await watch([server]).until({ kind: "away", why: /something else than ZooKeeper answers there/ });
  });

  test("a server that takes the connection and says nothing is given up", async () => {
    await watch([await serving(() => undefined)]).until({ kind: "away", why: /does not answer/ });
  });

  test("a name that does not resolve is told, and does not keep the others from being asked", async () => {
    const mute = await serving((socket) => socket.end());
    const heard = watch([{ host: "no-such-host.invalid", port: 2181 }, mute]);
    await heard.until({ kind: "away", why: /no-such-host\.invalid/ });
    await heard.until({ kind: "away", why: /was closed/ });
  });

  test("an answer that is shorter than it says is told as something else, and the next server is asked", async () => {
    // A session is opened, and then five names are announced and none comes.
    const greeting = new JuteWriter().int(0).int(4_000).long(1n).bytes(Buffer.alloc(16)).frame();
    const answer = new JuteWriter().int(1).long(0n).int(0).int(5).frame();
    const server = await serving((socket) => {
      socket.once("data", () => {
        socket.write(greeting);
        socket.once("data", () => socket.write(answer));
      });
    });
    await watch([server]).until({ kind: "away", why: /something else than ZooKeeper/ });
  });

  test.each([
    ["a negative length", Buffer.from([255, 255, 255, 255])],
    ["a text that is longer than its frame", Buffer.from([0, 0, 0, 4, 0, 0, 0, 1])],
  ])("%s is told as something else", async (_, bytes) => {
    const server = await serving((socket) => socket.write(bytes));
    await watch([server]).until({ kind: "away", why: /something else than ZooKeeper/ });
  });
});

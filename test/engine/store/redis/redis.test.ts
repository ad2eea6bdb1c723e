import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterEach, expect, onTestFinished, test } from "vitest";
import type { StoreConfig } from "../../../../src/config/config.js";
import { CONTROL_WORKER_OPTIONS } from "../../../../src/engine/store/lane-options.js";
import { openStore } from "../../../../src/engine/store/open-store.js";
import { updateOwned } from "../../../../src/engine/store/owned.js";
import type { Store, StoreProcessor } from "../../../../src/engine/store/store.js";
import { StoreError } from "../../../../src/engine/store/store-error.js";
import { runs } from "../../../support/fast-check.js";
import { redisAvailable, startRedis, startSentinel, type TestRedis } from "../../../support/redis.js";
import { suiteFor } from "../../../support/require.js";
import { keepLog, redisAt, sentinelAt, UNHURRIED_MS, until } from "../places.js";

suiteFor(
  "the store in Redis",
  redisAvailable,
)(() => {
  const servers: TestRedis[] = [];
  const stores: Store[] = [];
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close(true);
    for (const server of servers.splice(0)) await server.dispose();
  });

  async function redis(...args: readonly string[]): Promise<TestRedis> {
    const server = await startRedis(...args);
    servers.push(server);
    return server;
  }

  async function open(settings: StoreConfig, log = keepLog(), answerLimitMs = UNHURRIED_MS): Promise<Store> {
    const store = await openStore(settings, log, answerLimitMs);
    stores.push(store);
    return store;
  }

  /** The port of something that answers in this way, and is no Redis. */
  async function stranger(answer: (asked: string) => string): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => void socket.write(answer(bytes.toString("latin1"))));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  /** What a rejected promise was rejected with. */
  async function refusal(work: Promise<unknown>): Promise<StoreError> {
    const error = await work.then(
      () => new Error("was not refused"),
      (caught: unknown) => caught,
    );
    if (error instanceof StoreError) return error;
    throw error;
  }

  test("the store in Redis refuses an add while Redis is away, and goes on by itself when it is back", async () => {
    const log = keepLog();
    const server = await redis();
    const store = await open(redisAt(server.url), log);
    const queue = store.queue("lane");
    const ran: string[] = [];
    const worker = store.worker("lane", async (job) => void ran.push(job.id ?? ""), CONTROL_WORKER_OPTIONS);
    void worker.run();
    await queue.add("work", {}, { jobId: "before" });
    await until(() => ran.includes("before"));
    const known = await queue.getJob("before");

    await server.awayWhile(async () => {
      await until(async () => (await store.tryWrite()) !== true);
      const error = await refusal(queue.add("work", {}, { jobId: "meanwhile" }));
      expect(error).toMatchObject({ code: "unreachable", notDone: "Nothing was queued." });
      expect(error.what).toContain(`127.0.0.1:${server.port}`);
      expect((await refusal(known?.updateData({}) ?? Promise.resolve())).code).toBe("unreachable");
      expect(await store.tryWrite()).toContain("not reachable");
    });
    await until(async () => (await store.tryWrite()) === true);
    await queue.add("work", {}, { jobId: "after" });
    await until(() => ran.includes("after"));
    expect(ran).toEqual(["before", "after"]);

    const said = log.lines.map(({ text }) => text);
    expect(said.filter((text) => text.includes("fails")).length).toBeLessThan(8);
    expect(said.filter((text) => text.includes("is back"))).toEqual([]);
    // Nothing has failed for a while, and a write works.
    await until(async () => {
      await store.tryWrite();
      return log.lines.some(({ text }) => text.includes("is back"));
    });
  });

  test("the store in Redis says that it does not know when Redis stops answering in the middle", async () => {
    const server = await redis();
    // What is not to be answered has a short limit; only Redis itself has to be slower than that.
    const store = await open(redisAt(server.url), keepLog(), 300);
    const queue = store.queue("lane");
    await server.frozenWhile(async () => {
      const error = await refusal(queue.add("work", {}, { jobId: "doubtful" }));
      expect(error).toMatchObject({
        code: "no_answer",
        notDone: "Whether the request was stored is not known.",
      });
      expect(await store.tryWrite()).toContain("did not answer");
    });
    await until(async () => (await store.tryWrite()) === true);
  });

  test("the store in Redis does not open without a Redis, and says so", async () => {
    const server = await redis();
    await server.kill();
    const error = await refusal(open(redisAt(`redis://bot:hunter2@127.0.0.1:${server.port}`)));
    expect(error.code).toBe("unreachable");
    expect(error.message).toContain("ECONNREFUSED");
    expect(error.message).not.toContain("hunter2");
  });

  test.each([
    ["a wrong password", (port: number) => `redis://:hunter2@127.0.0.1:${port}`],
    ["no password", (port: number) => `redis://127.0.0.1:${port}`],
  ])("the store in Redis says which setting to check with %s, without showing it", async (_what, url) => {
    const server = await redis("--requirepass", "correct-horse");
    const log = keepLog();
    const error = await refusal(open(redisAt(url(server.port)), log));
    expect(error).toMatchObject({ code: "refused", next: "Check user and password in REDIS_URL." });
    const everything = JSON.stringify([error.message, String(error.stack), error.cause, log.lines]);
    expect(everything).not.toContain("hunter2");
  });

  test.each(["localhost:6379", "http://h:1", "redis://:hun ter2@ho st", "redis://:hunter2@host/name"])(
    "the store in Redis says how to write the URL instead of %s, without showing it",
    async (url) => {
      const error = await refusal(open(redisAt(url)));
      expect(error.message).toContain("redis://user:password@host:6379/0");
      expect(error.message).not.toMatch(/hun ?ter2/);
    },
  );

  test("the store in Redis does not go on in another database where that of REDIS_URL is missing", async () => {
    const server = await redis("--databases", "4");
    expect(await refusal(open(redisAt(`${server.url}/4`)))).toMatchObject({
      code: "refused",
      next: expect.stringContaining("Name a database"),
    });
    await open(redisAt(`${server.url}/3`));
  });

  test("the store in Redis does not tell the password that a server repeats which does not know AUTH", async () => {
    const server = await stranger((asked) => {
      const words = asked.match(/hunter2/) ? "`hunter2`, " : "";
      return `-ERR unknown command \`AUTH\`, with args beginning with: ${words}\r\n`.repeat(8);
    });
    const log = keepLog();
    const error = await refusal(open(redisAt(`redis://:hunter2@127.0.0.1:${server}`), log));
    const everything = JSON.stringify([
      error.message,
      error.stack,
      String(error.cause),
      error.cause,
      log.lines,
    ]);
    expect(everything).toContain("unknown command");
    expect(`${everything}${error.cause instanceof Error ? error.cause.stack : ""}`).not.toContain("hunter2");
  });

  test.each([
    ["speaks HTTP", () => "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["refuses all", () => "-ERR max number of clients reached\r\n".repeat(8)],
    ["is silent", () => ""],
  ])("a server that %s is no store, and told in sentences", async (_, answer) => {
    const port = await stranger(answer);
    const error = await refusal(open(redisAt(`redis://127.0.0.1:${port}`)));
    expect(error.what).toContain(`127.0.0.1:${port}`);
    expect(error.next).not.toBe("");
  });

  test("whatever stands in REDIS_URL, the store opens or says in sentences why not, without the password", async () => {
    const server = await redis("--requirepass", "qZ9qZ8qZ7");
    const part = (...texts: string[]) => fc.constantFrom(...texts);
    const url = fc
      .record({
        scheme: part("redis://", "REDIS://", "rediss://", "http://", ""),
        user: part("", "bot", "default", "b%zz", "%00", "ü"),
        password: part(
          "",
          "qZ9qZ8qZ7",
          "qZ9%qZ8",
          "qZ9/qZ8",
          "qZ9@qZ8",
          "qZ9?qZ8",
          "qZ9#[qZ8",
          "qZ9%00",
          "qZ9ü,:",
        ),
        host: part("127.0.0.1", "localhost", "[::1]", "", "[", "127.0.0.1,h"),
        port: part(`:${server.port}`, ":1", ":0", ":x", ":70000", ""),
        database: part("", "/", "/0", "/15", "/16", "/999999999", "/x"),
      })
      .map((of) => `${of.scheme}${of.user}:${of.password}@${of.host}${of.port}${of.database}`);
    await fc.assert(
      fc.asyncProperty(url, async (text) => {
        const log = keepLog();
        const store = await openStore(redisAt(text), log, UNHURRIED_MS).catch((error: unknown) => error);
        if (!(store instanceof Error)) return await (store as Store).close();
        expect(store).toBeInstanceOf(StoreError);
        expect(`${store.message}${store.stack}${store.cause}${JSON.stringify(log.lines)}`).not.toMatch(
          /qZ[789]/,
        );
      }),
      { numRuns: runs(400) },
    );
  });

  test("the store in Redis does not open a Redis that would delete jobs when it is full", async () => {
    const server = await redis("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
    expect(await refusal(open(redisAt(server.url)))).toMatchObject({
      code: "wrong_eviction_policy",
      next: expect.stringContaining("noeviction"),
    });
  });

  test("the store in Redis does not open a replica", async () => {
    const master = await redis();
    const replica = await redis("--replicaof", "127.0.0.1", String(master.port));
    expect((await refusal(open(redisAt(replica.url)))).what).toContain("is a replica");
  });

  test("the store in Redis warns of a Redis without an append-only file", async () => {
    const server = await redis("--appendonly", "no");
    const log = keepLog();
    await open(redisAt(server.url), log);
    expect(log.lines.filter(({ level }) => level === "warn").map(({ text }) => text)).toEqual([
      expect.stringContaining("appendonly yes"),
    ]);
  });

  test("the store in Redis says that memory is full when it is, and that nothing was queued", async () => {
    const server = await redis();
    const store = await open(redisAt(server.url));
    const queue = store.queue("lane");
    await queue.add("work", {});
    const admin = new Redis(server.port);
    await admin.config("SET", "maxmemory", "1");
    await admin.quit();
    expect(await refusal(queue.add("work", {}))).toMatchObject({
      code: "refused",
      notDone: "Nothing was queued.",
    });
  });

  test("the store in Redis keeps installations with different prefixes apart", async () => {
    const server = await redis();
    const one = await open({ ...redisAt(server.url), prefix: "one" });
    const two = await open({ ...redisAt(server.url), prefix: "two" });
    await one.queue("lane").add("work", {}, { jobId: "j-1" });
    expect(await two.queue("lane").getJob("j-1")).toBeUndefined();
  });

  test("the store in Redis warns of replicas that need not get what is written", async () => {
    const master = await redis();
    const replica = await redis("--replicaof", "127.0.0.1", String(master.port));
    const admin = replica.admin();
    await until(async () => (await admin.info("replication")).includes("master_link_status:up"));
    admin.disconnect();
    const log = keepLog();
    await open(redisAt(master.url), log);
    expect(log.lines.filter(({ level }) => level === "warn").map(({ text }) => text)).toEqual([
      expect.stringContaining("Set `min-replicas-to-write 1`"),
    ]);
  });

  test("the store in Redis finds the master through Sentinel", async () => {
    const master = await redis();
    const sentinel = await startSentinel(master);
    servers.push(sentinel);
    const store = await open(sentinelAt(sentinel));
    await runsOne(store);
  });

  test("the store in Redis runs on a Cluster", async () => {
    const node = await redis("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1");
    const admin = new Redis(node.port);
    await admin.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await until(async () => String(await admin.call("CLUSTER", "INFO")).includes("cluster_state:ok"));
    await admin.quit();
    // Without any node a Cluster's client waits, so the store's limit ends the wait; only that makes this test wait.
    const store = await open({ ...redisAt(node.url), cluster: [] }, keepLog(), 10_000);
    await runsOne(store);
    await node.kill();
    await until(async () => (await store.tryWrite()) !== true);
    expect((await refusal(store.queue("lane").add("work", {}))).code).toMatch(/unreachable|no_answer/);
  });

  test("the store in Redis gives no queue after it was closed", async () => {
    const server = await redis();
    const store = await open(redisAt(server.url));
    const queue = store.queue("lane");
    await store.close();
    expect(await store.tryWrite()).toContain("closed");
    expect(() => store.queue("lane")).toThrow(StoreError);
    await expect(queue.add("late", {})).rejects.toThrow();
  });

  async function runsOne(store: Store): Promise<void> {
    const write: StoreProcessor<unknown, void> = (job, token) => updateOwned(job, token, { ran: true });
    const worker = store.worker("lane", write, CONTROL_WORKER_OPTIONS);
    void worker.run();
    const queue = store.queue("lane");
    await queue.add("work", {}, { jobId: "j-1", delay: 50 });
    const job = await until(async () => {
      const found = await queue.getJob("j-1");
      return found?.finishedOn ? found : undefined;
    });
    expect(job).toMatchObject({ data: { ran: true }, returnvalue: null });
    await worker.close();
  }
});

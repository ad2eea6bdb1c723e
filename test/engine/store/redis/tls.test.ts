import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { RedisConfig } from "../../../../src/config/config.js";
import { CONTROL_WORKER_OPTIONS } from "../../../../src/engine/store/lane-options.js";
import { openStore } from "../../../../src/engine/store/open-store.js";
import { lookAtRedis } from "../../../../src/engine/store/redis/look-at-redis.js";
import { ANSWER_LIMIT_MS, type Store } from "../../../../src/engine/store/store.js";
import { StoreError } from "../../../../src/engine/store/store-error.js";
import { type Authority, createAuthority, EXPIRED, type Validity } from "../../../support/certificates.js";
import {
  startRedisOn,
  startSentinel,
  type TestRedis,
  tlsAvailable,
  type Wire,
} from "../../../support/redis.js";
import { startRedisCluster } from "../../../support/redis-cluster.js";
import { suiteFor } from "../../../support/require.js";
import { keepLog, redisAt, sentinelAt, UNHURRIED_MS, until } from "../places.js";

const HOSTS = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;

suiteFor(
  "TLS to Redis",
  tlsAvailable,
)(() => {
  let authority: Authority;
  let other: Authority;
  beforeAll(async () => {
    [authority, other] = await Promise.all([createAuthority(), createAuthority()]);
  });
  afterAll(() => Promise.all([authority.dispose(), other.dispose()]));

  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  function kept<T extends { dispose(): Promise<void> }>(started: T): T {
    undo.push(() => started.dispose());
    return started;
  }

  /** A wire with a certificate for its own address, or for other names. */
  async function wireOf(
    host: string,
    names: readonly string[] = [`IP:${host}`],
    valid?: Validity,
  ): Promise<Wire> {
    return { host, certificate: await authority.certificate(names, valid) };
  }

  async function redis(wire: Wire, ...args: readonly string[]): Promise<TestRedis> {
    return kept(await startRedisOn(wire, ...args));
  }

  /** A master and a Sentinel that watches it, each on its wire. */
  async function watched(wire: Wire, wireOfSentinel: Wire = {}) {
    const master = await redis(wire, "--replica-announce-ip", wire.name ?? wire.host ?? "127.0.0.1");
    const sentinel = kept(await startSentinel(master, { wire: wireOfSentinel, watches: wire }));
    return { master, sentinel };
  }

  function at(server: TestRedis, settings: Partial<RedisConfig> = {}): RedisConfig {
    return { ...redisAt(server.url), ca: authority.pem, ...settings };
  }

  async function open(settings: RedisConfig, log = keepLog(), limitMs = UNHURRIED_MS): Promise<Store> {
    const store = await openStore(settings, log, limitMs);
    undo.push(() => store.close(true));
    return store;
  }

  /** How the start is refused, and `--check` in the same words. */
  async function refusal(settings: RedisConfig): Promise<StoreError> {
    const opened = await Promise.allSettled([open(settings), lookAtRedis(settings)]);
    const [start, check] = opened.map((one) => (one.status === "rejected" ? one.reason : null));
    expect(start).toBeInstanceOf(StoreError);
    expect(check.what).toBe(start.what);
    expect(`${start.what} ${start.next}`).not.toContain("network");
    return start;
  }

  async function runsOne(store: Store): Promise<void> {
    const ran: string[] = [];
    const worker = store.worker("lane", async (job) => void ran.push(job.id ?? ""), CONTROL_WORKER_OPTIONS);
    void worker.run();
    await store.queue("lane").add("work", {}, { jobId: "j-1" });
    await until(() => ran.includes("j-1"));
    await worker.close();
  }

  test("a Redis with a certificate of an authority of our own is used, by its IP and by its name", async () => {
    const server = await redis(await wireOf("127.0.0.1", ["IP:127.0.0.1", "DNS:localhost"]));
    await runsOne(await open(at(server)));
    const byName = redisAt(`rediss://localhost:${server.port}`);
    await open({ ...byName, ca: authority.pem });
  });

  test.each([
    ["has expired", async () => wireOf("127.0.0.1", undefined, EXPIRED), /has expired/, /^Renew it there/],
    [
      "is for another name",
      async () => wireOf("127.0.0.1", ["DNS:redis"]),
      /is for other names/,
      /subjectAltName/,
    ],
    [
      "is of an authority that is not known",
      async () => ({ certificate: await other.certificate(["IP:127.0.0.1"]) }),
      /is signed by an authority that is not known here/,
      /REDIS_CA_FILE/,
    ],
    [
      "is self-signed",
      async () => ({ certificate: await other.selfSigned() }),
      /is self-signed/,
      /REDIS_CA_FILE/,
    ],
  ])(
    "a certificate of Redis that %s is told as that at the start, with what to do",
    async (_, wire, what, next) => {
      const server = await redis(await wire());
      const error = await refusal(at(server));
      expect(error).toMatchObject({ code: "refused", notDone: "The store was not opened." });
      expect(error.what).toMatch(what);
      expect(error.what).toMatch(/^The certificate of Redis at 127\.0\.0\.1:\d+ /);
      expect(error.next).toMatch(next);
    },
  );

  test("a certificate that has expired while the bot runs is told in each command and in the log", async () => {
    const server = await redis(await wireOf("127.0.0.1"));
    const log = keepLog();
    const store = await open(at(server), log, ANSWER_LIMIT_MS);
    await expires(server);
    const said = await certificateToldBy(store);
    expect(said).toMatchObject({ what: expect.stringMatching(/^The certificate .* has expired/) });
    expect(said.next).toMatch(/^Renew it there/);
    expect(JSON.stringify(log.lines)).toContain("CERT_HAS_EXPIRED");
  });

  test("a Redis without TLS behind rediss:// is no store, and gets no password", async () => {
    const server = await redis({}, "--requirepass", "hunter2");
    const settings = at(server, redisAt(`rediss://:hunter2@127.0.0.1:${server.port}`));
    const error = await refusal(settings);
    expect(error).toMatchObject({ code: "refused", next: expect.stringContaining("Turn TLS on there") });
    expect(error.what).toBe(
      `Redis at 127.0.0.1:${server.port} speaks without TLS, but REDIS_URL begins with rediss://.`,
    );
  });

  test("a Redis with TLS behind redis:// is told as that", async () => {
    const server = await redis(await wireOf("127.0.0.1"));
    const error = await refusal(redisAt(`redis://127.0.0.1:${server.port}`));
    expect(error.what).toBe(
      `Redis at 127.0.0.1:${server.port} speaks TLS, but REDIS_URL begins with redis://.`,
    );
    expect(error.next).toContain("rediss://");
  });

  test("a Redis that asks for a certificate of the bot is told as that", async () => {
    const server = await redis(await wireOf("127.0.0.1"));
    const admin = server.admin();
    await admin.config("SET", "tls-auth-clients", "yes");
    admin.disconnect();
    expect((await refusal(at(server))).next).toContain("tls-auth-clients no");
  });

  test("a Redis that speaks no TLS of ours is told as that", async () => {
    const server = await redis(await wireOf("127.0.0.1"));
    const admin = server.admin();
    await admin.config("SET", "tls-protocols", "TLSv1.1");
    admin.disconnect();
    const error = await refusal(at(server));
    expect(error.next).toContain("tls-protocols");
  });

  test("behind Sentinel the master is spoken to over TLS, and its certificate has to be for the host that the sentinel names", async () => {
    const one = await wireOf("127.0.0.2");
    const { sentinel, master } = await watched(one);
    const settings = behind(sentinel);
    await runsOne(await open(settings));
    const admin = master.admin();
    const wrong = await authority.certificate(["IP:127.0.0.1"]);
    await admin.config("SET", "tls-cert-file", wrong.cert, "tls-key-file", wrong.key);
    admin.disconnect();
    expect((await refusal(settings)).what).toBe(
      `The certificate of Redis at 127.0.0.2:${master.port} is for other names (ERR_TLS_CERT_ALTNAME_INVALID).`,
    );
  });

  test("a master that the sentinel calls by name is checked by that name", async () => {
    const wire = { ...(await wireOf("127.0.0.1", ["DNS:localhost"])), name: "localhost" };
    const { sentinel } = await watched(wire);
    await runsOne(await open(behind(sentinel)));
  });

  test("a master without TLS behind Sentinel and rediss:// is no store, and gets no password", async () => {
    const { sentinel, master } = await watched({});
    const error = await refusal(behind(sentinel));
    expect(error.what).toBe(
      `Redis at 127.0.0.1:${master.port} speaks without TLS, but REDIS_URL begins with rediss://.`,
    );
  });

  test("a master with TLS behind Sentinel and redis:// is told as that", async () => {
    const wire = await wireOf("127.0.0.1");
    const { sentinel } = await watched(wire);
    expect((await refusal(sentinelAt(sentinel))).what).toMatch(
      /^Redis at .* speaks TLS, but REDIS_URL begins with redis:\/\/\.$/,
    );
  });

  test("sentinels may speak TLS where their Redis does not", async () => {
    const { sentinel } = await watched({}, await wireOf("127.0.0.1"));
    await runsOne(await open(behind(sentinel, { tls: true, url: "redis://ignored" })));
  });

  test.each([
    [
      "without TLS behind REDIS_SENTINEL_TLS=true",
      async () => ({}),
      true,
      /speaks without TLS, but REDIS_SENTINEL_TLS/,
    ],
    [
      "with TLS behind REDIS_SENTINEL_TLS=false",
      () => wireOf("127.0.0.1"),
      false,
      /speaks TLS, but REDIS_SENTINEL_TLS/,
    ],
    [
      "with an expired certificate",
      () => wireOf("127.0.0.1", undefined, EXPIRED),
      true,
      /^The certificate of .* has expired/,
    ],
  ])("a sentinel %s is told as that", async (_, wire, tls, what) => {
    const { sentinel } = await watched({}, await wire());
    const error = await refusal(behind(sentinel, { tls, url: "redis://ignored" }));
    expect(error.what).toMatch(what);
    expect(error.what).toContain(`he sentinel at 127.0.0.1:${sentinel.port}`);
  });

  test("a name that the sentinels do not know, and a password that they refuse, are told as that", async () => {
    const { sentinel } = await watched({});
    const settings = sentinelAt(sentinel);
    if (settings.sentinel === null) return expect.unreachable();
    const misnamed = { ...settings, sentinel: { ...settings.sentinel, name: "other" } };
    expect((await refusal(misnamed)).what).toContain("REDIS_SENTINEL_NAME");
    const admin = sentinel.admin();
    await admin.call("ACL", "SETUSER", "default", "resetpass", ">correct-horse");
    admin.disconnect();
    expect((await refusal(settings)).next).toBe("Check REDIS_SENTINEL_PASSWORD.");
  });

  test("a Redis Cluster whose nodes have a certificate each is used, and goes on when the node of REDIS_URL dies", async () => {
    const cluster = kept(await startRedisCluster(await Promise.all(HOSTS.map((host) => wireOf(host)))));
    const store = await open(at(cluster.first, { cluster: [] }));
    await runsOne(store);
    await cluster.first.kill();
    await until(async () => (await store.tryWrite()) !== true);
    await until(async () => (await store.tryWrite()) === true);
  });

  test("nodes that a Redis Cluster calls by name are checked by that name", async () => {
    const wire = { ...(await wireOf("127.0.0.1", ["DNS:localhost"])), name: "localhost" };
    const cluster = kept(await startRedisCluster([wire, wire, wire, wire]));
    await runsOne(await open(at(cluster.first, { cluster: [] })));
  });

  test("the certificate of the node that holds the queue is told in each command, though the Redis Cluster is found by another", async () => {
    const wires = await Promise.all(HOSTS.map((host) => wireOf(host)));
    const { first, others, dispose } = await startRedisCluster(wires);
    undo.push(dispose);
    const url = others[0]?.url ?? "";
    const store = await open({ ...redisAt(url), ca: authority.pem, cluster: [] }, keepLog(), ANSWER_LIMIT_MS);
    await expires(first);
    const said = await certificateToldBy(store);
    expect(said.what).toMatch(/^The certificate of Redis at 127\.0\.0\.1:\d+ has expired/);
  });

  /** What a command is told once it is told of a certificate. */
  function certificateToldBy(store: Store): Promise<StoreError> {
    return until(async () => {
      const error: unknown = await store
        .queue("lane")
        .add("work", {})
        .catch((caught: unknown) => caught);
      return error instanceof StoreError && error.what.includes("certificate") ? error : undefined;
    });
  }

  /** Gives a server a certificate that has expired. */
  async function expires(server: TestRedis): Promise<void> {
    const expired = await authority.certificate([`IP:${server.host}`], EXPIRED);
    const admin = server.admin();
    await admin.config("SET", "tls-cert-file", expired.cert, "tls-key-file", expired.key);
    // Who is connected would stay so.
    await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    admin.disconnect();
  }

  test("the certificate of a node that the Redis Cluster names is told as that by the check", async () => {
    const wires = await Promise.all(HOSTS.map((host) => wireOf(host)));
    const cluster = kept(await startRedisCluster(wires));
    const [second] = cluster.others;
    if (second === undefined) return expect.unreachable();
    await expires(second);
    const error: unknown = await lookAtRedis(at(cluster.first, { cluster: [] })).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({
      what: expect.stringMatching(/^The certificate of Redis at 127\.0\.0\.2:\d+ has expired/),
    });
  });

  function behind(
    sentinel: TestRedis,
    { tls = false, url = "rediss://ignored" }: { readonly tls?: boolean; readonly url?: string } = {},
  ): RedisConfig {
    const settings = sentinelAt(sentinel);
    if (settings.sentinel === null) throw new Error("There are no sentinels in these settings.");
    return {
      ...settings,
      ...{ ca: authority.pem, url: redisAt(url).url },
      sentinel: { ...settings.sentinel, tls },
    };
  }
});

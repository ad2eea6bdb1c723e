import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CONTROL_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { updateOwned } from "../../../src/engine/store/owned.js";
import type { Store, StoreProcessor } from "../../../src/engine/store/store.js";
import { StoreError } from "../../../src/engine/store/store-error.js";
import { redisAvailable, startRedis, type TestRedis } from "../../support/redis.js";
import { suiteFor } from "../../support/require.js";
import { keepLog, redisAt, UNHURRIED_MS, until } from "./places.js";

/** What a rejected promise was rejected with. */
const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "was not refused",
    (error: unknown) => error,
  );

suiteFor(
  "a Redis that answers and takes no writes",
  redisAvailable,
)(() => {
  let server: TestRedis;
  let admin: Redis;
  let store: Store;
  const log = keepLog();
  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.port);
    store = await openStore(redisAt(server.url), log, UNHURRIED_MS);
  });
  afterAll(async () => {
    await store?.close();
    await admin?.quit();
    await server?.dispose();
  });

  const set = (...pairs: readonly string[]) => admin.call("CONFIG", "SET", ...pairs);

  const failedSnapshot = async () => {
    const [, folder = ""] = (await admin.call("CONFIG", "GET", "dir")) as string[];
    // A snapshot cannot take the place of a folder.
    await mkdir(join(folder, "dump.rdb"), { recursive: true });
    await set("save", "3600 1000000");
    await admin.call("BGSAVE");
    await until(async () => (await admin.info("persistence")).includes("rdb_last_bgsave_status:err"));
  };

  test.each([
    {
      word: "OOM",
      next: "Give Redis more memory",
      spoil: () => set("maxmemory", "1"),
      mend: () => set("maxmemory", "0"),
    },
    {
      word: "READONLY",
      next: "use Sentinel so that the bot finds it",
      spoil: () => admin.call("REPLICAOF", "127.0.0.1", "1"),
      mend: () => admin.call("REPLICAOF", "NO", "ONE"),
    },
    {
      word: "MISCONF",
      next: "look at its log and its free space",
      spoil: failedSnapshot,
      mend: () => set("save", ""),
    },
    {
      word: "NOREPLICAS",
      next: "start them, or let it ask for fewer",
      spoil: () => set("min-replicas-to-write", "1"),
      mend: () => set("min-replicas-to-write", "0"),
    },
  ])(
    "is not taken for one that works: $word, with what to do, until it is mended (invariant 13)",
    async ({ word, next, spoil, mend }) => {
      const queue = store.queue("lane");
      // After READONLY the store connects anew, to find the master that there may be now; so each is asked until it tells.
      const works = () => until(async () => (await store.tryWrite()) === true);
      const refused = () =>
        until(async () => {
          const said = await store.tryWrite();
          return said !== true && said.includes(`refuses: ${word} `) && said;
        });
      await works();
      await spoil();
      try {
        expect(await admin.echo("there")).toBe("there");
        const said = await refused();
        expect(said).toContain(`Redis at 127.0.0.1:${server.port} refuses: ${word} `);
        expect(said).toContain("Nothing was queued.");
        expect(said).toContain(next);
        const error = await until(async () => {
          const caught = await refusal(queue.add("work", {}));
          return caught instanceof StoreError && caught.code === "refused" && caught;
        });
        expect(error).toMatchObject({
          what: expect.stringContaining(`refuses: ${word} `),
          notDone: "Nothing was queued.",
          next: expect.stringContaining(next),
        });
        // A connection that is made anew is no sign either.
        await admin.call("CLIENT", "KILL", "TYPE", "normal");
        await refused();
        expect(log.lines.filter(({ text }) => text.includes("is back"))).toEqual([]);
      } finally {
        await mend();
      }
      await works();
      await queue.add("work", {});
    },
  );

  test("its small write replaces the last one, under the prefix of the installation", async () => {
    const keys = async () => (await admin.keys("*")).filter((key) => !key.startsWith("{mesos}:lane:"));
    await until(async () => (await store.tryWrite()) === true);
    expect(await store.tryWrite()).toBe(true);
    expect(await keys()).toEqual(["{mesos}:written"]);
  });

  test("the rights of docs/queue.md are enough for all that the store does", async () => {
    await admin.call(
      ...[
        "ACL",
        "SETUSER",
        "bot",
        "on",
        ">open-sesame",
        "~{mesos}:*",
        "+@all",
        "-@admin",
        "-@dangerous",
        "+info",
      ],
    );
    const own = await openStore(
      redisAt(`redis://bot:open-sesame@127.0.0.1:${server.port}`),
      keepLog(),
      UNHURRIED_MS,
    );
    try {
      expect(await own.tryWrite()).toBe(true);
      const write: StoreProcessor<unknown, void> = (job, token) => updateOwned(job, token, { ran: true });
      const worker = own.worker("rights", write, CONTROL_WORKER_OPTIONS);
      void worker.run();
      const queue = own.queue("rights", { oneAtATime: true });
      await queue.add("work", {}, { jobId: "j-1", delay: 20 });
      await until(async () => (await queue.getJob("j-1"))?.finishedOn !== undefined);
      await worker.close();
    } finally {
      await own.close();
    }
  });
});

import { Queue, Worker } from "bullmq";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embeddedBackend } from "../../../../src/engine/store/embedded/embedded-backend.js";
import {
  type EmbeddedDatabase,
  openDatabase,
} from "../../../../src/engine/store/embedded/embedded-database.js";
import { tidy } from "../../../../src/engine/store/embedded/housekeeping.js";
import { dataDirOf, embeddedPlace, type Place, until } from "../places.js";

let place: Place;

let dataDir: string;

let database: EmbeddedDatabase;
beforeAll(async () => {
  place = await embeddedPlace();
  dataDir = dataDirOf(place);
  database = await openDatabase(dataDir);
});
afterAll(async () => {
  await database.pool.end();
  await database.db.close();
  await place.dispose();
});

describe("the pool over one PGlite", () => {
  test("the pool keeps everybody else out of a client's transaction", async () => {
    const { pool } = database;
    await pool.query("CREATE TABLE seen (who text)");
    const client = await pool.connect();
    await client.query("BEGIN");
    await client.query("INSERT INTO seen VALUES ($1)", ["inside"]);
    const outside = pool.query<{ n: string }>("SELECT count(*) AS n FROM seen WHERE who = $1", ["inside"]);
    await client.query("ROLLBACK");
    expect((await outside).rows).toEqual([{ n: "0" }]);
    client.release();
  });

  test("the pool undoes a transaction whose client was released in the middle, and goes on", async () => {
    const { pool } = database;
    const client = await pool.connect();
    await client.query("BEGIN");
    await client.query("INSERT INTO seen VALUES ('lost')");
    client.release();
    expect((await pool.query("SELECT who FROM seen")).rows).toEqual([]);
  });

  test("the pool goes on after a query that failed inside a transaction", async () => {
    const client = await database.pool.connect();
    await client.query("BEGIN");
    await expect(client.query("SELECT * FROM no_such_table")).rejects.toMatchObject({ code: "42P01" });
    await client.query("ROLLBACK");
    client.release();
    expect((await database.pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  test("the pool gives notifications to clients that listen, until they are released", async () => {
    const { pool } = database;
    const client = await pool.connect();
    const heard: unknown[] = [];
    client.on("notification", (message) => heard.push(message));
    await client.query("-- what for\n-- and how\nLISTEN here;\n");
    await pool.query("SELECT pg_notify('here', 'first')");
    await until(() => heard.length === 1);
    client.release();
    await pool.query("SELECT pg_notify('here', 'second')");
    expect(heard).toEqual([{ channel: "here", payload: "first" }]);
  });

  test("the pool keeps 64-bit numbers exact", async () => {
    expect((await database.pool.query("SELECT 1795195128662822401::int8 AS n")).rows).toEqual([
      { n: "1795195128662822401" },
    ]);
  });

  test("the pool lets timers run however fast it is asked", async () => {
    let rang = false;
    const timer = setTimeout(() => {
      rang = true;
    }, 1);
    for (let asked = 0; !rang && asked < 20_000; asked += 1)
      await database.pool.query("SELECT $1::int", [asked]);
    clearTimeout(timer);
    expect(rang).toBe(true);
  });
});

describe("the embedded backend", () => {
  test("the embedded backend does not spin while workers wait behind a concurrency limit", async () => {
    const { pool } = database;
    const queue = new Queue("limited", { connection: {} }, (name, options) =>
      embeddedBackend(pool, name, options),
    );
    await queue.setGlobalConcurrency(1);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const ran: string[] = [];
    const workers = [1, 2, 3].map(() => {
      const processor = async (job: { id?: string | undefined }): Promise<void> => {
        ran.push(job.id ?? "");
        if (job.id === "first") await held;
      };
      return new Worker("limited", processor, { connection: {} }, (name, options) =>
        embeddedBackend(pool, name, options),
      );
    });
    await queue.add("job", {}, { jobId: "first" });
    await queue.add("job", {}, { jobId: "behind" });
    await until(() => ran.length === 1);
    const before = pool.queries;
    // Everybody gets a turn at the one session, so workers that spin would each ask as often as we do.
    for (let asked = 0; asked < 500; asked += 1) await pool.query("SELECT 1");
    expect(pool.queries - before - 500).toBeLessThan(400);
    release();
    await until(() => ran.length === 2);
    await Promise.all(workers.map((worker) => worker.close()));
    await queue.close();
  });

  test("the database frees its write-ahead log and the old copies of rows when tidied", async () => {
    const { pool } = database;
    const queue = new Queue("grows", { connection: {} }, (name, options) =>
      embeddedBackend(pool, name, options),
    );
    const job = await queue.add("record", {}, { delay: 3_600_000 });
    const size = async (): Promise<number> => {
      const { rows } = await pool.query<{ size: string }>(
        "SELECT sum(size) + pg_database_size(current_database()) AS size FROM pg_ls_waldir()",
      );
      return Number(rows[0]?.size);
    };
    const round = async (): Promise<void> => {
      const pad = Array.from({ length: 600 }, () => Math.random()).join();
      for (let n = 0; n < 800; n += 1) await job.updateData({ n, pad });
      await tidy(pool, dataDir);
    };
    await round();
    const after = await size();
    for (let n = 0; n < 3; n += 1) await round();
    // Without the one or the other they would add 18 MB or more.
    expect((await size()) - after).toBeLessThan(9_000_000);
    await queue.close();
  });
});

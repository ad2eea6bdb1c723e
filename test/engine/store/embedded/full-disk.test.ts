import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { openDatabase } from "../../../../src/engine/store/embedded/embedded-database.js";
import { tidy } from "../../../../src/engine/store/embedded/housekeeping.js";
import { openStore } from "../../../../src/engine/store/open-store.js";
import type { StoreQueue } from "../../../../src/engine/store/store.js";
import { StoreError } from "../../../../src/engine/store/store-error.js";
import { suiteFor } from "../../../support/require.js";
import { type SmallDisk, smallDiskAvailable, startSmallDisk } from "../../../support/small-disk.js";
import { dataDirOf, embeddedPlace, keepLog, UNHURRIED_MS } from "../places.js";
import { useUpLog } from "./log-room.js";

/** The folder takes half of it. */
const DISK_MB = 120;

interface Padded {
  readonly n: number;
  readonly pad: string;
}

/** Data that take some of the log each time, and of the disk. */
const padded = (n: number): Padded => ({ n, pad: randomBytes(50_000).toString("hex") });

/** More than a quarter of a segment of the log: with less, a database that opens or closes makes the next one at once. */
const LOG_LEFT = 4_400_000;

/** Enough for jobs, not for another segment. */
const DISK_LEFT = 12 * 1024 * 1024;

suiteFor(
  "an embedded store whose disk is full",
  smallDiskAvailable,
)(() => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  /** A disk, and the folder of an empty store on it. */
  async function small(): Promise<{ readonly disk: SmallDisk; readonly dataDir: string }> {
    const disk = await startSmallDisk(DISK_MB);
    undo.push(disk.dispose);
    return { disk, dataDir: dataDirOf(await embeddedPlace(disk.folder)) };
  }

  async function open(dataDir: string) {
    const store = await openStore({ kind: "embedded", dataDir }, keepLog(), UNHURRIED_MS);
    undo.push(() => store.close());
    return store;
  }

  /** Adds jobs, each of which takes some room, until one is refused. */
  async function untilRefused(
    queue: StoreQueue,
  ): Promise<{ readonly stored: number; readonly error: unknown }> {
    for (let stored = 0; ; stored += 1) {
      try {
        await queue.add("work", { text: "long ".repeat(400) });
      } catch (error) {
        return { stored, error };
      }
    }
  }

  test("is not taken for one that works, with cause and what to do, until there is room again (invariant 13)", async () => {
    const { disk, dataDir } = await small();
    const store = await open(dataDir);
    const queue = store.queue("lane");
    expect(await store.tryWrite()).toBe(true);
    await disk.fill();
    const said = await store.tryWrite();
    expect(said).toContain(`The embedded store in ${dataDir} has no room left on its disk (53100).`);
    expect(said).toContain("Nothing was queued. Free space there");
    const { stored, error } = await untilRefused(queue);
    expect(error).toMatchObject({ code: "refused", notDone: "Nothing was queued." });
    await disk.free();
    expect(await store.tryWrite()).toBe(true);
    await queue.add("work", {});
    expect(await queue.getJobCounts("waiting")).toEqual({ waiting: stored + 1 });
  });

  test("is not tidied up before there is room, which would end the database", async () => {
    const { disk, dataDir } = await small();
    const { db, pool } = await openDatabase(dataDir);
    undo.push(() => db.close());
    await disk.fill();
    await expect(tidy(pool, dataDir)).rejects.toMatchObject({ code: "ENOSPC" });
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await disk.free();
    await tidy(pool, dataDir);
  });

  test("is asked nothing more when its database has ended for want of room, says so, and another process goes on with all that was stored", async () => {
    const { disk, dataDir } = await small();
    await useUpLog(dataDir, LOG_LEFT);
    const store = await openStore({ kind: "embedded", dataDir }, keepLog(), UNHURRIED_MS);
    const queue = store.queue<Padded>("lane");
    const job = await queue.add("record", padded(0), { jobId: "record", delay: 3_600_000 });
    await disk.fill(DISK_LEFT);
    let stored = 0;
    const last = await (async () => {
      for (let n = 1; ; n += 1) {
        try {
          await job.updateData(padded(n));
          stored = n;
        } catch (error) {
          if (error instanceof StoreError && error.code === "no_answer") return error;
        }
      }
    })();
    expect(last.notDone).toBe("Whether the request was stored is not known.");
    expect(await store.tryWrite()).toBe(
      `The embedded store in ${dataDir} has stopped: it has no room left on its disk (53100). Nothing was queued. ` +
        "Mend what stopped it, such as by freeing space. This process then ends by itself, and one that is started " +
        "after it goes on with all that is stored.",
    );
    await expect(queue.add("work", padded(0))).rejects.toMatchObject({ code: "refused" });
    expect(await store.writesAnew()).toBe(false);
    await disk.free();
    expect(await store.tryWrite()).toContain("has stopped");
    expect(await store.writesAnew()).toBe(true);
    await store.close();
    const next = await open(dataDir);
    expect((await next.queue("lane").getJob("record"))?.data).toMatchObject({ n: stored });
    expect(await next.tryWrite()).toBe(true);
  });

  test("does not open after its database has ended until there is room, and says that nothing is lost", async () => {
    const { disk, dataDir } = await small();
    await useUpLog(dataDir, 10_000);
    await disk.fill();
    await expect(open(dataDir)).rejects.toMatchObject({
      code: "folder",
      what: expect.stringContaining("no room is left on the disk (ENOSPC)"),
      next: "Free 100 MB there and start again: nothing that is stored is lost.",
    });
    await disk.free();
    expect(await (await open(dataDir)).tryWrite()).toBe(true);
  });
});

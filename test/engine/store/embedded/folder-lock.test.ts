import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "../../../../src/engine/store/embedded/folder-lock.js";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "mmb-lock-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe("the folder's lock", () => {
  test("the lock has exactly one holder, however many ask at once", async () => {
    for (let round = 0; round < 20; round += 1) {
      const asked = await Promise.allSettled([1, 2, 3, 4].map(() => lockFolder(dataDir)));
      const held = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(held).toHaveLength(1);
      for (const one of asked)
        if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "in_use" });
      await Promise.all(held.map((lock) => lock.release()));
    }
    expect(await readdir(join(dataDir, "lock"))).toEqual([]);
  });

  test("the lock is free while what killed processes left behind lies there", async () => {
    await mkdir(join(dataDir, "lock"));
    for (const file of ["7", "123-0a1b2c3d", "something else"])
      await writeFile(join(dataDir, "lock", file), "");
    const lock = await lockFolder(dataDir);
    await expect(lockFolder(dataDir)).rejects.toMatchObject({
      code: "in_use",
      what: expect.stringContaining(`in use by process ${process.pid} on `),
    });
    expect(await readdir(join(dataDir, "lock"))).toEqual(["124"]);
    await lock.release();
  });

  test("a path that is too long for a lock is said to be", async () => {
    const long = join(dataDir, "x".repeat(100));
    await mkdir(long);
    await expect(lockFolder(long)).rejects.toMatchObject({
      code: "folder",
      next: expect.stringContaining("short path"),
    });
  });
});

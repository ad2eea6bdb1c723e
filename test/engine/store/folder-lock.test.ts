import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "../../../src/engine/store/embedded/folder-lock.js";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "mmb-lock-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe("the folder's lock", () => {
  test("has never two holders, however many ask at once", async () => {
    let holders = 0;
    for (let round = 0; round < 20; round += 1) {
      const asked = await Promise.allSettled([1, 2, 3, 4].map(() => lockFolder(dataDir)));
      const held = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(held.length).toBeLessThanOrEqual(1);
      holders += held.length;
      await Promise.all(held.map((lock) => lock.release()));
    }
    expect(holders).toBeGreaterThan(0);
    expect(await readdir(join(dataDir, "lock"))).toEqual([]);
  });

  test("says so when the path is too long for it", async () => {
    const long = join(dataDir, "x".repeat(100));
    await mkdir(long);
    await expect(lockFolder(long)).rejects.toMatchObject({
      code: "folder",
      next: expect.stringContaining("short path"),
    });
  });
});

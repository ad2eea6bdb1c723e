import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "../../../../src/engine/store/embedded/folder-lock.js";
import { openStore } from "../../../../src/engine/store/open-store.js";
import { compileProgram } from "../../../support/compile.js";
import { runChild } from "../child/run.js";
import { dataDirOf, embeddedPlace, keepLog, type Place, UNHURRIED_MS } from "../places.js";

const compiled = compileProgram("test/engine/store/child/program.ts");
afterAll(() => rm(compiled.folder, { recursive: true, force: true }));

let place: Place;

let dataDir: string;
beforeEach(async () => {
  place = await embeddedPlace();
  dataDir = dataDirOf(place);
});
afterEach(() => place.dispose());

describe("the embedded store's jobs", () => {
  test("a job that goes from one state to the next while jobs are read is among them (invariant 11)", async () => {
    const store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
    const queue = store.queue("moving");
    for (let round = 0; round < 20; round++) {
      const id = `j-${round}`;
      await queue.add("job", {}, { jobId: id, delay: 3_600_000 });
      const job = await queue.getJob(id);
      // It leaves the delayed ones after the waiting ones were read, if those are read apart.
      const [found] = await Promise.all([queue.getJobs(["waiting", "delayed"]), job?.promote()]);
      expect(found.map((one) => one.id)).toContain(id);
    }
    await store.close();
  });

  test("jobs are read state by state in their order, within the places asked for", async () => {
    const store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
    const queue = store.queue("ordered");
    for (const [id, delay] of [["w-1"], ["d-2", 2_000_000], ["d-1", 1_000_000], ["w-2"]] as const) {
      await queue.add("job", {}, delay === undefined ? { jobId: id } : { jobId: id, delay });
    }
    const ids = async (...how: Parameters<typeof queue.getJobs>) =>
      (await queue.getJobs(...how)).map(({ id }) => id);
    expect(await ids(["delayed", "waiting"], 0, -1, true)).toEqual(["d-1", "d-2", "w-1", "w-2"]);
    expect(await ids(["waiting"], 0, 0, true)).toHaveLength(1);
    expect(await ids(["active"])).toEqual([]);
    await store.close();
  });
});

describe("the embedded store's folder", () => {
  test("the embedded store's folder is made for its owner alone, and reopened with what is in it", async () => {
    const inner = join(dataDir, "a", "b");
    const first = await openStore({ kind: "embedded", dataDir: inner }, keepLog(), UNHURRIED_MS);
    await first.queue<{ text: string }>("kept").add("job", { text: "käfer \u{1f6e0}" }, { jobId: "j-1" });
    await first.close();
    const again = await openStore({ kind: "embedded", dataDir: inner }, keepLog(), UNHURRIED_MS);
    expect((await again.queue("kept").getJob("j-1"))?.data).toEqual({ text: "käfer \u{1f6e0}" });
    await again.close();
    expect((await stat(inner)).mode & 0o777).toBe(0o700);
    expect(await readdir(join(inner, "lock"))).toEqual([]);
  });

  test("the embedded store's folder forgets a first start that was killed half-way", async () => {
    await rm(join(dataDir, "queue"), { recursive: true });
    await mkdir(join(dataDir, "unfinished-123"));
    await writeFile(join(dataDir, "unfinished-123", "PG_VERSION"), "18");
    const store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
    expect(await store.tryWrite()).toBe(true);
    await store.close();
    expect((await readdir(dataDir)).sort()).toEqual(["lock", "queue"]);
  });

  test("the embedded store says what to do when the database does not open, and lets go of the folder", async () => {
    await rm(join(dataDir, "queue", "global"), { recursive: true });
    await expect(openStore(place.settings, keepLog(), UNHURRIED_MS)).rejects.toMatchObject({
      code: "damaged",
      next: expect.stringContaining("put back a copy"),
    });
    await rm(join(dataDir, "queue"), { recursive: true });
    await (await openStore(place.settings, keepLog(), UNHURRIED_MS)).close();
  });

  test("the embedded store says what to do when it cannot be made", async () => {
    await writeFile(join(dataDir, "file"), "");
    const settings = { kind: "embedded", dataDir: join(dataDir, "file", "inner") } as const;
    await expect(openStore(settings, keepLog())).rejects.toMatchObject({ code: "folder" });
  });
});

describe("a second process on the embedded store", () => {
  test("a second process is refused with who holds it, and the first goes on", async () => {
    const store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
    const queue = store.queue("busy");
    const child = runChild(compiled.program, "hold", place.argument);
    expect(await child.ended()).toBe(1);
    expect(child.lines.join()).toContain(`error in_use`);
    expect(child.lines.join()).toContain(`in use by process ${process.pid} on `);
    expect((await queue.add("still", {})).id).toBeDefined();
    await store.close();
  });

  test("a second process gets the folder at once after the holder was killed", async () => {
    const child = runChild(compiled.program, "hold", place.argument);
    await child.says("open");
    await expect(openStore(place.settings, keepLog(), UNHURRIED_MS)).rejects.toMatchObject({
      code: "in_use",
      what: expect.stringContaining(`process ${child.pid}`),
    });
    await child.kill();
    const store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
    expect(await store.tryWrite()).toBe(true);
    await store.close();
  });

  test("a second process is refused also while the holder is stopped and says nothing", async () => {
    const child = runChild(compiled.program, "hold", place.argument);
    await child.says("open");
    process.kill(child.pid, "SIGSTOP");
    await expect(lockFolder(dataDir)).rejects.toMatchObject({ code: "in_use" });
    await child.kill();
  });
});

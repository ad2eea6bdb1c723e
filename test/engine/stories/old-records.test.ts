import { expect, test } from "vitest";
import { wake } from "../../../src/engine/store/store.js";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";
import type { TestCluster } from "../support/test-cluster.js";

const engine = useEngine();

/** The job of a maintenance while nobody runs it. */
async function atRest(cluster: TestCluster, id: string) {
  const job = await cluster.until("the tick is over", async () => {
    const found = await cluster.records.queue.getJob(id);
    return (await found?.getState()) === "delayed" ? found : undefined;
  });
  if (job === undefined) throw new Error("the maintenance is gone");
  return job;
}

test("a question that was denied and came back with an older queue takes nothing down until a person says Go on (invariants 5 and 13)", async () => {
  const cluster = await engine().cluster({ policy: { pollMs: 60_000, unwatchedAfterMs: 300_000 } });
  const maintenance = await cluster.drainToQuestion("web-01 6h");
  const { id } = maintenance;
  const { value } = await maintenance.button("approve");
  const before = (await atRest(cluster, id)).data;
  await maintenance.click(BOB, "deny");
  await maintenance.thread(/denied Down/);

  cluster.moveOn(1_800_000);
  const job = await atRest(cluster, id);
  await job.updateData(before);
  await cluster.click(BOB, value);
  expect(await cluster.told(BOB, /nobody had looked after it from/)).toContain("Nothing was taken down");
  await wake(await atRest(cluster, id));
  await maintenance.thread(/Nobody had looked after this since .* nothing more is taken out of service/s);
  await maintenance.root(/Nobody had looked after this .* until somebody presses Go on/s);
  expect(cluster.calls("START_MAINTENANCE")).toBe(0);

  await cluster.type(ALICE, `go-on ${id}`);
  await maintenance.thread(/goes on from what the master shows now/);
  await maintenance.click(BOB, "approve");
  await maintenance.thread(/Down: 1 machine/);
  expect(cluster.calls("START_MAINTENANCE")).toBe(1);
});

test("a worker that looks after its records never finds one that nobody looked after, however long nothing happens", async () => {
  const cluster = await engine().cluster({ policy: { pollMs: 60_000, unwatchedAfterMs: 180_000 } });
  const maintenance = await cluster.drain("web-01 6h --in 2h");
  await maintenance.thread(/Scheduled/);
  for (let minutes = 0; minutes < 30; minutes += 1) {
    cluster.moveOn(60_000);
    await cluster.looks(1);
  }
  expect(maintenance.texts().filter((text) => text.includes("Nobody had looked after"))).toEqual([]);
});

import { expect, test } from "vitest";
import { threadJobId } from "../../../src/engine/lanes/ids.js";
import { NOTIFY_QUEUE } from "../../../src/engine/lanes/jobs.js";
import { wake } from "../../../src/engine/store/store.js";
import { useEngine } from "../support/engine.js";
import { ALICE } from "../support/people.js";

const engine = useEngine();

test("a maintenance of a newer version is left alone, and who asked for it is told once (invariant 10)", async () => {
  const cluster = await engine().cluster({ policy: { pollMs: 3_600_000 } });
  const maintenance = await cluster.drain("web-01 1h");
  await maintenance.question();
  const { id } = maintenance;
  const { queue } = cluster.records;
  const job = await cluster.until("the tick is over", async () => {
    const found = await queue.getJob(id);
    return (await found?.getState()) === "delayed" ? found : undefined;
  });
  if (job === undefined) throw new Error("the maintenance is gone");
  const newer = { ...(job.data as object), version: 2 };
  await job.updateData(newer);
  await cluster.restart();

  const notify = engine().store.queue(NOTIFY_QUEUE);
  for (const _ of ["first", "second"]) {
    const thread = await notify.getJob(threadJobId(id));
    if (thread === undefined) throw new Error("the thread is gone");
    await cluster.until("the thread was looked at", async () => {
      const now = await notify.getJob(threadJobId(id));
      if (now === undefined || (await now.getState()) !== "delayed") return false;
      if (now.attemptsStarted > thread.attemptsStarted) return true;
      await wake(now);
      return false;
    });
  }
  await cluster.told(
    ALICE,
    /cannot be read: .* \(not understood by this version .* Run the newer version of the bot again\./s,
  );
  expect(cluster.toldTo(ALICE).filter((text) => text.includes("cannot be read"))).toHaveLength(1);
  await cluster.type(ALICE, `cancel ${id}`);
  await cluster.told(ALICE, /Nothing was queued/);
  expect((await queue.getJob(id))?.data).toEqual(newer);
});

import { expect, onTestFinished, test } from "vitest";
import { byHand, scheduleOf, startCluster, WEB_01 } from "../support/cluster.js";
import { subscribe } from "../support/event-stream.js";

test("the event stream beats, and has no event for schedule changes and answers", async () => {
  const master = await startCluster(onTestFinished, {
    heartbeatMs: 5,
    frameworks: [byHand("f", "stayer", "web-01")],
  });
  const { types, end } = await subscribe(master);
  await expect.poll(() => types().filter((type) => type === "HEARTBEAT").length).toBeGreaterThan(2);
  master.postSchedule(scheduleOf(WEB_01));
  master.tick();
  master.launchTask("f", "web-02", "later");
  await expect.poll(() => types().filter((type) => type === "TASK_UPDATED").length).toBe(2);
  expect([...new Set(types())].sort()).toEqual(["HEARTBEAT", "SUBSCRIBED", "TASK_ADDED", "TASK_UPDATED"]);
  await end();
  await expect.poll(() => master.state().subscribers).toBe(0);
});

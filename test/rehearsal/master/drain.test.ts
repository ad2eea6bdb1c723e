import { expect, onTestFinished, test } from "vitest";
import { byHand, call, startCluster } from "../support/cluster.js";

test("DRAIN_AGENT is unknown before 1.9", async () => {
  const master = await startCluster(onTestFinished, { version: "1.8.1" });
  const drain = { type: "DRAIN_AGENT", drain_agent: { agent_id: { value: "x" } } };
  expect(await call(master, drain)).toMatchObject({ status: 400, text: /Expecting 'type'/ });
});

test("DRAIN_AGENT kills the tasks when the grace period is over", async () => {
  const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "stayer", "web-01")] });
  const agent = master.state().agents.find(({ hostname }) => hostname === "web-01");
  const drain = { agent_id: { value: agent?.id }, max_grace_period: { nanos: 5_000_000 } };
  expect((await call(master, { type: "DRAIN_AGENT", drain_agent: drain })).status).toBe(200);
  await expect.poll(() => master.state().agents.find(({ id }) => id === agent?.id)?.drain).toBe("DRAINED");
  expect(master.state().tasks).toEqual([]);
});

import { expect, onTestFinished, test } from "vitest";
import { elect, startStandby } from "../../../src/rehearsal/master/master.js";
import { call, read, scheduleOf, startCluster, WEB_01 } from "../support/cluster.js";
import { subscribe } from "../support/event-stream.js";

const OPTIONS = { agents: [], frameworks: [] };

async function startThree() {
  const first = await startCluster(onTestFinished);
  const others = await Promise.all([1, 2].map(() => startStandby(first, OPTIONS)));
  for (const other of others) onTestFinished(() => other.close());
  const [second = first, third = first] = others;
  return { first, second, third, all: [first, second, third] };
}

const locationOf = async (url: string) =>
  (await fetch(`${url}/redirect`, { redirect: "manual" })).headers.get("location");

test("masters that do not lead redirect to the one that does", async () => {
  const { first, second, third, all } = await startThree();
  expect(await Promise.all(all.map(({ url }) => locationOf(url)))).toEqual(
    all.map(() => `//${first.address}`),
  );
  elect(all, second);
  expect(await Promise.all(all.map(({ url }) => locationOf(url)))).toEqual(
    all.map(() => `//${second.address}`),
  );
  expect((await call(second, { type: "GET_VERSION" })).status).toBe(200);
  expect(third.state().leading).toBe("redirecting");
});

test("the master that is elected has the schedule of the one before, another id, and events of its own", async () => {
  const { first, second, all } = await startThree();
  first.postSchedule(scheduleOf(WEB_01));
  const { id } = first.state();
  await first.stop();
  elect(all, second);
  expect(second.state().schedule).toEqual(scheduleOf(WEB_01));
  expect((await read(second, "GET_MASTER")).master_info.id).not.toBe(id);
  const { types, end } = await subscribe(second);
  second.registerAgent({ hostname: "new", ip: "10.0.0.9" });
  await expect.poll(types).toContain("AGENT_ADDED");
  await end();
});

test("all masters have one list of calls", async () => {
  const { first, second, all } = await startThree();
  await call(first, { type: "GET_TASKS" });
  elect(all, second);
  await call(second, { type: "GET_AGENTS" });
  expect(first.calls().map(({ type }) => type)).toEqual(["GET_TASKS", "GET_AGENTS"]);
});

import { expect, onTestFinished, test } from "vitest";
import type { Spoiling } from "../../../src/rehearsal/master/spoil.js";
import { call, scheduleOf, startCall, startCluster, WEB_01 } from "../support/cluster.js";
import { subscribe } from "../support/event-stream.js";

const READ = JSON.stringify({ type: "GET_AGENTS" });

async function answered(how: Spoiling, signal?: AbortSignal) {
  const master = await startCluster(onTestFinished);
  const { text } = await call(master, { type: "GET_AGENTS" });
  master.fault("GET_AGENTS", { kind: how });
  const response = await fetch(`${master.url}/api/v1`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: READ,
    ...(signal === undefined ? {} : { signal }),
  });
  return { text, response };
}

test("half an answer breaks off before its end", async () => {
  const { response } = await answered("half");
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

test("garbage says that it is an answer and is none", async () => {
  const { response, text } = await answered("garbage");
  expect(response.headers.get("content-type")).toBe("application/json");
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(bytes).toHaveLength(text.length);
  expect(new Set(bytes)).toEqual(new Set([0xff]));
});

test("another content type has the answer in it", async () => {
  const { response, text } = await answered("content_type");
  expect(response.headers.get("content-type")).toBe("text/html");
  expect(await response.text()).toBe(text);
});

test("an answer without an end goes on behind what belongs there", async () => {
  const givingUp = new AbortController();
  const { response, text } = await answered("endless", givingUp.signal);
  let read = 0;
  const reader = response.body?.getReader();
  while (read <= text.length + 1) read += (await reader?.read())?.value?.length ?? 0;
  givingUp.abort();
  await expect(reader?.closed).rejects.toThrow();
});

test.each(["half", "garbage", "content_type", "endless"] as const)(
  "a call whose answer is spoilt (%s) took effect",
  async (kind) => {
    const master = await startCluster(onTestFinished);
    master.postSchedule(scheduleOf(WEB_01));
    master.fault("START_MAINTENANCE", { kind });
    const givingUp = new AbortController();
    const answer = call(master, startCall(WEB_01), givingUp.signal).catch(() => "none");
    await expect.poll(() => master.state().modes.get("web-01|10.0.0.1")).toBe("DOWN");
    givingUp.abort();
    await answer;
    expect(master.calls()).toMatchObject([{ type: "START_MAINTENANCE", outcome: "accepted" }]);
  },
);

test("streams that stall stay open, and go on when they are let", async () => {
  const master = await startCluster(onTestFinished, { heartbeatMs: 5 });
  const { types, end } = await subscribe(master);
  await expect.poll(() => types().length).toBeGreaterThan(2);
  master.stallStreams();
  master.registerAgent({ hostname: "new", ip: "10.0.0.9" });
  expect(master.state().subscribers).toBe(1);
  master.stallStreams(false);
  const before = types().length;
  await expect.poll(() => types().length).toBeGreaterThan(before);
  expect(types()).not.toContain("AGENT_ADDED");
  await end();
});

test("a fault lets calls go before it, and tells of each that it hits", async () => {
  const master = await startCluster(onTestFinished);
  let hits = 0;
  const onHit = () => {
    hits += 1;
  };
  master.fault("GET_TASKS", { kind: "status", status: 500, skip: 1, onHit });
  const statuses = [];
  for (let calls = 0; calls < 3; calls += 1)
    statuses.push((await call(master, { type: "GET_TASKS" })).status);
  expect(statuses).toEqual([200, 500, 200]);
  expect(hits).toBe(1);
});

import { describe, expect, onTestFinished, test } from "vitest";
import { mesos } from "../../src/mesos/proto/generated/mesos.js";
import { READ_PERMISSIONS } from "../../src/rehearsal/master/access.js";
import { sampleCluster } from "../../src/rehearsal/master/sample.js";
import { byHand, call, read, scheduleOf, startCluster, WEB_01 } from "./cluster.js";
import { subscribe } from "./event-stream.js";

const { Call, Response } = mesos.v1.master;

describe("content types", () => {
  test("a call in protobuf may be answered in JSON, and the other way round", async () => {
    const master = await startCluster(onTestFinished);
    const body = Buffer.from(
      Call.encode(
        Call.fromObject({
          type: "UPDATE_MAINTENANCE_SCHEDULE",
          update_maintenance_schedule: {
            schedule: {
              windows: [
                {
                  machine_ids: [WEB_01],
                  unavailability: {
                    start: { nanoseconds: 1795195128662822401n },
                    duration: { nanoseconds: -0n },
                  },
                },
              ],
            },
          },
        }),
      ).finish(),
    );
    const post = (type: string, accept: string, sent: Buffer | string) =>
      fetch(`${master.url}/master/api/v1`, {
        method: "POST",
        headers: { "content-type": type, accept },
        body: new Uint8Array(Buffer.from(sent)),
      });
    const posted = await post("application/x-protobuf", "application/json", body);
    expect([posted.status, await posted.text()]).toEqual([200, ""]);
    expect(master.state().schedule.windows).toEqual([
      { machines: [WEB_01], start: 1795195128662822401n, duration: 0n },
    ]);
    const got = await post(
      "application/json",
      "application/x-protobuf",
      '{"type":"GET_MAINTENANCE_SCHEDULE"}',
    );
    const decoded = Response.toObject(Response.decode(new Uint8Array(await got.arrayBuffer())), {
      longs: BigInt,
    });
    expect(decoded.get_maintenance_schedule.schedule.windows[0].unavailability).toEqual({
      start: { nanoseconds: 1795195128662822401n },
      duration: { nanoseconds: 0n },
    });
    const garbage = await post("application/x-protobuf", "application/json", "{");
    expect([garbage.status, await garbage.text()]).toEqual([400, "Failed to parse body into Call protobuf"]);
  });

  test("a call without a Content-Type is a 400", async () => {
    const master = await startCluster(onTestFinished);
    const response = await fetch(`${master.url}/api/v1`, { method: "POST", body: new Uint8Array([1]) });
    expect([response.status, await response.text()]).toEqual([400, "Expecting 'Content-Type' to be present"]);
  });

  test.each([
    ["UPDATE_MAINTENANCE_SCHEDULE", "update_maintenance_schedule"],
    ["START_MAINTENANCE", "start_maintenance"],
    ["STOP_MAINTENANCE", "stop_maintenance"],
    ["DRAIN_AGENT", "drain_agent"],
  ])("%s without its message is a 400", async (type, field) => {
    const master = await startCluster(onTestFinished);
    expect(await call(master, { type })).toEqual({
      status: 400,
      text: `Failed to validate master::Call: Expecting '${field}' to be present`,
    });
  });
});

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

test("a caller who may not view agents, frameworks and tasks sees an idle cluster", async () => {
  const cluster = sampleCluster({ speed: null });
  const master = await startCluster(onTestFinished, {
    ...cluster,
    principals: [
      { name: "viewer", secret: "v", may: READ_PERMISSIONS },
      { name: "nobody", secret: "n", may: [] },
    ],
  });
  const count = async (who: string) => {
    const sizes = [];
    for (const [type, list] of [
      ["GET_AGENTS", "agents"],
      ["GET_FRAMEWORKS", "frameworks"],
      ["GET_TASKS", "tasks"],
    ] as const) {
      const response = await fetch(`${master.url}/api/v1`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Basic ${btoa(who)}` },
        body: JSON.stringify({ type }),
      });
      const body: unknown = await response.json();
      sizes.push(Object(body)[type.toLowerCase()][list].length);
    }
    return sizes;
  };
  expect(await count("viewer:v")).toEqual([12, 4, 21]);
  expect(await count("nobody:n")).toEqual([0, 0, 0]);
});

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

describe("the sample cluster", () => {
  test("a drain of web-01 to web-03 ends with one refusal, one silent framework and tasks that stay", async () => {
    const master = await startCluster(onTestFinished, sampleCluster({ speed: 200 }));
    const { agents } = master.state();
    const machines = agents.filter(({ hostname }) => /^web-0[1-3]$/.test(hostname));
    master.postSchedule(scheduleOf(...machines.map(({ hostname, ip }) => ({ hostname, ip }))));
    const left = () => {
      const drained = new Set(machines.map(({ hostname }) => hostname));
      return master.state().tasks.filter(({ host }) => drained.has(host));
    };
    expect(left()).toHaveLength(11);
    await expect
      .poll(() =>
        left()
          .map(({ name }) => name)
          .sort(),
      )
      .toEqual(["broker-3", "nightly-report"]);
    expect(master.state().answers.filter(({ answer }) => answer === "DECLINE")).toMatchObject([
      { framework: "kafka", machine: "web-03|10.20.1.13" },
    ]);
    expect(master.state().inverseOffers).toEqual([{ framework: "batch", machine: "web-02|10.20.1.12" }]);
    expect((await read(master, "GET_AGENTS")).agents).toHaveLength(12);
  });

  test("a task on a host without an agent is a clear error", async () => {
    const frameworks = [byHand("f", "mover", "web-99")];
    await expect(startCluster(onTestFinished, { frameworks })).rejects.toThrow(
      "Framework f is on web-99, where there is no agent; the master was not started.",
    );
  });
});

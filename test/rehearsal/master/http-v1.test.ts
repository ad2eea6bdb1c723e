import { describe, expect, onTestFinished, test } from "vitest";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import { call, startCluster, WEB_01 } from "../support/cluster.js";

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
  ])("the call %s without its message is a 400", async (type, field) => {
    const master = await startCluster(onTestFinished);
    expect(await call(master, { type })).toEqual({
      status: 400,
      text: `Failed to validate master::Call: Expecting '${field}' to be present`,
    });
  });
});

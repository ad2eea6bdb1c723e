import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Schedule } from "../../src/maintenance/cluster/schedule.js";
import * as calls from "../../src/mesos/calls.js";
import { mesos } from "../../src/mesos/proto/generated/mesos.js";
import { readSchedule } from "../../src/mesos/read/read-replies.js";

const { Call, Response } = mesos.v1.master;

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const text = fc.string({ maxLength: 20 });

const machine = fc.record({ hostname: text, ip: text }, { requiredKeys: [] });

const window = fc.record({ machines: fc.array(machine), start: int64, duration: fc.option(int64) });

const schedules: fc.Arbitrary<Schedule> = fc.record({ windows: fc.array(window) });

const web01 = { hostname: "web-01", ip: "10.0.0.1" };

describe("a schedule on its way to the master", () => {
  test("any schedule reads back as it was written, to the nanosecond and to the missing half (invariant 1)", () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const sent = Call.decode(calls.updateSchedule(schedule).bytes).update_maintenance_schedule?.schedule;
        const answer = Response.encode(
          Response.create({ get_maintenance_schedule: { schedule: sent ?? {} } }),
        ).finish();
        expect(readSchedule(answer)).toEqual(schedule);
      }),
    );
  });

  test("a window without a duration is not one of no duration", () => {
    const windows = [null, 0n].map((duration) => ({ machines: [web01], start: 1n, duration }));
    const sent = Call.decode(calls.updateSchedule({ windows }).bytes).update_maintenance_schedule?.schedule;
    expect(sent?.windows.map((each) => each.unavailability.duration?.nanoseconds.toBigInt())).toEqual([
      undefined,
      0n,
    ]);
  });

  test.each([2n ** 63n, -(2n ** 63n) - 1n])(
    "%d does not fit the master's int64 and is refused, not wrapped",
    (start) => {
      expect(() => calls.updateSchedule({ windows: [{ machines: [web01], start, duration: null }] })).toThrow(
        /int64.*Nothing was sent/,
      );
    },
  );
});

describe("calls", () => {
  test("calls for down and up name their machines", () => {
    expect(Call.toObject(Call.decode(calls.startMaintenance([web01]).bytes), { enums: String })).toEqual({
      type: "START_MAINTENANCE",
      start_maintenance: { machines: [web01] },
    });
    expect(Call.toObject(Call.decode(calls.stopMaintenance([web01]).bytes), { enums: String })).toEqual({
      type: "STOP_MAINTENANCE",
      stop_maintenance: { machines: [web01] },
    });
  });

  test("only calls that change something count as writes", () => {
    const writes = [
      calls.updateSchedule({ windows: [] }),
      calls.startMaintenance([]),
      calls.stopMaintenance([]),
    ];
    const reads = Object.values(calls).filter((call) => typeof call !== "function");
    expect(writes.every((call) => call.writes)).toBe(true);
    expect(reads.some((call) => call.writes)).toBe(false);
    expect(reads).toHaveLength(8);
  });

  test.each([
    ["GET_VERSION", 3],
    ["GET_AGENTS", 10],
    ["GET_FRAMEWORKS", 11],
    ["GET_TASKS", 13],
    ["GET_MASTER", 17],
    ["SUBSCRIBE", 18],
    ["GET_MAINTENANCE_STATUS", 23],
    ["GET_MAINTENANCE_SCHEDULE", 24],
    ["UPDATE_MAINTENANCE_SCHEDULE", 25],
    ["START_MAINTENANCE", 26],
    ["STOP_MAINTENANCE", 27],
    ["DRAIN_AGENT", 37],
    ["DEACTIVATE_AGENT", 38],
    ["REACTIVATE_AGENT", 39],
  ] as const)("%s has Mesos' number %d", (name, number) => {
    expect(Call.Type[name]).toBe(number);
  });
});

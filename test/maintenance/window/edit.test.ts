import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MachineId, machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { Schedule, Unavailability, Window } from "../../../src/maintenance/cluster/schedule.js";
import {
  applyEdit,
  placeMachines,
  removeMachines,
  sameSchedule,
  sameTime,
  windowOf,
} from "../../../src/maintenance/window/edit.js";
import { machine } from "../../support/world.js";

const TIME: Unavailability = { start: 1795195128662822401n, duration: 14_400_000_000_001n };

const OTHER: Unavailability = { start: 1795195128662822402n, duration: null };

const web01 = machine("web-01");

const web02 = machine("web-02");

function scheduleOf(...windows: Window[]): Schedule {
  return { windows };
}

describe("placing machines", () => {
  test("placing adds one window for all of them and keeps the others' windows as the same objects (invariant 1)", () => {
    const foreign: Window = { machines: [{ hostname: "DB-01", ip: "10.0.1.1" }], ...OTHER };
    const next = placeMachines(scheduleOf(foreign), [web01, web02], TIME);
    expect(next.windows).toEqual([foreign, { machines: [web01, web02], ...TIME }]);
    expect(next.windows[0]).toBe(foreign);
  });

  test("placing machines that stand there already gives the very same object (invariant 3)", () => {
    const before = scheduleOf({ machines: [{ hostname: "WEB-01", ip: "10.0.0.1" }, web02], ...TIME });
    expect(placeMachines(before, [web01, web02], TIME)).toBe(before);
  });

  test("placing moves a machine out of its old window, which goes with its last machine", () => {
    const before = scheduleOf({ machines: [web01], ...OTHER });
    expect(placeMachines(before, [web01], TIME).windows).toEqual([{ machines: [web01], ...TIME }]);
  });

  test("an entry with a host name alone is another machine to a master, and stays (invariant 1)", () => {
    const foreign: Window = { machines: [{ hostname: "web-01" }], ...OTHER };
    expect(placeMachines(scheduleOf(foreign), [web01], TIME).windows[0]).toBe(foreign);
  });

  test("no end and an end after 0 ns are different times", () => {
    expect(sameTime({ start: 1n, duration: null }, { start: 1n, duration: 0n })).toBe(false);
  });
});

describe("removing machines", () => {
  test("removing never leaves out a Down machine, which a master would refuse (invariant 1)", () => {
    const before = scheduleOf({ machines: [web01, web02], ...TIME });
    const next = removeMachines(before, [web01, web02], [{ hostname: "web-01", ip: "10.0.0.1" }]);
    expect(next.windows).toEqual([{ machines: [web01], ...TIME }]);
  });

  test("removing machines that are in no window gives the very same object (invariant 3)", () => {
    const before = scheduleOf({ machines: [web02], ...TIME });
    expect(removeMachines(before, [web01], [])).toBe(before);
  });
});

describe("an edit on a list that was read later", () => {
  const theirs = scheduleOf({ machines: [web01], ...OTHER });

  test("an edit does not take a machine out that somebody has moved to another window (invariant 12)", () => {
    expect(applyEdit(theirs, { kind: "remove", machines: [web01], time: TIME }, [])).toBe(theirs);
  });

  test("an edit does not pull a machine out of a window that somebody has given it since (invariants 1, 12)", () => {
    const next = applyEdit(theirs, { kind: "place", machines: [web01, web02], time: TIME }, []);
    expect(next.windows).toEqual([theirs.windows[0], { machines: [web02], ...TIME }]);
  });
});

describe("whether two lists plan the same", () => {
  const one = scheduleOf({ machines: [web01, web02], ...TIME });
  test.each<[string, Schedule, boolean]>([
    ["grouped otherwise", scheduleOf({ machines: [web02], ...TIME }, { machines: [web01], ...TIME }), true],
    [
      "host names in another case",
      scheduleOf({ machines: [{ ...web01, hostname: "Web-01" }, web02], ...TIME }),
      true,
    ],
    [
      "one nanosecond later",
      scheduleOf({ machines: [web01, web02], start: TIME.start + 1n, duration: TIME.duration }),
      false,
    ],
    ["no end", scheduleOf({ machines: [web01, web02], start: TIME.start, duration: null }), false],
    ["one machine fewer", scheduleOf({ machines: [web01], ...TIME }), false],
    ["another machine", scheduleOf({ machines: [web01, machine("web-03")], ...TIME }), false],
  ])("two lists are compared by what they plan: %s", (_, other, same) => {
    expect(sameSchedule(one, other)).toBe(same);
    expect(sameSchedule(other, one)).toBe(same);
  });
});

// Few names, so that ours and theirs meet; odd case, missing halves and the edges of int64 included.
const hostname = fc.constantFrom("web-01", "WEB-01", "web-02", "Web-02", "db-01", "kafka.example.com");

const ip = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3");

const machineId: fc.Arbitrary<MachineId> = fc.oneof(
  fc.record({ hostname, ip }),
  fc.record({ hostname }),
  fc.record({ ip }),
);

const time: fc.Arbitrary<Unavailability> = fc.record({
  start: fc.oneof(fc.constant(1795195128662822401n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  duration: fc.oneof(fc.constant(null), fc.constant(0n), fc.bigInt(0n, 2n ** 63n - 1n)),
});

const schedule: fc.Arbitrary<Schedule> = fc
  .array(fc.tuple(fc.array(machineId, { minLength: 1, maxLength: 3 }), time), { maxLength: 5 })
  .map((parts) => {
    const seen = new Set<string>();
    const windows = parts.flatMap(([machines, unavailability]): Window[] => {
      const own = machines.filter((m) => !seen.has(machineKey(m)) && seen.add(machineKey(m)));
      return own.length > 0 ? [{ machines: own, ...unavailability }] : [];
    });
    return { windows };
  });

const machines = fc.uniqueArray(fc.record({ hostname, ip }), { maxLength: 4, selector: machineKey });

/** Every entry of other machines with its exact name and time, in order. */
function othersIn(list: Schedule, ours: readonly MachineId[]): unknown[] {
  const keys = new Set(ours.map(machineKey));
  return list.windows.flatMap((window) =>
    window.machines.filter((m) => !keys.has(machineKey(m))).map((m) => [m, window.start, window.duration]),
  );
}

describe("for every schedule", () => {
  test("placing keeps everybody else's entries bit for bit and in order, and puts ours at our time (invariant 1)", () => {
    fc.assert(
      fc.property(schedule, machines, time, (before, ours, at) => {
        const next = placeMachines(before, ours, at);
        expect(othersIn(next, ours)).toEqual(othersIn(before, ours));
        for (const m of ours) expect(windowOf(next, m)).toMatchObject(at);
        expect(placeMachines(next, ours, at)).toBe(next);
        expect(next.windows.every((window) => window.machines.length > 0)).toBe(true);
      }),
    );
  });

  test("removing keeps everybody else's entries bit for bit and in order, and every Down machine (invariant 1)", () => {
    fc.assert(
      fc.property(schedule, machines, machines, (before, ours, down) => {
        const next = removeMachines(before, ours, down);
        const gone = ours.filter((m) => !down.some((d) => machineKey(d) === machineKey(m)));
        expect(othersIn(next, gone)).toEqual(othersIn(before, gone));
        for (const m of gone) expect(windowOf(next, m)).toBeNull();
        for (const d of down) expect(windowOf(next, d)?.start).toEqual(windowOf(before, d)?.start);
        expect(removeMachines(next, ours, down)).toBe(next);
      }),
    );
  });

  test("an edit leaves machines at other times alone, and one that changes nothing gives the same object (invariants 3, 12)", () => {
    fc.assert(
      fc.property(
        schedule,
        machines,
        time,
        fc.constantFrom("place" as const, "remove" as const),
        (before, ours, at, kind) => {
          const next = applyEdit(before, { kind, machines: ours, time: at }, []);
          const theirs = ours.filter((m) => {
            const window = windowOf(before, m);
            return window !== null && !sameTime(window, at);
          });
          for (const m of theirs) expect(windowOf(next, m)).toMatchObject(windowOf(before, m) ?? {});
          expect(next === before).toBe(sameSchedule(next, before));
        },
      ),
    );
  });

  test("placing and then removing gives back what was there", () => {
    fc.assert(
      fc.property(schedule, machines, time, (before, ours, at) => {
        const free = ours.filter((m) => windowOf(before, m) === null);
        const placed = applyEdit(before, { kind: "place", machines: free, time: at }, []);
        const back = applyEdit(placed, { kind: "remove", machines: free, time: at }, []);
        expect(back).toEqual(before);
      }),
    );
  });
});

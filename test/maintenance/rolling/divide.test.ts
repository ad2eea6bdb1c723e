import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Candidate, type Division, divide } from "../../../src/maintenance/rolling/divide.js";
import { runs } from "../../support/fast-check.js";

const PLAIN: Division = { size: 2, canary: null, spansZones: false, mostTogether: new Map() };

/** `a1@z1:app,app` is machine a1 in zone z1 with two copies of app. */
function candidates(...lines: string[]): Candidate<string>[] {
  return lines.map((line) => {
    const [place = "", apps = ""] = line.split(":");
    const [machine = "", zone] = place.split("@");
    const copies = new Map<string, number>();
    for (const app of apps.split(",").filter((name) => name !== "")) {
      copies.set(app, (copies.get(app) ?? 0) + 1);
    }
    return { machine, zone: zone ?? null, group: machine.slice(0, 1), copies };
  });
}

const dividedInto = (lines: string[], division: Partial<Division> = {}) =>
  divide(candidates(...lines), { ...PLAIN, ...division }).batches.map((batch) => batch.join(" "));

const zone = fc.constantFrom("z1", "z2", null);

const generated: fc.Arbitrary<Candidate<number>[]> = fc
  .array(
    fc.record({
      zone,
      group: fc.constantFrom("r1", "r2", "r3"),
      copies: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 3 })),
    }),
    { maxLength: 40 },
  )
  .map((list) =>
    list.map((one, machine) => ({ ...one, machine, copies: new Map(Object.entries(one.copies)) })),
  );

const division: fc.Arbitrary<Division> = fc.record({
  size: fc.option(fc.integer({ min: 1, max: 7 })),
  canary: fc.option(fc.integer({ min: 1, max: 4 })),
  spansZones: fc.boolean(),
  mostTogether: fc
    .dictionary(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 4 }))
    .map((most) => new Map(Object.entries(most))),
});

describe("machines are divided into batches", () => {
  test("the order of the machines is kept, zone by zone", () => {
    expect(dividedInto(["a1@z1", "a2@z2", "a3@z1", "a4@z1", "a5@z2"])).toEqual(["a1 a3", "a4", "a2 a5"]);
  });

  test("the canary comes first, from the first zone that is large enough", () => {
    expect(dividedInto(["a1@z1", "b1@z2", "b2@z2", "b3@z2"], { canary: 2 })).toEqual(["b1 b2", "a1", "b3"]);
  });

  test("a canary that is larger than every zone is as many as the largest zone has", () => {
    expect(dividedInto(["a1@z1", "b1@z2", "b2@z2"], { canary: 3 })).toEqual(["b1 b2", "a1"]);
  });

  test("batches by value stand in the order in which the values come, and span no two zones", () => {
    const machines = ["b1@z1", "a1@z1", "b2@z2", "a2@z1"];
    expect(dividedInto(machines, { size: null })).toEqual(["b1", "b2", "a1 a2"]);
    expect(dividedInto(machines, { size: null, spansZones: true })).toEqual(["b1 b2", "a1 a2"]);
  });

  test("copies of an app that may not go down together wait for a later batch, and others take their place", () => {
    const machines = ["a1:app", "a2:app", "a3", "a4"];
    expect(dividedInto(machines, { mostTogether: new Map([["app", 1]]) })).toEqual(["a1 a3", "a2 a4"]);
  });

  test("where that leaves nobody to take their place there are more batches", () => {
    expect(dividedInto(["a1:app", "a2:app"], { mostTogether: new Map([["app", 1]]) })).toEqual(["a1", "a2"]);
  });

  test("what cannot be spread is said: copies on one machine, and batches by value", () => {
    const most = new Map([["app", 1]]);
    const alone = divide(candidates("a1", "a2:app,app"), { ...PLAIN, mostTogether: most });
    expect(alone.crowded).toEqual([{ batch: 1, app: "app", copies: 2 }]);
    const rack = divide(candidates("a1:app", "a2:app"), { ...PLAIN, size: null, mostTogether: most });
    expect(rack.crowded).toEqual([{ batch: 0, app: "app", copies: 2 }]);
  });
});

describe("machines are divided, whatever they are", () => {
  const property = (title: string, holds: (list: Candidate<number>[], how: Division) => void) =>
    test(title, () => {
      fc.assert(fc.property(generated, division, holds), { numRuns: runs(300) });
    });

  property("each machine is in exactly one batch, and no batch is empty", (list, how) => {
    const { batches } = divide(list, how);
    expect(batches.flat().toSorted((a, b) => a - b)).toEqual(list.map(({ machine }) => machine));
    expect(batches.every(({ length }) => length > 0)).toBe(true);
  });

  property("no batch spans two zones unless it may, nor two values where it goes by values", (list, how) => {
    for (const batch of divide(list, how).batches) {
      const members = list.filter(({ machine }) => batch.includes(machine));
      if (!how.spansZones) expect(new Set(members.map((one) => one.zone)).size).toBe(1);
      if (how.size === null) expect(new Set(members.map((one) => one.group)).size).toBe(1);
    }
  });

  property("no batch is larger than it may be, the canary neither", (list, how) => {
    const { batches } = divide(list, how);
    const rest = how.canary === null ? batches : batches.slice(1);
    if (how.canary !== null) expect(batches[0]?.length ?? 0).toBeLessThanOrEqual(how.canary);
    if (how.size !== null) for (const { length } of rest) expect(length).toBeLessThanOrEqual(how.size);
  });

  property(
    "counted batches bring no more copies together than may be, but for those of one machine",
    (list, how) => {
      const { batches, crowded } = divide(list, { ...how, size: how.size ?? 3 });
      for (const { batch, app } of crowded) {
        expect(batches[batch]?.filter((machine) => list[machine]?.copies.has(app))).toHaveLength(1);
      }
    },
  );

  property("what is crowded is said, and nothing else is", (list, how) => {
    const { batches, crowded } = divide(list, how);
    const found = batches.flatMap((batch, at) =>
      ["a", "b", "c"].flatMap((app) => {
        const copies = batch.reduce((sum, machine) => sum + (list[machine]?.copies.get(app) ?? 0), 0);
        return copies > (how.mostTogether.get(app) ?? Number.POSITIVE_INFINITY)
          ? [{ batch: at, app, copies }]
          : [];
      }),
    );
    expect(new Set(crowded.map((one) => JSON.stringify(one)))).toEqual(
      new Set(found.map((one) => JSON.stringify(one))),
    );
  });

  property("where no app matters the order within a zone is that of the machines", (list, how) => {
    const { batches } = divide(list, { ...how, canary: null, size: how.size ?? 3, mostTogether: new Map() });
    for (const place of ["z1", "z2", null]) {
      const inZone = (machine: number) => how.spansZones || list[machine]?.zone === place;
      const order = batches.flat().filter(inZone);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });
});

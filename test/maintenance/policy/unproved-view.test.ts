import { describe, expect, test } from "vitest";
import type { Policy } from "../../../src/maintenance/policy/policy.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { HOUR, machine, NOW, policyOf, recordOf, windowOn, worldOf } from "../../support/world.js";
import { first, inPhase, lastEvent, news, planOf } from "../support/flow.js";

const resolution = {
  machines: [machine("web-01"), machine("web-02")],
  matchedNothing: [],
  unknown: [],
  literals: [],
};

const END = { phase: "up", atMs: NOW - HOUR, why: null } as const;

const elsewhere = { machines: [machine("web-03")] };

const foreign = worldOf({ windows: [windowOn(["old-09"], NOW, null)] });

function drain(
  parts: Partial<Maintenance> = {},
  policy: Partial<Policy> = { hasCredentials: true },
  world = worldOf(),
  others: readonly Maintenance[] = [],
): Maintenance {
  return planOf(recordOf(parts), resolution, world, others, policyOf(policy), NOW);
}

describe("with credentials, before any window was ever seen, a drain waits for a typed number (invariant 2)", () => {
  test("the drain is refused with the rights to grant, how to look, and the line that goes on", () => {
    const record = drain();
    expect(record.batches).toEqual([]);
    expect(record.end?.why).toMatch(/shows no window of anybody.*would wipe.* No window was posted\.$/);
    const { next } = lastEvent(record, "failed");
    expect(next).toMatch(
      /clusters\.prod\.credentials is granted get_maintenance_schedules and get_maintenance_statuses/,
    );
    expect(next).toMatch(/look at the schedule with an account that has them/);
    expect(next).toMatch(/say so with --confirm 2;/);
  });

  test("the drain goes on with the number typed, and the thread is told who went on and what is at stake", () => {
    const record = drain({ confirmed: 2 });
    expect(first(record).phase).toBe("scheduled");
    expect(news(record)).toEqual(["blast_radius", "note"]);
    expect(lastEvent(record, "note").text).toMatch(
      /<@U0ALICE> goes on with --confirm 2: .*this post replaces them/,
    );
  });

  test("another number does not let the drain go on", () => {
    expect(drain({ confirmed: 1 }).end).toMatchObject({ phase: "failed" });
  });

  test("a maintenance that never saw its window proves nothing", () => {
    const unseen = inPhase("cancelled", { ...elsewhere, drainingSinceMs: null }, { id: "m-aaaa", end: END });
    expect(drain({}, { hasCredentials: true }, worldOf(), [unseen]).end).toMatchObject({ phase: "failed" });
  });
});

describe("no number is asked for", () => {
  test.each<[string, Maintenance]>([
    ["without credentials: such a master hides nothing", drain({}, {})],
    ["once a window of anybody is shown", drain({}, { hasCredentials: true }, foreign)],
    [
      "once an open maintenance of the cluster has seen its own",
      drain({}, { hasCredentials: true }, worldOf(), [inPhase("up", elsewhere, { id: "m-aaaa" })]),
    ],
    [
      "once a finished one has",
      drain({}, { hasCredentials: true }, worldOf(), [inPhase("up", elsewhere, { id: "m-aaaa", end: END })]),
    ],
  ])("a drain needs no number %s", (_, record) => {
    expect(first(record).phase).toBe("scheduled");
    const told = record.events.map((event) => (event.kind === "note" ? event.text : event.kind));
    expect(told.filter((text) => !text.startsWith("Somebody else writes the schedule too"))).toEqual([
      "blast_radius",
    ]);
  });
});

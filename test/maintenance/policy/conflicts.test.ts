import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/maintenance/cluster/machine.js";
import type { Resolution } from "../../../src/maintenance/cluster/resolution.js";
import { conflictsOf } from "../../../src/maintenance/policy/conflicts.js";
import { windowRows } from "../../../src/maintenance/show/window-rows.js";
import { batchOf, HOUR, machine, NOW, policyOf, recordOf, windowOn, worldOf } from "../../support/world.js";
import { downWorld, drainingWorld, inPhase, lastEvent, OURS, planOf } from "../support/flow.js";

function many(from: number, count: number): Machine[] {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i;
    return machine(`node-${n}`, `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  });
}

const MOST = 50_000;

const taken = many(0, MOST);

const other = recordOf({ id: "m-9x2b", batches: [batchOf({ machines: taken })] });

const world = worldOf({ windows: [{ ...OURS, machines: taken }], agents: [] });

/** A search through all machines for each of them would be billions of steps: these would not come to an end. */
describe("50,000 machines beside 50,000 in another maintenance", () => {
  const asked = (machines: readonly Machine[]) =>
    conflictsOf({
      record: recordOf(),
      machines,
      batches: [machines],
      world,
      others: [other],
      policy: policyOf(),
      nowMs: NOW,
    });

  test("machines of no maintenance are free", () => {
    expect(asked(many(MOST, MOST))).toBeNull();
  });

  test("machines of the other maintenance are taken, with whose they are and a way out", () => {
    expect(asked(taken)).toMatchObject({
      why: expect.stringContaining("by m-9x2b of <@U0ALICE>"),
      next: expect.stringContaining("/mesos cancel m-9x2b"),
    });
  });

  test("machines in the schedule are shown with the maintenance that holds them", () => {
    expect(windowRows(world, [other]).map(({ record }) => record?.id)).toContain("m-9x2b");
  });
});

function resolved(parts: Partial<Resolution> = {}): Resolution {
  return {
    machines: [machine("web-01"), machine("web-02")],
    matchedNothing: [],
    unknown: [],
    literals: [],
    ...parts,
  };
}

describe("a refusal says what to do about a machine that is in a maintenance of ours", () => {
  const mine = { id: "m-aaaa", requester: "U0ALICE" };
  const theirs = { id: "m-bbbb", requester: "U0CAROL" };
  test.each<[string, ReturnType<typeof inPhase>, ReturnType<typeof worldOf>, RegExp]>([
    [
      "one's own, draining",
      inPhase("draining", {}, mine),
      drainingWorld(),
      /\/mesos cancel m-aaaa, which gives back all its \d+ machines, then drain again, or keep m-aaaa: its window lasts until the time you want already/,
    ],
    ["one's own, Down", inPhase("down", {}, mine), downWorld(), /\/mesos up m-aaaa/],
    [
      "another's, draining",
      inPhase("draining", {}, theirs),
      drainingWorld(),
      /agree with <@U0CAROL> that one of you cancels it, which gives back all its \d+ machines: \/mesos cancel m-bbbb/,
    ],
    ["another's, Down", inPhase("down", {}, theirs), downWorld(), /\/mesos up m-bbbb/],
  ])("the way out fits the maintenance: %s (invariant 12)", (_, other, world, next) => {
    const record = planOf(recordOf(), resolved(), world, [other], policyOf(), NOW);
    expect(lastEvent(record, "failed").next).toMatch(next);
    expect(lastEvent(record, "failed").why).toMatch(new RegExp(`by ${other.id} of <@${other.requester}>`));
  });
});

describe("a refusal never says to wait for what does not come by itself", () => {
  const refusalOf = (
    world: ReturnType<typeof worldOf>,
    others: readonly ReturnType<typeof recordOf>[] = [],
  ) =>
    conflictsOf({
      record: recordOf(),
      machines: [machine("web-01")],
      batches: [[machine("web-01")]],
      world,
      others,
      policy: policyOf(),
      nowMs: NOW,
    })?.next;
  const cancelling = { cancel: { by: "U0CAROL", atMs: NOW } };

  test.each([
    ["has no end", windowOn(["web-01"], NOW, null)],
    ["is over since long", windowOn(["web-01"], 0, HOUR)],
    ["lasts", windowOn(["web-01"], NOW - HOUR, 4 * HOUR)],
    ["is to come", windowOn(["web-01"], NOW + HOUR, HOUR)],
  ])("a window of somebody else that %s is for its owner to take out", (_, window) => {
    const next = refusalOf(worldOf({ windows: [window] }));
    expect(next).toContain("have its owner take it out of the schedule (Mesos removes no window by itself");
    expect(next).not.toContain("wait");
  });

  test("a machine that somebody else took down is for them to bring up", () => {
    const next = refusalOf(worldOf({ windows: [windowOn(["web-01"], NOW, HOUR)], down: ["web-01"] }));
    expect(next).toContain("have whoever took it down bring it up");
    expect(next).not.toContain("wait");
  });

  test.each([
    ["is being cancelled", inPhase("draining", {}, cancelling), "wait until m-7k3q is cancelled"],
    [
      "is being taken down",
      inPhase("taking_down", { intent: { approvalId: "b1a1", sentAtMs: NOW, tasks: 0 } }),
      "wait until m-7k3q is Down, then bring it back with /mesos up m-7k3q",
    ],
  ])("a maintenance of ours that %s is not to be cancelled", (_, other, words) => {
    const next = refusalOf(drainingWorld(), [other]);
    expect(next).toContain(words);
    expect(next).not.toContain("/mesos cancel");
  });
});

describe("a refusal advises to extend one's own window by what it lacks of the one that was asked for", () => {
  const mine = { id: "m-aaaa", requester: "U0ALICE" };
  const advice = (wanted: { startMs: number | null; durationMs: number }, phase: "draining" | "down") => {
    const world = phase === "down" ? downWorld() : drainingWorld();
    const refused = planOf(
      recordOf({ wanted }),
      resolved(),
      world,
      [inPhase(phase, {}, mine)],
      policyOf(),
      NOW + HOUR,
    );
    return lastEvent(refused, "failed").next;
  };
  test.each([
    ["five hours from an hour later on", null, 5 * HOUR, "/mesos extend m-aaaa 2h to have it"],
    ["to the minute, rounded up", null, 4.5 * HOUR + 1, "/mesos extend m-aaaa 1h31m to have it"],
    ["a day and more", null, 30 * HOUR, "/mesos extend m-aaaa 1d3h to have it"],
    ["just as long", null, 3 * HOUR, "keep m-aaaa: its window lasts until the time you want already"],
    ["later on", NOW + 3 * HOUR, 2 * HOUR, "/mesos extend m-aaaa 1h to have it"],
  ])("the extension is as long as it has to be: %s", (_, startMs, durationMs, words) => {
    expect(advice({ startMs, durationMs }, "draining")).toContain(words);
    expect(advice({ startMs, durationMs }, "down")).toContain(words);
  });

  test("no extension is advised where the window would have to begin earlier", () => {
    const next = advice({ startMs: NOW - HOUR, durationMs: 9 * HOUR }, "draining");
    expect(next).toMatch(/\/mesos cancel m-aaaa, which gives back all its \d+ machines, then drain again\.$/);
  });
});

test("a window of a maintenance of ours that has ended is told as ours, with the way out (invariant 12)", () => {
  const ended = recordOf({
    id: "m-old1",
    batches: [batchOf({ phase: "up" })],
    end: { phase: "up", atMs: NOW, why: null },
  });
  const world = worldOf({ windows: [windowOn(["web-01"], NOW, 4 * HOUR)] });
  const refusal = conflictsOf({
    record: recordOf(),
    machines: [machine("web-01")],
    batches: [[machine("web-01")]],
    world,
    others: [ended],
    policy: policyOf(),
    nowMs: NOW,
  });
  expect(refusal?.why).toContain("in the window of m-old1, which has ended");
  expect(refusal?.next).toContain("/mesos cancel web-01");
});

import { describe, expect, test } from "vitest";
import { unclaimedMachines } from "../../../src/maintenance/adopting/unclaimed.js";
import { advance } from "../../../src/maintenance/advance.js";
import { machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { maintenancesToOpen, withLeftBehind } from "../../../src/maintenance/record/left-behind.js";
import {
  type BatchIn,
  decodeMaintenance,
  encodeMaintenance,
  type Maintenance,
} from "../../../src/maintenance/record/record.js";
import { windowOf } from "../../../src/maintenance/window/edit.js";
import { leftBy } from "../../../src/maintenance/window/whose.js";
import {
  agent,
  framework,
  HOUR,
  MINUTE,
  machine,
  NOW,
  policyOf,
  recordOf,
  task,
  windowOn,
  worldOf,
} from "../../support/world.js";
import { click, first, inPhase, lastEvent, tick } from "../support/flow.js";

const THEIRS = windowOn(["web-01", "web-02"], NOW - HOUR, 4 * HOUR);

const events = ({ events: log }: Maintenance) => log.map(({ kind }) => kind);

const MACHINES = [machine("web-01"), machine("web-02")];

const down = (parts: Parameters<typeof worldOf>[0] = {}) =>
  worldOf({ windows: [THEIRS], down: ["web-01", "web-02"], agents: [agent("web-03")], ...parts });

const draining = (parts: Parameters<typeof worldOf>[0] = {}) => worldOf({ windows: [THEIRS], ...parts });

/** The record of `/mesos adopt`, which has not been looked at yet. */
function adoption(parts: Partial<Maintenance> = {}): Maintenance {
  const wanted = { startMs: null, durationMs: 0, adopt: {} };
  return recordOf({ batches: [], hosts: "web-0[1-2]", wanted, confirmed: 2, ...parts });
}

function adopted(
  record: Maintenance,
  world: World,
  {
    others = [],
    policy = policyOf(),
    machines = MACHINES,
  }: {
    readonly others?: readonly Maintenance[];
    readonly policy?: ReturnType<typeof policyOf>;
    readonly machines?: typeof MACHINES;
  } = {},
) {
  const resolution = { machines, matchedNothing: [], unknown: [], literals: [] };
  const hosts = { kind: "found" as const, resolution, others };
  return advance(record, { world, policy, nowMs: NOW, hosts, others: null });
}

describe("machines that nobody looks after", () => {
  test("are those that are Down, or drain in a window that has begun, in no open maintenance", () => {
    const world = worldOf({
      windows: [THEIRS, windowOn(["web-03"], NOW - MINUTE, null), windowOn(["web-04"], NOW + HOUR, HOUR)],
      down: ["web-01"],
    });
    const found = unclaimedMachines(world, [], NOW);
    expect(found?.map(({ machines, isDown }) => [machines.map(({ hostname }) => hostname), isDown])).toEqual([
      [["web-01"], true],
      [["web-02"], false],
      [["web-03"], false],
    ]);
    const ours = inPhase("draining", { machines: [machine("web-02")] });
    const ended = {
      ...inPhase("up", { machines: [machine("web-01")] }),
      end: { phase: "up", atMs: NOW, why: null },
    } as const;
    const rest = unclaimedMachines(world, [ours, ended], NOW);
    expect(rest?.flatMap(({ machines }) => machines.map(({ hostname }) => hostname))).toEqual([
      "web-01",
      "web-03",
    ]);
  });

  test("are unknown where the view hides something (invariants 2 and 13)", () => {
    const hidden = { ...down(), schedule: { windows: [] } };
    expect(unclaimedMachines(hidden, [], NOW)).toBeNull();
    expect(unclaimedMachines(worldOf(), [], NOW)).toBeNull();
  });
});

describe("adopting machines that are Down", () => {
  test("opens a maintenance that is Down and posts nothing; Up waits for an agent on each machine (invariants 11 and 13)", () => {
    const step = adopted(adoption(), down());
    expect(step.effects).toEqual([]);
    expect(first(step.record).phase).toBe("down");
    expect(lastEvent(step.record, "adopted")).toMatchObject({ machines: 2, down: true });
    const stored = decodeMaintenance(encodeMaintenance(step.record));
    const up = click(stored, { kind: "up" }, { nowMs: NOW + MINUTE });
    expect(up.reply.tone).toBe("done");
    const bringing = tick(up.record, down(), NOW + MINUTE);
    expect(bringing.effects).toMatchObject([{ kind: "stop_maintenance" }]);
    const free = (...names: string[]) =>
      worldOf({
        windows: [windowOn(["web-09"], NOW, null)],
        agents: [...names, "web-03"].map((name) => agent(name)),
      });
    const back = tick(bringing.record, free(), NOW + 2 * MINUTE).record;
    expect(first(back).phase).toBe("up");
    expect(back.end).toBeNull();
    const half = tick(back, { ...free("web-01"), observedAtMs: NOW + 4 * MINUTE }, NOW + 4 * MINUTE).record;
    expect(lastEvent(half, "agents_returned")).toMatchObject({ machines: ["web-01"], missing: 1 });
    expect(lastEvent(half, "agents_returned")).not.toHaveProperty("changes");
    const late = tick(half, { ...free("web-01"), observedAtMs: NOW + HOUR }, NOW + HOUR).record;
    expect(lastEvent(late, "agents_missing").machines).toEqual(["web-02"]);
    const all = { ...free("web-01", "web-02"), observedAtMs: NOW + HOUR + MINUTE };
    expect(tick(late, all, NOW + HOUR + MINUTE).record.end).toMatchObject({ phase: "up" });
  });

  test("does not take an agent of another machine of the same name for one that came back (invariant 4)", () => {
    const other = { ...agent("web-01"), id: "other-S9", machine: { hostname: "web-01", ip: "10.9.9.9" } };
    const up = click(adopted(adoption(), down()).record, { kind: "up" }).record;
    const free = worldOf({ windows: [windowOn(["web-09"], NOW, null)], agents: [other, agent("web-02")] });
    const later = (minutes: number) => ({ ...free, observedAtMs: NOW + minutes * MINUTE });
    const once = tick(up, later(1), NOW + MINUTE).record;
    const back = tick(once, later(9), NOW + 9 * MINUTE).record;
    expect(lastEvent(back, "agents_returned")).toMatchObject({ machines: ["web-02"], missing: 1 });
    expect(back.end).toBeNull();
  });
});

describe("adopting machines that drain", () => {
  const busy = draining({
    tasks: [task("t1", "chronos", "web-01"), task("t2", "chronos", "web-02")],
    frameworks: [framework("chronos")],
  });

  test("goes on with the question for Down, posts nothing, and a cancel takes out their window alone", () => {
    const step = adopted(adoption(), busy);
    expect(step.effects).toEqual([]);
    expect(first(step.record)).toMatchObject({ phase: "draining", window: { start: THEIRS.start } });
    expect(step.record.blast).toMatchObject({ tasks: 2 });
    const asked = tick(step.record, busy, NOW + HOUR).record;
    expect(first(asked).phase).toBe("awaiting_approval");
    const cancelled = click(asked, { kind: "cancel" }).record;
    expect(tick(cancelled, busy).effects).toMatchObject([
      { kind: "update_schedule", edit: { kind: "remove", time: { start: THEIRS.start } } },
    ]);
  });
});

describe("of machines that drain", () => {
  test("what runs where no agent is registered is unknown, and its agent is awaited after Up (invariants 11 and 13)", () => {
    const away = draining({ agents: [agent("web-01")] });
    const { record } = adopted(adoption(), away);
    const later = tick(record, away, NOW + HOUR).record;
    expect(events(later)).not.toContain("empty");
    expect(first(later).agents).toMatchObject([{ supposed: true }, { id: "web-01-S0" }]);
    const back = tick(later, draining(), NOW + HOUR + MINUTE).record;
    expect(
      first(back)
        .agents.map(({ id }) => id)
        .sort(),
    ).toEqual(["web-01-S0", "web-02-S0"]);
  });

  test("those whose agents are deactivated are named when they are given back: they take no tasks (invariant 10)", () => {
    const drained = ["web-01", "web-02"].map((name) => agent(name, { deactivated: true, drain: "drained" }));
    const { record } = adopted(adoption(), draining({ agents: drained }));
    const gone = worldOf({ windows: [windowOn(["web-09"], NOW, null)], agents: drained });
    const cancelled = click(record, { kind: "cancel" }).record;
    const once = tick(cancelled, { ...gone, observedAtMs: NOW + MINUTE }, NOW + MINUTE).record;
    const over = tick(once, { ...gone, observedAtMs: NOW + HOUR }, NOW + HOUR).record;
    expect(over.end).toMatchObject({ phase: "cancelled" });
    expect(lastEvent(over, "cancelled").stillDrained).toEqual(["web-01", "web-02"]);
  });

  test("a window that stands again after the end is not ours: somebody else chose its time (invariant 12)", () => {
    const { record } = adopted(adoption(), draining());
    const ended: Maintenance = { ...record, end: { phase: "cancelled", atMs: NOW, why: null } };
    const window = windowOf(draining().schedule, machine("web-01"));
    expect(window).not.toBeNull();
    expect(leftBy(machine("web-01"), window, [ended])).toBeNull();
    const up = inPhase("up", { missingTold: true }, { wanted: record.wanted });
    const left = withLeftBehind(up, first(up) as BatchIn<"up">, {
      id: "m-left",
      by: "U0BOB",
      atMs: NOW,
      askedAtMs: NOW,
    });
    expect(maintenancesToOpen(left).map(({ wanted }) => wanted.adopt)).toEqual([{}]);
    expect(
      leftBy(machine("web-01"), window, [{ ...ended, wanted: { startMs: null, durationMs: HOUR } }]),
    ).not.toBeNull();
  });
});

describe("is refused, and nothing is posted,", () => {
  const refused = (record: Maintenance, world: World, parts: Parameters<typeof adopted>[2] = {}) => {
    const step = adopted(record, world, parts);
    expect(step.effects).toEqual([]);
    expect(step.record.end?.phase).toBe("failed");
    const { why, next } = lastEvent(step.record, "failed");
    expect(why).toContain("Nothing was adopted and nothing was posted.");
    return `${why} ${next}`;
  };
  const line = (record: Maintenance, world: World, parts: Parameters<typeof adopted>[2] = {}) =>
    lastEvent(adopted(record, world, parts).record, "failed").line;

  test.each([null, 3])(
    "without the number of machines, because nobody can tell whose the window is (typed: %s)",
    (confirmed) => {
      const told = refused(adoption({ confirmed }), down());
      expect(told).toContain("A master does not tell whose window that is");
      expect(told).toContain("--confirm 2");
    },
  );

  test("for machines of an open maintenance, those that stand in no window, and those that do not stand alike", () => {
    const ours = inPhase("down", { machines: [machine("web-02")] }, { id: "m-other" });
    expect(refused(adoption(), down(), { others: [ours] })).toContain("web-02 is in m-other");
    const up = worldOf({ windows: [windowOn(["web-01", "web-09"], NOW, HOUR)] });
    expect(refused(adoption(), up)).toContain("web-02 is up");
    const told = refused(adoption(), draining({ down: ["web-01"] }));
    expect(told).toContain("/mesos adopt web-01 --confirm 1");
    expect(told).toContain("/mesos adopt web-02 --confirm 1");
  });

  test("with the line that leaves out what cannot be adopted, and one for all that a line mends", () => {
    const ours = inPhase("down", { machines: [machine("web-02")] }, { id: "m-other" });
    const { hosts } = adoption();
    expect(line(adoption(), down(), { others: [ours] })).toBe(`/mesos adopt ${hosts}:!web-02 --cluster prod`);
    const policy = policyOf({ requireReason: true });
    const told = refused(adoption({ reason: null, confirmed: 3 }), down(), { policy });
    expect(told).toMatch(
      /^3 things are in the way.*A master does not tell.*--confirm 3 was typed.*require_reason/s,
    );
    expect(line(adoption({ reason: null, confirmed: 3 }), down(), { policy })).toBe(
      `/mesos adopt ${hosts} --reason "<why>" --confirm 2 --cluster prod`,
    );
  });

  test("by a button whose message showed them otherwise: Down, or in another window (invariant 5)", () => {
    const shown = { startNs: String(THEIRS.start), durationNs: String(THEIRS.duration), isDown: true };
    const pressed = (parts: Partial<typeof shown>) =>
      adoption({ wanted: { startMs: null, durationMs: 0, adopt: { shown: { ...shown, ...parts } } } });
    expect(first(adopted(pressed({}), down()).record).phase).toBe("down");
    for (const other of [{ isDown: false }, { startNs: "1" }, { durationNs: "1" }])
      expect(refused(pressed(other), down())).toContain("stand otherwise than in the message");
  });

  test("for whoever may not ask for a drain, and without the reason that the policy wants", () => {
    const policy = policyOf({ requesters: ["U0CAROL"] });
    expect(refused(adoption(), down(), { policy })).toContain("Who may ask for a drain");
    expect(
      refused(adoption({ reason: null }), down(), { policy: policyOf({ requireReason: true }) }),
    ).toContain("--reason");
  });
});

test("machines that somebody else brings up while they are adopted are told, and given up", () => {
  const { record } = adopted(adoption(), down());
  const free = worldOf({ windows: [windowOn(["web-09"], NOW, null)] });
  expect(machineKey(machine("web-01"))).toBe(first(record).agents[0]?.id);
  const step = tick(record, free, NOW + MINUTE);
  expect(lastEvent(step.record, "foreign_change").text).toContain("Somebody else brought these machines Up");
});

import { describe, expect, test } from "vitest";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { contradictionsIn, sightOf, whyFiltered } from "../../../src/maintenance/sight/sight.js";
import { agent, answer, framework, machine, task, worldOf } from "../../support/world.js";
import { click, drainingWorld, inPhase, tick } from "../support/flow.js";

const busy = agent("web-01");

const allocated = new Map([["web-01-S0", { cpus: 1, memMb: 512 }]]);

const kafka = framework("kafka");

const offered = framework("kafka", { inverseOffers: [{ agentId: "web-01-S0" }] });

const tasks = [task("t1", "kafka", "web-01")];

const noSchedule: Partial<World> = { schedule: { windows: [] } };

const noStatus: Partial<World> = { status: { draining: [], down: [] } };

describe("a filtered view is proved by a contradiction, and the missing right is named (invariant 2)", () => {
  test.each<[string, World, string[]]>([
    ["machines drain, no window", { ...drainingWorld(), ...noSchedule }, ["get_maintenance_schedules"]],
    [
      "a machine is Down, no window",
      { ...worldOf(), status: { draining: [], down: [machine("web-03")] } },
      ["get_maintenance_schedules"],
    ],
    ["an inverse offer, no window", worldOf({ frameworks: [offered] }), ["get_maintenance_schedules"]],
    ["a window, no status", { ...drainingWorld(), ...noStatus }, ["get_maintenance_statuses"]],
    ["used agents, no framework", worldOf({ agents: [busy], allocated }), ["view_frameworks", "view_tasks"]],
    ["tasks, no framework", worldOf({ tasks, frameworks: [] }), ["view_frameworks", "view_tasks"]],
    [
      "answers, no framework",
      drainingWorld({ frameworks: [], answers: { "web-01": [answer("kafka", "accept")] } }),
      ["view_frameworks", "view_tasks"],
    ],
  ])("a contradiction stops everything and names the rights: %s", (_, world, rights) => {
    expect(contradictionsIn(world).flatMap((found) => found.rights)).toEqual(rights);
    expect(sightOf(world).kind).toBe("filtered");
    for (const right of rights) expect(whyFiltered(sightOf(world))?.next).toContain(right);
    const before = inPhase("draining");
    const { record, effects } = tick(before, world);
    expect(effects).toEqual([]);
    expect(record).toMatchObject({ batches: before.batches, trouble: { code: "filtered_read" } });
  });

  test.each<[string, World, "windows" | "nothing"]>([
    ["an idle cluster", worldOf(), "nothing"],
    ["a busy one without windows", worldOf({ agents: [busy], allocated, tasks }), "nothing"],
    ["windows and their status", drainingWorld({ frameworks: [offered], tasks }), "windows"],
    ["agents whose resources are not known", worldOf({ frameworks: [framework("kafka")] }), "nothing"],
  ])("nothing is proved by %s", (_, world, sight) => {
    expect(whyFiltered(sightOf(world))).toBeNull();
    expect(sightOf(world)).toEqual({ kind: sight });
  });
});

describe("resources in use and not one task in the whole cluster (invariant 2)", () => {
  const idle = { agents: [busy, agent("web-02")], allocated, frameworks: [kafka] };

  test("resources without a task stop everything, and both causes are named with what to do", () => {
    expect(whyFiltered(sightOf(worldOf(idle)))).toMatchObject({
      what: expect.stringMatching(/in use on 1 agent, and not one task \(or executors wait there.*end them/),
      next: expect.stringContaining("view_tasks on ANY"),
    });
    const cancelled = click(inPhase("draining"), { kind: "cancel" }).record;
    expect(tick(cancelled, drainingWorld(idle)).effects).toEqual([]);
  });
  test("resources stop nothing as soon as one task is shown", () => {
    expect(whyFiltered(sightOf(worldOf({ ...idle, tasks })))).toBeNull();
    expect(whyFiltered(sightOf(worldOf()))).toBeNull();
  });
});

describe("a filtered read (invariant 2)", () => {
  test.each<[string, World, string[]]>([
    [
      "everything agrees",
      drainingWorld({ frameworks: [framework("marathon", { inverseOffers: [{ agentId: "web-01-S0" }] })] }),
      [],
    ],
    [
      "a machine drains that the schedule does not show",
      { ...drainingWorld(), schedule: { windows: [] } },
      ["web-01", "web-02"],
    ],
    [
      "a machine is Down that the schedule does not show",
      { ...worldOf(), status: { draining: [], down: [machine("web-03")] } },
      ["web-03"],
    ],
    [
      "an inverse offer is out for a machine that is in no window",
      worldOf({ frameworks: [framework("marathon", { inverseOffers: [{ agentId: "web-01-S0" }] })] }),
      ["web-01"],
    ],
  ])("the machines whose window is hidden are named: %s", (_, world, hidden) => {
    const told = whyFiltered(sightOf(world))?.what ?? "";
    expect([...told.matchAll(/web-\d+/g)].map(String)).toEqual(hidden);
  });
});

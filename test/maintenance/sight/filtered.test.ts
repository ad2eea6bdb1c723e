import { describe, expect, test } from "vitest";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { blindSpots, hiddenMachines, sightOf, whyBlind } from "../../../src/maintenance/sight/filtered.js";
import { unseenPost, withPossiblePost } from "../../../src/maintenance/sight/own-post.js";
import { agent, answer, framework, MINUTE, machine, NOW, task, worldOf } from "../../support/world.js";
import { click, drainingWorld, first, inPhase, news, tick } from "../support/flow.js";

const busy = agent("web-01", {
  resources: {
    total: { cpus: 8, memMb: 8192 },
    allocated: { cpus: 1, memMb: 512 },
    reservations: [],
    volumes: [],
  },
});

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
    ["used agents, no framework", worldOf({ agents: [busy] }), ["view_frameworks", "view_tasks"]],
    ["tasks, no framework", worldOf({ tasks, frameworks: [] }), ["view_frameworks", "view_tasks"]],
    [
      "answers, no framework",
      drainingWorld({ frameworks: [], answers: { "web-01": [answer("kafka", "accept")] } }),
      ["view_frameworks", "view_tasks"],
    ],
  ])("%s", (_, world, rights) => {
    expect(blindSpots(world).flatMap((spot) => spot.rights)).toEqual(rights);
    expect(sightOf(world)).toBe("filtered");
    for (const right of rights) expect(whyBlind(world)?.next).toContain(right);
    const before = inPhase("draining");
    const { record, effects } = tick(before, world);
    expect(effects).toEqual([]);
    expect(record).toMatchObject({ batches: before.batches, trouble: { code: "filtered_read" } });
  });

  test.each<[string, World, "proved" | "unproved"]>([
    ["an idle cluster", worldOf(), "unproved"],
    ["a busy one without windows", worldOf({ agents: [busy], tasks }), "unproved"],
    ["windows and their status", drainingWorld({ frameworks: [offered], tasks }), "proved"],
    ["agents whose resources are not known", worldOf({ frameworks: [framework("kafka")] }), "unproved"],
  ])("%s proves nothing against it", (_, world, sight) => {
    expect(blindSpots(world)).toEqual([]);
    expect(hiddenMachines(world)).toEqual([]);
    expect(whyBlind(world)).toBeNull();
    expect(sightOf(world)).toBe(sight);
  });
});

describe("resources in use and not one task in the whole cluster (invariant 2)", () => {
  const idle = { agents: [busy, agent("web-02")], frameworks: [kafka] };

  test("stop everything, and both causes are named with what to do", () => {
    expect(whyBlind(worldOf(idle))).toMatchObject({
      what: expect.stringMatching(/in use on 1 agent, and not one task \(or executors wait there.*end them/),
      next: expect.stringContaining("view_tasks on ANY"),
    });
    const cancelled = click(inPhase("draining"), { kind: "cancel" }).record;
    expect(tick(cancelled, drainingWorld(idle)).effects).toEqual([]);
  });
  test("do not as soon as one task is shown", () => {
    expect(whyBlind(worldOf({ ...idle, tasks }))).toBeNull();
    expect(whyBlind(worldOf())).toBeNull();
  });
});

describe("our own accepted post that the master does not show", () => {
  const start = inPhase("scheduled", { drainingSinceMs: null });
  const posted = withPossiblePost(start, first(start).machines, NOW);

  test("is not posted again, because each post may wipe windows that we cannot see (invariant 2)", () => {
    expect(tick(start, worldOf()).effects).toMatchObject([{ kind: "update_schedule" }]);
    const stopped = tick(posted, worldOf());
    expect(stopped.effects).toEqual([]);
    expect(stopped.record.trouble).toMatchObject({
      code: "own_window_unseen",
      next: expect.stringMatching(
        /get_maintenance_schedules and get_maintenance_statuses on ANY.*\/mesos cancel m-7k3q/,
      ),
    });
    const later = tick(stopped.record, worldOf(), NOW + MINUTE);
    expect(later.effects).toEqual([]);
    expect(news(later.record, stopped.record)).toEqual([]);
  });
  test("goes on by itself when the master shows it", () => {
    const stopped = tick(posted, worldOf()).record;
    const { record } = tick(stopped, drainingWorld());
    expect(record.trouble).toBeNull();
    expect(news(record, stopped)).toContain("scheduled");
  });
  test("was removed by somebody else if the master shows other windows: then it is posted again", () => {
    const foreign = drainingWorld({ windows: [] });
    const others = { ...foreign, ...drainingWorldOf("web-03") };
    expect(unseenPost(posted, others)).toBeNull();
    expect(tick(posted, others).effects).toMatchObject([{ kind: "update_schedule" }]);
  });
  test("is posted again when a person says so, once (invariant 2)", () => {
    const stopped = tick(posted, worldOf()).record;
    const again = click(stopped, { kind: "retry" });
    expect(again.reply.tone).toBe("done");
    expect(tick(again.record, worldOf()).effects).toMatchObject([{ kind: "update_schedule" }]);
  });
  test("was removed by somebody who cleared the schedule: a person may post it again", () => {
    const removed = tick(inPhase("draining", { postedAtMs: NOW }), worldOf()).record;
    expect(removed.trouble).toMatchObject({
      code: "window_changed",
      what: expect.stringMatching(/No window of anybody is shown/),
      next: expect.stringContaining("get_maintenance_schedules"),
    });
    const { record } = click(removed, { kind: "retry" });
    expect(tick(record, worldOf()).effects).toMatchObject([{ kind: "update_schedule" }]);
  });
  test("that never was needs nobody's word to be cancelled", () => {
    const cancelled = { ...start, cancel: { by: "U0BOB", atMs: NOW } };
    expect(tick(cancelled, worldOf()).record.end?.phase).toBe("cancelled");
  });
  test("only counts for the batch that was posted", () => {
    expect(withPossiblePost(start, [machine("web-09")], NOW)).toEqual(start);
  });
});

function drainingWorldOf(host: string): Pick<World, "schedule" | "status"> {
  const { schedule, status } = worldOf({
    windows: [{ machines: [machine(host)], start: 1n, duration: null }],
  });
  return { schedule, status };
}

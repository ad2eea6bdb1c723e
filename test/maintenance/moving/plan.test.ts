import { describe, expect, test } from "vitest";
import type { MarathonApp } from "../../../src/maintenance/moving/marathon-view.js";
import { planMoves, worseMoves } from "../../../src/maintenance/moving/plan.js";
import { movingApp } from "../../support/moving.js";
import { batchOf, framework, policyOf, task, windowOn, worldOf } from "../../support/world.js";
import { marathonApp, marathonTask, seen } from "./views.js";

const policy = policyOf({
  frameworks: [{ by: "name", value: "marathon", family: "marathon", marathon: true }],
});

const HOSTS = { a1: "web-01", a2: "web-02", a3: "web-03", a4: "web-03" };

/** Four copies of an app: on web-01, web-02, and two on web-03, which is not ours. */
const world = worldOf({
  windows: [windowOn(["web-01", "web-02"], 0, null)],
  frameworks: [framework("marathon"), framework("chronos")],
  tasks: [
    ...Object.entries(HOSTS).map(([id, host]) => task(id, "marathon", host)),
    task("job", "chronos", "web-01"),
  ],
});

const tasks = Object.entries(HOSTS).map(([id, host]) => marathonTask(id, host));

const planOf = (parts: Partial<MarathonApp> = {}, of = tasks) =>
  planMoves(world, batchOf(), [seen([marathonApp(of, parts)])], policy);

describe("what can be moved", () => {
  test("an app's tasks on the machines can be moved, and no others", () => {
    expect(planOf()).toEqual({ apps: [movingApp()], stays: [] });
  });

  test("a framework whose API may not be called is not looked at", () => {
    expect(planMoves(world, batchOf(), [], policyOf())).toEqual({ apps: [], stays: [] });
  });

  test("what is not healthy goes first", () => {
    const ill = tasks.map((one) => (one.id === "a2" ? { ...one, isHealthy: false } : one));
    expect(planOf({}, ill).apps[0]?.tasks.map(({ id }) => id)).toEqual(["a2", "a1"]);
  });

  test.each<[string, Partial<MarathonApp>, RegExp]>([
    ["that needs all of its instances", { minimumHealthCapacity: 1 }, /needs all of its 4 instances healthy/],
    ["whose share rounds up to all", { minimumHealthCapacity: 0.8 }, /needs all of its 4 instances healthy/],
    ["that is resident", { isResident: true }, /keeps data on the machine/],
    ["under deployment", { isDeploying: true }, /deployment of it is under way/],
    ["that is scaled to 0", { instances: 0 }, /scaled to 0/],
  ])("an app %s stays, and why is said", (_, parts, why) => {
    const plan = planOf(parts);
    expect(plan.apps).toEqual([]);
    expect(plan.stays).toEqual([
      { framework: "marathon", app: "/shop/api", tasks: 2, why: expect.stringMatching(why) },
    ]);
  });

  test("an app with one instance that needs it stays", () => {
    const [first] = tasks;
    if (first === undefined) return expect.unreachable();
    const plan = planOf({ minimumHealthCapacity: 0.1 }, [first]);
    expect(plan.stays[0]?.why).toContain("needs its only instance healthy");
  });

  test("an app whose tasks the master shows elsewhere, or not at all, stays", () => {
    const moved = tasks.map((one) => (one.id === "a1" ? { ...one, agentId: "web-02-S0" } : one));
    expect(planOf({}, moved).stays[0]?.why).toMatch(/do not show the same tasks/);
    const more = [...tasks, marathonTask("a5", "web-01")];
    expect(planOf({}, more).stays[0]?.why).toMatch(/do not show the same tasks/);
  });

  test("pods and tasks that Marathon does not know stay", () => {
    const there = worldOf({
      tasks: [
        task("web.instance-1.nginx", "marathon", "web-01"),
        task("web.instance-1.sidecar", "marathon", "web-01"),
        task("lost", "marathon", "web-02"),
      ],
    });
    const look = seen([], [{ id: "/web", instances: ["web.instance-1"] }]);
    expect(planMoves(there, batchOf(), [look], policy).stays).toMatchObject([
      { app: "/web", tasks: 2, why: "It is a pod, and pods are not moved." },
      { app: "tasks of no app", tasks: 1, why: "Marathon does not know them, or not yet." },
    ]);
  });

  test("of a Marathon that is away everything stays", () => {
    const plan = planMoves(
      world,
      batchOf(),
      [{ kind: "unseen", frameworkId: "marathon", why: "It cannot be reached." }],
      policy,
    );
    expect(plan).toEqual({
      apps: [],
      stays: [{ framework: "marathon", app: "all of it", tasks: 2, why: "It cannot be reached." }],
    });
  });
});

describe("a plan that got worse", () => {
  const shown = planOf();

  test("the same plan, or one with less to kill, is not worse", () => {
    expect(worseMoves(shown, shown)).toEqual([]);
    const fewer = worldOf({ tasks: [...world.tasks].filter(({ id }) => id !== "a1") });
    const look = seen([
      marathonApp(
        tasks.filter(({ id }) => id !== "a1"),
        { instances: 4 },
      ),
    ]);
    expect(worseMoves(shown, planMoves(fewer, batchOf(), [look], policy))).toEqual([]);
  });

  test("a task that was not shown is worse", () => {
    const without = {
      ...shown,
      apps: shown.apps.map((app) => ({ ...app, tasks: app.tasks.slice(1) })),
    };
    expect(worseMoves(without, shown)).toEqual(["a task of /shop/api on web-01 would be killed as well"]);
    expect(worseMoves({ apps: [], stays: [] }, shown)).toHaveLength(2);
  });

  test("fewer that have to be healthy, and health checks that are gone, are worse", () => {
    expect(worseMoves(shown, planOf({ minimumHealthCapacity: 0.25 }))).toEqual([
      "/shop/api would keep 1 healthy, not 2",
    ]);
    expect(worseMoves(shown, planOf({ hasHealthChecks: false }))).toEqual([
      "/shop/api has no health checks any more",
    ]);
  });

  test("a plan in which nothing can be moved any more is worse, and says why", () => {
    expect(worseMoves(shown, planOf({ isDeploying: true }))[0]).toMatch(
      /nothing of it can be moved any more; \/shop\/api: A deployment/,
    );
  });
});

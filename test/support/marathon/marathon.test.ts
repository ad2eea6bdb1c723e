import { describe, expect, onTestFinished, test } from "vitest";
import { TestClock } from "../../engine/support/test-clock.js";
import { DB_01, scheduleOf, startCluster, WEB_01, WEB_02 } from "../../rehearsal/support/cluster.js";
import { marathonOf, marathonOn } from "../marathon.js";
import type { RehearsalMarathonOptions } from "./options.js";

interface AppShown {
  readonly tasks: readonly unknown[];
  readonly deployments: readonly unknown[];
}

async function scene(options: Partial<RehearsalMarathonOptions> = {}) {
  const clock = new TestClock();
  const time = { clock: clock.now, after: clock.after };
  const master = await startCluster(onTestFinished, {
    frameworks: [marathonOn("web-01", "web-02", "web-02")],
    ...time,
  });
  const apps = [{ id: "/shop/api", minimumHealthCapacity: 0.5 }];
  const marathon = await marathonOf(master, { apps, ...time, ...options });
  const get = async (path: string) =>
    (await (await fetch(`${marathon.url}${path}`)).json()) as { frameworkId: string; apps: AppShown[] };
  const kill = async (id: string, query = "scale=false&wipe=false") =>
    await fetch(`${marathon.url}/v2/tasks/delete?${query}`, {
      method: "POST",
      body: JSON.stringify({ ids: [id] }),
    });
  const first = marathon.tasksOf("/shop/api")[0]?.id ?? "";
  return { clock, master, marathon, get, kill, first };
}

describe("the stand-in for Marathon", () => {
  test("its apps are the tasks of its framework, with counts and health as Marathon shows them", async () => {
    const { get, master } = await scene();
    const { apps } = await get("/v2/apps?embed=apps.tasks");
    expect(apps).toMatchObject([
      { id: "/shop/api", instances: 3, tasksRunning: 3, tasksHealthy: 3, deployments: [] },
    ]);
    expect(apps[0]?.tasks[0]).toMatchObject({ state: "TASK_RUNNING", healthCheckResults: [{ alive: true }] });
    const { frameworkId } = await get("/v2/info");
    expect(frameworkId).toBe(master.state().frameworks[0]?.id);
  });

  test("a killed task goes, and a copy is staged, runs and becomes healthy on a machine without a window", async () => {
    const { clock, kill, master, marathon, first } = await scene();
    master.postSchedule(scheduleOf(WEB_01, WEB_02));
    await kill(first);
    const seen = () =>
      marathon.tasksOf("/shop/api").map(({ host, state, healthy }) => [host, state, healthy]);
    const stay = [
      ["web-02", "TASK_RUNNING", true],
      ["web-02", "TASK_RUNNING", true],
    ];
    expect(seen()).toHaveLength(3);
    clock.moveOn(1_000);
    expect(seen()).toEqual(stay);
    clock.moveOn(2_000);
    expect(seen()).toEqual([...stay, [DB_01.hostname, "TASK_STAGING", null]]);
    clock.moveOn(1_000);
    expect(seen()).toEqual([...stay, [DB_01.hostname, "TASK_RUNNING", null]]);
    clock.moveOn(3_000);
    expect(seen()).toEqual([...stay, [DB_01.hostname, "TASK_RUNNING", true]]);
    expect(marathon.history("/shop/api").map(({ healthy }) => healthy)).toEqual([3, 2, 2, 2, 3]);
    expect(master.state().tasks.map(({ host }) => host)).toEqual(["web-02", "web-02", "db-01"]);
  });

  test("a Marathon that ignores windows puts the copy back onto the same machine", async () => {
    const { clock, kill, marathon, first, master } = await scene({ ignoresWindows: true });
    master.postSchedule(scheduleOf(WEB_01, WEB_02));
    await kill(first);
    clock.moveOn(10_000);
    expect(marathon.tasksOf("/shop/api").map(({ host }) => host)).toEqual(["web-02", "web-02", "web-01"]);
  });

  test("a locked app takes the kill with 200 and drops it", async () => {
    const { clock, kill, marathon, first, get } = await scene();
    marathon.setLocked("/shop/api", true);
    const { apps } = await get("/v2/apps");
    expect(apps[0]?.deployments).toHaveLength(1);
    expect((await kill(first)).status).toBe(200);
    clock.moveOn(60_000);
    expect(marathon.tasksOf("/shop/api")[0]?.id).toBe(first);
  });

  test("a resident task starts again only on its machine", async () => {
    const { clock, kill, marathon, first } = await scene({ apps: [{ id: "/shop/api", resident: true }] });
    await kill(first);
    clock.moveOn(10_000);
    expect(marathon.tasksOf("/shop/api").at(-1)?.host).toBe("web-01");
  });

  test("scale=true takes an instance away, and with wipe=true it is refused", async () => {
    const { clock, kill, marathon, first } = await scene();
    expect((await kill(first, "scale=true&wipe=true")).status).toBe(400);
    await kill(first, "scale=true");
    clock.moveOn(60_000);
    expect(marathon.tasksOf("/shop/api")).toHaveLength(2);
  });
});

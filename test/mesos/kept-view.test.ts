import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Task } from "../../src/maintenance/cluster/task.js";
import type { World } from "../../src/maintenance/cluster/world.js";
import { KEPT_MS, KeptView } from "../../src/mesos/kept-view.js";
import type { MasterEvent } from "../../src/mesos/stream/events.js";
import { runs } from "../support/fast-check.js";
import { agent, NOW, task, worldOf } from "../support/world.js";

const MASTER = "10.0.0.100:5050";

const SUBSCRIBED: MasterEvent = { kind: "subscribed", master: MASTER };

const added = (one: Task): MasterEvent => ({ kind: "task_added", task: one });

const updated = (one: Task, to: Extract<MasterEvent, { kind: "task_updated" }>["to"]): MasterEvent => ({
  kind: "task_updated",
  frameworkId: one.frameworkId,
  taskId: one.id,
  agentId: one.agentId,
  to,
});

const T1 = task("t1", "marathon", "web-01");

const T2 = task("t2", "marathon", "web-02");

/** A view that keeps what was just read of a master whose stream is open. */
function keeping(parts: Parameters<typeof worldOf>[0] = {}): KeptView {
  const view = new KeptView();
  view.onEvent(SUBSCRIBED);
  read(view, worldOf({ tasks: [T1, T2], ...parts }));
  return view;
}

function read(view: KeptView, world: World): void {
  const reading = view.begin();
  reading.keep(world);
  reading.end();
}

const kept = (view: KeptView, nowMs = NOW) => view.of("leader-1", nowMs);

const tasksIn = (view: KeptView) => [...(kept(view)?.tasks ?? [])];

describe("the view kept between two whole readings", () => {
  test("what was read stays as it was, the very same, while nothing is told", () => {
    const world = worldOf({ tasks: [T1, T2] });
    const view = new KeptView();
    view.onEvent(SUBSCRIBED);
    read(view, world);
    expect(kept(view)?.tasks).toBe(world.tasks);
    expect(kept(view, NOW + KEPT_MS - 1)?.wholeAtMs).toBe(NOW);
  });

  test("a task that was added is there, one that changed has its new state, one that is over is gone, and a failure is told", () => {
    const view = keeping();
    const t3 = task("t3", "marathon", "web-03");
    view.onEvent(added(t3));
    view.onEvent(updated(T1, { kind: "going_on", state: "TASK_KILLING" }));
    view.onEvent(updated(T2, { kind: "failed", atMs: NOW + 5 }));
    const now = kept(view);
    expect(new Set(now?.tasks)).toEqual(new Set([{ ...T1, state: "TASK_KILLING" }, t3]));
    expect(now?.ended).toEqual([
      { how: "failed", atMs: NOW + 5, agentId: T2.agentId, frameworkId: T2.frameworkId, app: T2.app },
    ]);
    view.onEvent(updated(T1, { kind: "over" }));
    expect(tasksIn(view)).toEqual([t3]);
  });

  test("tasks of two frameworks with the same id are two", () => {
    const other = { ...T1, frameworkId: "other" };
    const view = keeping({ tasks: [T1, other] });
    view.onEvent(updated(other, { kind: "over" }));
    expect(tasksIn(view)).toEqual([T1]);
  });

  test.each<[string, (view: KeptView) => void]>([
    ["no stream was ever open", () => undefined],
    ["an agent registered", (view) => view.onEvent({ kind: "agent_added" })],
    ["an agent was removed", (view) => view.onEvent({ kind: "agent_removed", agentId: "a" })],
    ["a framework left, and its tasks with it", (view) => view.onEvent({ kind: "framework_removed" })],
    ["a task is told as lost with its agent", (view) => view.onEvent(updated(T1, { kind: "of_agent" }))],
    [
      "an update names no agent",
      (view) => view.onEvent({ ...updated(T1, { kind: "over" }), agentId: null } as MasterEvent),
    ],
    [
      "a task is told of that was never there",
      (view) =>
        view.onEvent(updated(task("t9", "marathon", "web-01"), { kind: "going_on", state: "TASK_RUNNING" })),
    ],
    ["the stream broke", (view) => view.onEvent({ kind: "lost", error: new Error() as never, retryInMs: 1 })],
    ["the stream was opened again: something was missed in between", (view) => view.onEvent(SUBSCRIBED)],
    ["the stream was closed", (view) => view.close()],
  ])("nothing is kept any more when %s", (why, happens) => {
    const view = why.startsWith("no stream") ? new KeptView() : keeping();
    if (why.startsWith("no stream")) read(view, worldOf());
    happens(view);
    expect(kept(view)).toBeNull();
    // It does not come back by itself.
    expect(kept(view)).toBeNull();
  });

  test("nothing is kept for another leader, of another master than the stream's, for too long, or when a clock was set back", () => {
    expect(keeping().of("leader-2", NOW)).toBeNull();
    expect(kept(keeping({ leader: "10.0.0.101:5050" }))).toBeNull();
    expect(kept(keeping(), NOW + KEPT_MS)).toBeNull();
    expect(kept(keeping(), NOW - 1)).toBeNull();
  });

  test("nothing is kept while agents have not come back after a fail-over", () => {
    expect(kept(keeping({ recoveredAgents: [agent("web-03")] }))).toBeNull();
  });

  test("an agent that comes or goes while everything is read leaves open whether it was read", () => {
    const view = new KeptView();
    view.onEvent(SUBSCRIBED);
    const reading = view.begin();
    view.onEvent({ kind: "agent_added" });
    reading.keep(worldOf());
    reading.end();
    expect(kept(view)).toBeNull();
  });

  test("what a whole reading shows otherwise than it was kept is counted, and what was told meanwhile is not", async () => {
    const view = keeping();
    const t3 = task("t3", "marathon", "web-03");
    expect(await view.prove()).toBeNull();
    // Nobody told of T1's new state, nor that T2 is gone; t3 is on its way.
    read(view, worldOf({ tasks: [{ ...T1, state: "TASK_KILLING" }, t3] }));
    view.onEvent(added(t3));
    expect(await view.prove()).toBe(2);
    expect(await view.prove()).toBeNull();
    // What was read counts.
    expect(tasksIn(view)).toEqual([{ ...T1, state: "TASK_KILLING" }, t3]);
    read(view, worldOf({ tasks: [{ ...T1, state: "TASK_KILLING" }, t3] }));
    expect(await view.prove()).toBe(0);
  });

  test("in whatever order the master tells of them, each that is not in both, or in another state, is counted once", async () => {
    const TASKS = Array.from({ length: 12 }, (_, at) => task(`t${at}`, "marathon", "web-01"));
    const list = fc.uniqueArray(
      fc.record({ at: fc.nat(11), state: fc.constantFrom("TASK_RUNNING", "TASK_KILLING") }),
      { selector: ({ at }) => at },
    );
    await fc.assert(
      fc.asyncProperty(list, list, async (before, after) => {
        const tasksOf = (all: typeof before) =>
          all.flatMap(({ at, state }) => TASKS.slice(at, at + 1).map((one) => ({ ...one, state })));
        const view = keeping({ tasks: tasksOf(before) });
        read(view, worldOf({ tasks: tasksOf(after) }));
        const [was, is] = [before, after].map((all) => new Map(all.map(({ at, state }) => [at, state])));
        const ids = new Set([...before, ...after].map(({ at }) => at));
        expect(await view.prove()).toBe([...ids].filter((at) => was?.get(at) !== is?.get(at)).length);
      }),
      { numRuns: runs(300) },
    );
  });

  test("whenever a reading falls among the events, the kept tasks are in the end those of the master", () => {
    const step = fc.record({ which: fc.nat(5), act: fc.constantFrom("run", "kill", "finish", "fail") });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), fc.nat(5), (steps, at, lasts) => {
        const view = new KeptView();
        view.onEvent(SUBSCRIBED);
        const there = new Map<number, Task>();
        let reading: ReturnType<KeptView["begin"]> | null = null;
        let seen: readonly Task[] = [];
        steps.forEach(({ which, act }, index) => {
          if (index === at) reading = view.begin();
          const before = there.get(which);
          if (act === "run" && before === undefined) {
            const one = {
              ...task(`t${which}-${index}`, "marathon", `web-0${which % 3}`),
              state: "TASK_STAGING",
            };
            there.set(which, { ...one, state: "TASK_RUNNING" });
            view.onEvent(added(one));
            view.onEvent(updated(one, { kind: "going_on", state: "TASK_RUNNING" }));
          } else if (before !== undefined && act === "kill") {
            there.set(which, { ...before, state: "TASK_KILLING" });
            view.onEvent(updated(before, { kind: "going_on", state: "TASK_KILLING" }));
          } else if (before !== undefined && act !== "run") {
            there.delete(which);
            view.onEvent(updated(before, act === "fail" ? { kind: "failed", atMs: NOW } : { kind: "over" }));
          }
          // The answer is of a moment of the reading, and is there at its end.
          if (index === at + Math.floor(lasts / 2)) seen = [...there.values()];
          if (index === at + lasts) reading?.keep(worldOf({ tasks: seen }));
        });
        if (at + lasts >= steps.length) return;
        const byId = (tasks: Iterable<Task>) => [...tasks].map(({ id, state }) => `${id} ${state}`).sort();
        expect(byId(kept(view)?.tasks ?? [])).toEqual(byId(there.values()));
      }),
      { numRuns: runs(300) },
    );
  });
});

import { describe, expect, test } from "vitest";
import { answersDiffer, answersEvent, summarise } from "../../../src/maintenance/answers/summary.js";
import { isEmpty, lookAt } from "../../../src/maintenance/answers/verdicts.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import type { Verdict } from "../../../src/maintenance/record/picture.js";
import { hiddenMachines } from "../../../src/maintenance/sight/filtered.js";
import { agent, answer, framework, machine, NOW, task, windowOn, worldOf } from "../../support/world.js";
import { drainingWorld } from "../support/flow.js";

const watched = [
  { machine: machine("web-01"), agentIds: [] },
  { machine: machine("web-02"), agentIds: [] },
];

const t1 = task("t1", "marathon", "web-01");

const offered = framework("marathon", { inverseOffers: [{ agentId: "web-01-S0" }] });

function verdictsOf(world: World): [string, Verdict][] {
  return lookAt(world, watched, null).verdicts.map((row) => [row.framework, row.verdict]);
}

describe("the verdict on a framework on a machine", () => {
  test.each<[string, Parameters<typeof drainingWorld>[0], [string, Verdict][]]>([
    [
      "tasks, accepted: a promise, not emptiness",
      { tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } },
      [["marathon", "promised"]],
    ],
    [
      "tasks, declined",
      { tasks: [t1], answers: { "web-01": [answer("marathon", "decline")] } },
      [["marathon", "refused"]],
    ],
    ["tasks, asked, no answer", { tasks: [t1], frameworks: [offered] }, [["marathon", "silent"]]],
    ["tasks, not asked, no answer", { tasks: [t1] }, [["marathon", "silent"]]],
    [
      "no tasks, accepted: it merely held an offer",
      { answers: { "web-01": [answer("aurora", "accept")] } },
      [["aurora", "empty"]],
    ],
    ["no tasks, declined", { answers: { "web-01": [answer("aurora", "decline")] } }, [["aurora", "empty"]]],
    ["no tasks, asked, no answer", { frameworks: [offered] }, [["marathon", "empty"]]],
    ["nothing of it there", { frameworks: [framework("marathon")] }, []],
    [
      "tasks of a framework the master does not list",
      { tasks: [t1], frameworks: [] },
      [["marathon", "silent"]],
    ],
    ["tasks on a machine that is not ours", { tasks: [task("t9", "marathon", "web-03")] }, []],
  ])("%s", (_, parts, expected) => {
    expect(verdictsOf(drainingWorld(parts))).toEqual(expected);
  });
});

test("several agents on one machine count together", () => {
  const world = drainingWorld({
    agents: [agent("web-01"), agent("web-01", { id: "second" })],
    tasks: [t1, task("t2", "marathon", "web-01", { agentId: "second" })],
  });
  expect(lookAt(world, watched, null).machines[0]).toMatchObject({ mode: "draining", agents: 2, tasks: 2 });
});

test("tasks of an agent that has left the list still count, for they may run on", () => {
  const world = drainingWorld({ agents: [], tasks: [t1] });
  const view = lookAt(world, [{ machine: machine("web-01"), agentIds: ["web-01-S0"] }], null).machines[0];
  expect(view).toMatchObject({ agents: 0, tasks: 1 });
});

test("the status lower-cases host names and the schedule does not: both are the same machine", () => {
  const shouting = { hostname: "WEB-01", ip: "10.0.0.1" };
  const world = worldOf({ windows: [windowOn([shouting], NOW, null)] });
  expect(lookAt(world, [{ machine: shouting, agentIds: [] }], null).machines[0]?.mode).toBe("draining");
  expect(hiddenMachines(world)).toEqual([]);
});

describe("answers that the master has erased", () => {
  const promised = drainingWorld({
    tasks: [t1],
    answers: { "web-01": [answer("marathon", "accept", NOW - 5_000)] },
  });
  const erased = drainingWorld({ tasks: [t1] });
  const first = lookAt(promised, watched, null);
  const second = lookAt(erased, watched, first);

  test("are kept beside the verdict as erased, never counted (invariant 3)", () => {
    expect(second.verdicts[0]).toMatchObject({
      verdict: "silent",
      answeredAtMs: null,
      erased: { answer: "accept", answeredAtMs: NOW - 5_000 },
    });
  });

  test("stay known until the framework answers again", () => {
    const third = lookAt({ ...erased, observedAtMs: NOW + 60_000 }, watched, second);
    expect(third.verdicts[0]?.erased).toEqual({
      answer: "accept",
      answeredAtMs: NOW - 5_000,
      erasedAtMs: NOW,
      why: "schedule_change",
    });
    expect(lookAt(promised, watched, third).verdicts[0]).toMatchObject({ verdict: "promised", erased: null });
  });
});

describe("agents that have not registered again after a fail-over", () => {
  const before = lookAt(
    drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } }),
    watched,
    null,
  );
  const failedOver = drainingWorld({
    agents: [agent("web-02")],
    recoveredAgents: [agent("web-01")],
    leaderId: "leader-2",
  });
  const after = lookAt(failedOver, watched, before);

  test("are not empty, and what was known of them stays (invariant 2)", () => {
    expect(after.machines[0]).toMatchObject({ agents: 0, recovering: 1, tasks: 1 });
    expect(after.machines.map(isEmpty)).toEqual([false, true]);
  });

  test("have lost their answers with the old leader", () => {
    const erased = { answer: "accept", why: "fail_over" };
    expect(after.verdicts).toMatchObject([{ verdict: "silent", tasks: 1, erased }]);
  });
});

describe("what is worth a message", () => {
  const silent = lookAt(drainingWorld({ tasks: [t1, task("t2", "marathon", "web-01")] }), watched, null);
  test.each<[string, Parameters<typeof drainingWorld>[0], boolean]>([
    ["a promise", { tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } }, true],
    ["one task fewer", { tasks: [t1] }, false],
    ["the last task gone", {}, true],
    [
      "a framework without tasks got an inverse offer",
      { tasks: [t1], frameworks: [framework("marathon"), { ...offered, id: "aurora", name: "aurora" }] },
      false,
    ],
    ["a framework came with a task", { tasks: [t1, task("k", "kafka", "web-02")] }, true],
  ])("%s: %s", (_, parts, differs) => {
    expect(answersDiffer(silent, lookAt(drainingWorld(parts), watched, silent))).toBe(differs);
  });

  test("the message counts machines per framework and names where it refuses", () => {
    const picture = lookAt(
      drainingWorld({
        tasks: [t1, task("t2", "marathon", "web-02"), task("k", "kafka", "web-02")],
        answers: {
          "web-01": [answer("aurora", "accept"), answer("marathon", "accept")],
          "web-02": [answer("kafka", "decline")],
        },
      }),
      watched,
      null,
    );
    expect(summarise(picture)).toEqual([
      { name: "kafka", tasks: 1, empty: 0, promised: 0, refused: 1, silent: 0, refusedOn: ["web-02"] },
      { name: "marathon", tasks: 2, empty: 0, promised: 1, refused: 0, silent: 1, refusedOn: [] },
      { name: "aurora", tasks: 0, empty: 1, promised: 0, refused: 0, silent: 0, refusedOn: [] },
    ]);
    expect(answersEvent(picture)).toMatchObject({ tasksLeft: 3, tasksMost: 3 });
  });
});

describe("a filtered read (invariant 2)", () => {
  test.each<[string, World, string[]]>([
    ["everything agrees", drainingWorld({ frameworks: [offered] }), []],
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
      worldOf({ frameworks: [offered] }),
      ["web-01"],
    ],
  ])("%s", (_, world, hidden) => {
    expect(hiddenMachines(world)).toEqual(hidden);
  });
});

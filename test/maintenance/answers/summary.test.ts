import { describe, expect, test } from "vitest";
import { movedBetween } from "../../../src/maintenance/answers/news.js";
import { answersDiffer, answersEvent, summarise } from "../../../src/maintenance/answers/summary.js";
import { lookAt } from "../../../src/maintenance/answers/verdicts.js";
import { agent, answer, framework, machine, task } from "../../support/world.js";
import { drainingWorld } from "../support/flow.js";

const watched = [
  { machine: machine("web-01"), agentIds: [] },
  { machine: machine("web-02"), agentIds: [] },
];

const t1 = task("t1", "marathon", "web-01");

const offered = framework("marathon", { inverseOffers: [{ agentId: "web-01-S0" }] });

describe("what is worth a message", () => {
  const silent = lookAt(drainingWorld({ tasks: [t1, task("t2", "marathon", "web-01")] }), watched, null);
  test.each<[string, Parameters<typeof drainingWorld>[0], boolean]>([
    [
      "a promise is worth a message",
      { tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } },
      true,
    ],
    ["one task fewer is not worth a message", { tasks: [t1] }, false],
    ["the last task gone is worth a message", {}, true],
    [
      "an inverse offer to a framework without tasks is not worth a message",
      { tasks: [t1], frameworks: [framework("marathon"), { ...offered, id: "aurora", name: "aurora" }] },
      false,
    ],
    [
      "a framework that came with a task is worth a message",
      { tasks: [t1, task("k", "kafka", "web-02")] },
      true,
    ],
  ])("%s", (_, parts, differs) => {
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
      {
        name: "kafka",
        tasks: 1,
        empty: 0,
        promised: 0,
        refused: 1,
        silent: 0,
        refusedOn: ["web-02"],
        unasked: [],
      },
      {
        name: "marathon",
        tasks: 2,
        empty: 0,
        promised: 1,
        refused: 0,
        silent: 1,
        refusedOn: [],
        unasked: [],
      },
      { name: "aurora", tasks: 0, empty: 1, promised: 0, refused: 0, silent: 0, refusedOn: [], unasked: [] },
    ]);
    expect(answersEvent(picture, null)).toMatchObject({ tasksLeft: 3, tasksMost: 3 });
  });
});

describe("which frameworks went and came is told, though as many tasks are left as before", () => {
  const five = (frameworkId: string) =>
    ["a", "b", "c", "d", "e"].map((id) => task(`${frameworkId}-${id}`, frameworkId, "web-01"));
  const looks = (...frameworks: readonly string[]) =>
    lookAt(drainingWorld({ tasks: frameworks.flatMap(five) }), watched, null);

  test.each([
    ["one in the place of another", looks("marathon"), looks("kafka"), ["marathon"], ["kafka"]],
    ["one that stays", looks("marathon"), looks("marathon"), [], []],
    ["one beside another", looks("marathon"), looks("marathon", "kafka"), [], ["kafka"]],
  ])("%s", (_, before, after, went, came) => {
    const named = (names: readonly string[]) =>
      names.length === 0 ? undefined : names.map((name) => ({ name, tasks: 5 }));
    const event = answersEvent(after, null, movedBetween(before, after));
    if (event.kind !== "answers_changed") throw new Error(event.kind);
    expect([event.went, event.came]).toEqual([named(went), named(came)]);
  });
});

test("the summary counts the machines on which a framework cannot be asked, and why", () => {
  const world = drainingWorld({
    agents: [agent("web-01", { active: false, deactivated: true }), agent("web-02")],
    frameworks: [framework("marathon"), framework("kafka", { connected: false, active: false })],
    tasks: [
      t1,
      task("t2", "marathon", "web-02"),
      task("k", "kafka", "web-01"),
      task("k2", "kafka", "web-02"),
    ],
  });
  expect(summarise(lookAt(world, watched, null))).toMatchObject([
    { name: "kafka", silent: 2, unasked: [{ why: "framework_disconnected", machines: 2 }] },
    { name: "marathon", silent: 2, unasked: [{ why: "agent_deactivated", machines: 1 }] },
  ]);
});

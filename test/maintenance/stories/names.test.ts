import { describe, expect, test } from "vitest";
import { frameworkNames } from "../../../src/maintenance/cluster/framework-names.js";
import { listed } from "../../../src/maintenance/cluster/tasks.js";
import { decodeMaintenance, encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { eventLines } from "../../../src/maintenance/show/event-line.js";
import { explanationsOf } from "../../../src/maintenance/show/frameworks.js";
import { handOver } from "../../../src/maintenance/show/hand-over.js";
import { renderProgress } from "../../../src/slack/render/progress.js";
import { readerOf } from "../../support/drawn.js";
import {
  agent,
  answer,
  framework,
  HOUR,
  machine,
  NOW,
  recordOf,
  task,
  windowOn,
  worldOf,
} from "../../support/world.js";
import { click, drainingWorld, inPhase, lastEvent, planOf, tick } from "../support/flow.js";

const UUID = "20b3a1c2-5f7e-4a53-a1d1-6bd1f0c0f5f6";

describe("frameworks of one name are told apart (invariant 13)", () => {
  const one = framework(`${UUID}-0001`, { name: "spark", driver: "old" });
  const two = framework(`${UUID}-0002`, { name: "spark", driver: "http" });

  test.each([
    [
      "by their principals, where each has one of its own",
      [
        { ...one, principal: "etl" },
        { ...two, principal: "ml" },
      ],
      ["spark (etl)", "spark (ml)"],
    ],
    [
      "by the ends of their ids, where principals are alike",
      [
        { ...one, principal: "etl" },
        { ...two, principal: "etl" },
      ],
      ["spark (…-0001)", "spark (…-0002)"],
    ],
    [
      "by the ends of their ids, where one has none",
      [{ ...one, principal: "etl" }, two],
      ["spark (…-0001)", "spark (…-0002)"],
    ],
    [
      "by whole ids, where these end alike",
      [one, { ...two, id: "other-0001" }],
      [`spark (${UUID}-0001)`, "spark (other-0001)"],
    ],
    ["by nothing, where there is one alone", [one, { ...two, name: "kafka" }], ["spark", "kafka"]],
  ])("%s", (_, frameworks, told) => {
    const nameOf = frameworkNames(frameworks);
    expect(frameworks.map(({ id }) => nameOf(id))).toEqual(told);
    expect(nameOf("unknown")).toBeUndefined();
  });

  const tasks = [task("0", one.id, "web-01"), task("0", two.id, "web-01"), task("1", two.id, "web-02")];

  test("in answers, question, blast radius, habits and what is known of them", () => {
    const world = drainingWorld({
      frameworks: [one, two],
      tasks,
      answers: { "web-01": [answer(two.id, "decline")] },
    });
    const planned = planOf(
      recordOf(),
      { machines: [machine("web-01"), machine("web-02")], matchedNothing: [], unknown: [], literals: [] },
      worldOf({ frameworks: [one, two], tasks }),
    );
    expect(planned.blast?.frameworks.map(({ name, tasks }) => [name, tasks])).toEqual([
      ["spark (…-0002)", 2],
      ["spark (…-0001)", 1],
    ]);
    const { record } = tick(inPhase("scheduled", { drainingSinceMs: null }), world);
    expect(
      lastEvent(record, "answers_changed").frameworks.map(({ name, refused, silent }) => [
        name,
        refused,
        silent,
      ]),
    ).toEqual([
      ["spark (…-0001)", 0, 1],
      ["spark (…-0002)", 1, 1],
    ]);
    expect(record.behaviour.map(({ framework, asked, declined }) => [framework, asked, declined])).toEqual([
      ["spark (…-0001)", 1, 0],
      ["spark (…-0002)", 2, 1],
    ]);
    expect([...explanationsOf(record, new Map()).keys()]).toEqual(["spark (…-0001)"]);
    const { record: asked } = click(record, { kind: "ask_down", batch: "b1" }, { world, by: "U0ALICE" });
    const { seen } = asked.batches[0]?.approvals[0] ?? {};
    expect(new Set(seen?.tasks.map(({ framework }) => framework))).toEqual(
      new Set(["spark (…-0001)", "spark (…-0002)"]),
    );
  });

  test("one that came after another of its name had left is not taken for it", () => {
    const alone = drainingWorld({ frameworks: [one], tasks: [task("0", one.id, "web-01")] });
    const { record: before } = tick(inPhase("draining"), alone);
    const after = drainingWorld({
      frameworks: [two],
      tasks: [task("0", two.id, "web-01")],
      observedAtMs: NOW + 1,
    });
    const { record } = tick(before, after, NOW + 1);
    const event = lastEvent(record, "answers_changed");
    expect([event.went, event.came]).toEqual([
      [{ name: "spark (…-0001)", tasks: 1 }],
      [{ name: "spark (…-0002)", tasks: 1 }],
    ]);
    expect(event.frameworks.map(({ name, empty }) => [name, empty])).toEqual([
      ["spark (…-0002)", 0],
      ["spark (…-0001)", 1],
    ]);
    expect(record.behaviour.map(({ framework, left }) => [framework, left])).toEqual([
      ["spark (…-0001)", 1],
      ["spark (…-0002)", 0],
    ]);
    const [line] = eventLines(record).filter(({ what }) => what.startsWith("answers"));
    expect(line?.what).toContain(
      "1 of 1 tasks left; went: spark (…-0001) (1 task); came: spark (…-0002) (1 task); ",
    );
    const shown = JSON.stringify(renderProgress(record, [event.seq]));
    expect(shown).toContain("went: spark (…-0001) (1 task); came: spark (…-0002) (1 task)");
    expect(decodeMaintenance(encodeMaintenance(record))).toEqual(record);
  });
});

describe("a machine is called as its agent spells it, whatever case the master's status has (invariant 4)", () => {
  const Web03 = { hostname: "Web-03", ip: "10.0.0.3" };
  const world = worldOf({
    agents: [agent("Web-03", { id: "S3", machine: Web03, resources: null })],
    windows: [windowOn([Web03], NOW, 4 * HOUR)],
    tasks: [task("t", "marathon", "Web-03", { agentId: "S3" })],
    answers: { "Web-03": [answer("marathon", "decline")] },
  });

  test("in what is told of answers, in the question's changes, and in the hand-over", () => {
    const { record } = tick(inPhase("scheduled", { machines: [Web03], drainingSinceMs: null }), world);
    expect(lastEvent(record, "answers_changed").frameworks[0]?.refusedOn).toEqual(["Web-03"]);
    const { record: asked } = click(record, { kind: "ask_down", batch: "b1" }, { world, by: "U0ALICE" });
    const more = {
      ...world,
      tasks: listed([...world.tasks, task("u", "marathon", "Web-03", { agentId: "S3" })]),
    };
    const { reply } = click(asked, { kind: "approve", batch: "b1", approval: "b1a1" }, { world: more });
    const told = JSON.stringify([reply, asked.events, handOver(asked, readerOf()).text]);
    expect(told).toContain("Web-03");
    expect(told).not.toContain("web-03");
  });
});

import { describe, expect, test } from "vitest";
import type { Habit } from "../../../src/maintenance/answers/habits.js";
import { listed } from "../../../src/maintenance/cluster/tasks.js";
import { statusOfMaintenance } from "../../../src/maintenance/show/status.js";
import { statusOfCluster } from "../../../src/maintenance/show/status-of-cluster.js";
import { TABLE_WIDTH } from "../../../src/slack/render/table.js";
import { drawn, drawnLines } from "../../support/drawn.js";
import {
  agent,
  answer,
  batchOf,
  framework,
  HOUR,
  MINUTE,
  machine,
  NOW,
  recordOf,
  task,
  windowOn,
  worldOf,
} from "../../support/world.js";
import { asked, drainingWorld, goneWorld, inPhase, tick } from "../support/flow.js";

const busy = drainingWorld({
  tasks: [task("t1", "marathon", "web-01"), task("t2", "kafka", "web-02")],
  answers: {
    "web-01": [answer("marathon", "accept", NOW - 5_000)],
    "web-02": [answer("kafka", "decline", NOW - 60_000)],
  },
});

const draining = tick(inPhase("draining"), busy).record;

describe("a cluster", () => {
  test("the status shows every open maintenance in a line, and what others have in the schedule", () => {
    const world = {
      ...busy,
      schedule: { windows: [...busy.schedule.windows, windowOn([machine("db-01")], NOW, null)] },
      status: {
        ...busy.status,
        draining: [...busy.status.draining, { machine: machine("db-01"), answers: [] }],
      },
    };
    const soon = recordOf({ id: "m-bbbb", hosts: "db-*", wanted: { startMs: NOW + HOUR, durationMs: HOUR } });
    const reply = statusOfCluster("prod", [draining, soon], world, NOW + MINUTE);
    expect(reply.text).toBe(
      "prod: 2 open maintenances. 3 draining and 0 Down of 4 machines. 1 machine in windows of others. Leader 10.0.0.100:5050, Mesos 1.11.0.",
    );
    expect(reply.next).toBe("One in full: /mesos status m-7k3q");
    expect(drawnLines(reply)).toEqual([
      "ID      PHASE      HOSTS  NO.  TASKS  WINDOW",
      "m-7k3q  draining   web-*    2    2/2  3 h 59 m left",
      "m-bbbb  requested  db-*     -      -  in 59 m",
    ]);
  });

  test("the status does not pass off as idle what the bot may not see", () => {
    expect(statusOfCluster("prod", [], worldOf(), NOW).text).toContain(
      "empty, as far as the bot's principal may see",
    );
    const filtered = { ...busy, schedule: { windows: [] } };
    expect(statusOfCluster("prod", [], filtered, NOW).text).toContain("The view is filtered");
  });

  test("the status counts machines that are not back since a fail-over once, and says that they are not", () => {
    const recoveredAgents = ["web-01", "web-02", "web-09"].map((name) =>
      agent(name, { machine: machine(name, "") }),
    );
    const record = tick(draining, {
      ...busy,
      agents: [agent("web-03")],
      tasks: listed([]),
      recoveredAgents,
    }).record;
    const world = { ...busy, agents: [agent("web-03")], recoveredAgents };
    const reply = statusOfCluster("prod", [record], world, NOW);
    expect(reply.text).toContain("of 4 machines. Not registered again since the fail-over: 3 agents.");
    expect(drawn(reply)).toContain("2?/2");
  });

  test("the status without maintenances says so", () => {
    expect(statusOfCluster("prod", [], worldOf(), NOW)).toMatchObject({
      tone: "info",
      text: expect.stringContaining("no open maintenance"),
      table: null,
    });
  });

  test("the status of a cluster whose master is away still shows what was last seen, and says that it is old (invariant 10)", () => {
    const trouble = {
      code: "unauthorized",
      what: "The master does not accept the credentials.",
      said: null,
      notDone: "The cluster was not looked at.",
      next: "Check the secret; every maintenance goes on by itself then.",
    };
    const reply = statusOfCluster("prod", [draining], trouble, NOW);
    expect(reply).toMatchObject({ tone: "error", notDone: trouble.notDone, next: trouble.next });
    expect(reply.text).toBe(
      "prod: 1 open maintenance, as the cluster was last seen. The master does not accept the credentials.",
    );
    expect(drawnLines(reply)).toHaveLength(2);
  });

  test.each([
    ["the window is over", inPhase("down"), NOW + 5 * HOUR, "over for 1 h"],
    ["the window has no end", inPhase("down", { window: { start: 0n, duration: null } }), NOW, "no end"],
    ["it is up", inPhase("up"), NOW, "over"],
    ["it is being cancelled", { ...draining, cancel: { by: "U0BOB", atMs: NOW } }, NOW, "cancelling"],
    ["it is in trouble", tick(draining, worldOf()).record, NOW, "windows gone"],
    ["it is down before its window begins", inPhase("down"), NOW - HOUR, "down early, starts in"],
    [
      "it is one batch of several",
      { ...draining, batches: [...inPhase("up").batches, { ...batchOf({ id: "b2" }) }] },
      NOW,
      "2/2",
    ],
  ])("the status says when %s", (_, record, nowMs, words) => {
    expect(drawn(statusOfCluster("prod", [record], worldOf(), nowMs))).toContain(words);
  });
});

describe("a maintenance", () => {
  test("the status says what can be done about frameworks that have not answered", () => {
    const silent = tick(
      inPhase("draining"),
      drainingWorld({ tasks: [task("t1", "marathon", "web-01")] }),
    ).record;
    expect(statusOfMaintenance(silent, NOW).text).toMatch(
      /Silent, as most frameworks are: marathon\. .*\/mesos down m-7k3q .*\/mesos kill-drain m-7k3q /,
    );
    expect(statusOfMaintenance(draining, NOW).text).not.toContain("Silent");
  });

  test("the status shows mode, agents and tasks per machine and each framework's verdict, what hinders most first", () => {
    const reply = statusOfMaintenance(draining, NOW + 2_000);
    expect(reply.text).toBe(
      "m-7k3q is draining: web-* in prod, asked for by <@U0ALICE>. Window: 3 h 59 m left. Looked at 2 s ago.",
    );
    expect(drawnLines(reply)).toEqual([
      "MACHINE  IP        MODE      AGENTS  TASKS",
      "web-01   10.0.0.1  draining       1      1",
      "web-02   10.0.0.2  draining       1      1",
      "",
      "MACHINE  FRAMEWORK  VERDICT   TASKS  ANSWER",
      "web-02   kafka      refused       1  1 m 2 s ago",
      "web-01   marathon   promised      1  7 s ago",
    ]);
  });

  test("the status shows what a look has just seen, says when that was, and since when nothing new was noted", () => {
    const left = drainingWorld({ tasks: [], observedAtMs: NOW + 89_000 });
    const event = { seq: 1, atMs: NOW, kind: "empty" as const, batch: "b1" };
    const reply = statusOfMaintenance({ ...draining, events: [event] }, NOW + 90_000, new Map(), left);
    expect(reply.text).toContain("Looked at 1 s ago. Nothing new was noted since <!date^1792497600000>.");
    expect(drawn(reply)).toMatch(/web-01 .* 0$/m);
  });

  test("the status of a maintenance whose machines cannot be looked at now is what was seen last, and says so (invariant 13)", () => {
    const what = "The master does not answer.";
    const trouble = { code: "unreachable", what, said: null, notDone: "", next: "" };
    const reply = statusOfMaintenance(draining, NOW + 90_000, new Map(), trouble);
    expect(reply.text).toContain(`Looked at 1 m 30 s ago.`);
    expect(reply.text).toContain(`Now it cannot be looked at: ${what}`);
    const filtered = { ...busy, schedule: { windows: [] }, observedAtMs: NOW + 89_000 };
    expect(statusOfMaintenance(draining, NOW + 90_000, new Map(), filtered).text).toContain(
      "Looked at 1 m 30 s ago.",
    );
  });

  test("the status calls no window its own that is still to be posted in the place of another", () => {
    const { window } = batchOf();
    const moving = recordOf({ batches: [batchOf({ movingFrom: window })] });
    expect(statusOfMaintenance(moving, NOW).text).toContain("Window: being posted.");
  });

  test("the status shows erased answers as erased, never as answers (invariant 3)", () => {
    const erased = tick(draining, drainingWorld({ tasks: busy.tasks, leaderId: "leader-2" })).record;
    expect(drawnLines(statusOfMaintenance(erased, NOW)).slice(4)).toEqual([
      "MACHINE  FRAMEWORK  VERDICT  TASKS  ANSWER",
      "web-01   marathon   silent       1  erased",
      "web-02   kafka      silent       1  erased",
      "",
      "MACHINE  FRAMEWORK  ANSWER                 ERASED        BY",
      "web-01   marathon   accepted 20 Oct 11:59  20 Oct 12:00  a fail-over",
      "web-02   kafka      declined 20 Oct 11:59  20 Oct 12:00  a fail-over",
    ]);
  });

  test("the status says which frameworks cannot be asked, and why (point 10)", () => {
    const frameworks = [
      framework("marathon", { connected: false, active: false }),
      framework("kafka", { connected: false, active: false }),
    ];
    const answers = { "web-01": [answer("marathon", "accept", NOW - 5_000)] };
    const { record } = tick(draining, drainingWorld({ tasks: busy.tasks, frameworks, answers }));
    expect(drawnLines(statusOfMaintenance(record, NOW)).slice(4, 7)).toEqual([
      "MACHINE  FRAMEWORK  VERDICT   TASKS  ANSWER",
      "web-02   kafka      silent        1  erased, not connected",
      "web-01   marathon   promised      1  5 s ago, not connected",
    ]);
    const fresh = tick(inPhase("draining"), drainingWorld({ tasks: busy.tasks, frameworks })).record;
    expect(drawn(statusOfMaintenance(fresh, NOW))).toMatch(/silent +1 +cannot be asked: not connected/);
  });

  test("erased answers of long names stay within a line", () => {
    const host = "web-01.rack-17.datacenter-3.example.com";
    const verdicts = [
      {
        machine: `${host}|10.0.0.1`,
        frameworkId: "f",
        framework: "a-framework-of-a-long-name",
        verdict: "silent" as const,
        tasks: 1,
        answeredAtMs: null,
        erased: {
          answer: "accept" as const,
          answeredAtMs: NOW - 48 * HOUR,
          erasedAtMs: NOW - 24 * HOUR,
          why: "schedule_change" as const,
        },
        unasked: null,
      },
    ];
    const picture = draining.picture === null ? null : { ...draining.picture, verdicts };
    const wide = drawnLines(statusOfMaintenance({ ...draining, picture }, NOW)).map((line) => line.length);
    expect(Math.max(...wide)).toBeLessThanOrEqual(TABLE_WIDTH);
  });

  test("the status shows beside the verdicts what its frameworks usually do", () => {
    const kafka: Habit = {
      framework: "kafka",
      maintenances: 3,
      accepted: 0,
      declined: 3,
      left: 0,
      leftBeforeStartMs: null,
    };
    const reply = statusOfMaintenance(
      draining,
      NOW,
      new Map([
        ["kafka", kafka],
        ["aurora", kafka],
      ]),
    );
    expect(drawnLines(reply).slice(-2)).toEqual([
      "FRAMEWORK  SO FAR",
      "kafka      always declines and has never left before Down (3 maintenances)",
    ]);
  });

  test("the status says which agents are awaited after Up", () => {
    const up = tick(inPhase("bringing_up"), goneWorld({ agents: [] })).record;
    expect(drawn(statusOfMaintenance(up, NOW))).toMatch(/web-01 +10\.0\.0\.1 +up +0 awaited/);
  });

  test("the status of a drain in batches says whose turn it is, and how many are over", () => {
    const batches = [
      batchOf({ phase: "up", agents: [] }),
      batchOf({ id: "b2", phase: "awaiting_approval" }),
      batchOf({ id: "b3", machines: [machine("web-03")] }),
    ];
    expect(statusOfMaintenance(recordOf({ batches }), NOW).text).toContain(
      "It is the turn of batch 2 of 3 (awaiting approval); 1 of 3 batches (2 of 5 machines) are over.",
    );
    const waiting = [batchOf({ phase: "up" }), batchOf({ id: "b2" })];
    expect(statusOfMaintenance(recordOf({ batches: waiting }), NOW).text).toContain(
      "It is the turn of batch 1 of 2 (up, not all agents are back); 0 of 2 batches",
    );
    expect(statusOfMaintenance(draining, NOW).text).not.toContain("batch");
  });

  test("the status of a maintenance in trouble says what, what was not done and what to do next (invariant 10)", () => {
    const reply = statusOfMaintenance(tick(draining, worldOf()).record, NOW);
    expect(reply).toMatchObject({
      tone: "error",
      text: expect.stringContaining("is gone, and the master shows no window"),
      notDone: expect.stringMatching(/\w/),
      next: expect.stringMatching(/\w/),
    });
  });

  test("a maintenance that has not been looked at, is being cancelled, or has ended, says so", () => {
    expect(statusOfMaintenance(recordOf({ reason: "kernel" }), NOW)).toMatchObject({
      text: "m-7k3q is requested: web-* in prod, asked for by <@U0ALICE> for kernel.",
      table: null,
    });
    const cancelling = { ...draining, cancel: { by: "U0BOB", atMs: NOW } };
    expect(statusOfMaintenance(cancelling, NOW).text).toMatch(/<@U0BOB> cancelled it/);
    const ended = { ...draining, end: { phase: "failed" as const, atMs: NOW, why: "No agent." } };
    expect(statusOfMaintenance(ended, NOW + MINUTE).text).toMatch(/Ended 1 m ago: No agent\./);
  });
});

test("the whole of an asked question fits a phone", () => {
  for (const line of drawnLines(statusOfMaintenance(asked(busy), NOW)))
    expect(line.length).toBeLessThanOrEqual(TABLE_WIDTH);
});

test("a status is at most 80 columns wide, with long names cut in the middle and columns aligned", () => {
  const host = "ip-10-0-0-1.eu-central-1.compute.internal.very-long-domain.example.com";
  const world = drainingWorld({
    tasks: [task("t", "f", "web-01")],
    frameworks: [framework("f", { name: "x".repeat(90) })],
  });
  const record = tick(
    inPhase("draining", { machines: [machine(host, "10.0.0.1")], agents: [] }),
    world,
  ).record;
  const wide = { ...record, hosts: `~${"web|".repeat(40)}`, picture: record.picture };
  for (const reply of [statusOfMaintenance(wide, NOW), statusOfCluster("prod", [wide], world, NOW)]) {
    for (const line of drawnLines(reply)) expect(line.length).toBeLessThanOrEqual(TABLE_WIDTH);
  }
  expect(drawn(statusOfMaintenance(wide, NOW))).toMatch(/^ip-10-0-0-1\.eu.*…?.*example\.com/m);
});

const held = { by: "U0BOB", atMs: NOW - 5 * MINUTE, reason: "db backup runs", as: "operator" as const };

describe("what keeps a maintenance from going on is in its status", () => {
  test("a hold is told with who, since when, why, and how it ends", () => {
    const record = recordOf({ batches: [batchOf()], held });
    const { text } = statusOfMaintenance(record, NOW);
    expect(text).toContain(
      "<@U0BOB> holds it since 5 m (db backup runs); it goes on after /mesos release m-7k3q.",
    );
    expect(drawn(statusOfCluster("prod", [record], worldOf(), NOW))).toMatch(/held/);
  });

  test.each([
    [{}, "refused to leave; it goes on after /mesos go-on m-7k3q."],
    [{ isOver: true }, "refused to leave, which is over; it goes on after /mesos go-on m-7k3q."],
    [{ asksAlone: true }, "refused to leave; the batch is asked about alone."],
  ])("a pause is told with its rule, what it saw and how it ends: %j", (parts, words) => {
    const sinceMs = NOW - 5 * MINUTE;
    const paused = {
      rule: "refused",
      batch: "b1",
      saw: "kafka refused to leave",
      about: [],
      sinceMs,
      ...parts,
    };
    const record = recordOf({ batches: [batchOf()], paused });
    expect(statusOfMaintenance(record, NOW).text).toContain(`Paused since 5 m (refused): kafka ${words}`);
    expect(drawn(statusOfCluster("prod", [record], worldOf(), NOW))).toMatch(/paused/);
  });

  test("a question that waits for an answer is told", () => {
    expect(statusOfMaintenance(asked(), NOW).text).toContain(
      "The approval of the Down is asked for in the thread.",
    );
  });
});

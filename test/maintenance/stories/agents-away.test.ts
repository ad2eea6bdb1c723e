import { describe, expect, test } from "vitest";
import { hostsReply, statusOfMachines } from "../../../src/maintenance/show/machines.js";
import { renderApproval } from "../../../src/slack/render/question/question.js";
import { drawn } from "../../support/drawn.js";
import { agent, answer, HOUR, MINUTE, machine, NOW, policyOf, task, worldOf } from "../../support/world.js";
import {
  APPROVE,
  ASK,
  approved,
  asked,
  click,
  downWorld,
  drainingWorld,
  first,
  inPhase,
  lastEvent,
  news,
  OURS,
  tick,
} from "../support/flow.js";

/** web-01 runs a task that is the only copy of its app, with a volume; web-02 runs one that has another on web-03. */
const tasks = [
  task("db-1", "kafka", "web-01", { app: "db" }),
  task("shop-1", "marathon", "web-02", { app: "shop" }),
  task("shop-2", "marathon", "web-03", { app: "shop" }),
];

const volumes = [{ id: "data", role: "kafka", sizeMb: 200 }];

const resources = {
  total: { cpus: 4, memMb: 4096 },
  reservations: [],
  volumes,
};

const rack = (value: string) => [{ name: "rack", value }];

const web01 = agent("web-01", { resources, attributes: rack("r1"), port: 5051 });

const web02 = agent("web-02", { attributes: rack("r2") });

const web03 = agent("web-03", { attributes: rack("r2") });

const answers = { "web-01": [answer("kafka", "decline")] };

const whole = drainingWorld({ agents: [web01, web02, web03], tasks, answers });

/** The agent of web-01 was stopped past the ping limit: its task is shown as unreachable. */
const cutOff = drainingWorld({
  agents: [web02, web03],
  tasks: tasks.map((one) => (one.id === "db-1" ? { ...one, state: "TASK_UNREACHABLE" } : one)),
});

/** A fail-over later, past the time for agents to register again: agent and task are in no list. */
const forgotten = drainingWorld({
  leaderId: "leader-2",
  agents: [web02, web03],
  tasks: tasks.filter(({ id }) => id === "shop-2"),
});

function draining(world = whole, nowMs = NOW) {
  return tick(inPhase("scheduled", { drainingSinceMs: null, agents: [] }), world, nowMs).record;
}

describe("a machine whose agent is away is unknown, never empty (invariant 13)", () => {
  test.each([
    ["cut off while it drains", cutOff],
    ["dropped from every list after a fail-over", forgotten],
  ])("an agent that was %s is told, with the tasks that were last seen there", (_, world) => {
    const { record } = tick(draining(), world, NOW + MINUTE);
    expect(lastEvent(record, "agents_away")).toMatchObject({ machines: ["web-01"], tasks: 1 });
    expect(record.picture?.machines[0]).toMatchObject({
      away: 1,
      agents: 0,
      tasks: 1,
      unknownSinceMs: world.observedAtMs,
    });
  });

  test("an answer that went with its agent is not told as a change of the schedule", () => {
    const { record } = tick(draining(), cutOff, NOW + MINUTE);
    expect(news(record)).not.toContain("answers_cleared");
    expect(record.picture?.verdicts.find((row) => row.framework === "kafka")?.erased?.why).toBe("agent_away");
  });

  test("the batch is not empty, and the bot asks by itself only when it would for tasks that remain", () => {
    const before = draining();
    const early = tick(before, forgotten, NOW + MINUTE).record;
    expect(news(early, before)).not.toContain("empty");
    expect(first(early).phase).toBe("draining");
    const late = tick(early, forgotten, NOW + HOUR).record;
    expect(first(late).phase).toBe("awaiting_approval");
  });

  test("the same holds when nothing ran there when it was last seen", () => {
    const idle = drainingWorld({ agents: [web01, web02] });
    const gone = drainingWorld({ leaderId: "leader-2", agents: [web02] });
    const away = tick(draining(idle, NOW - HOUR), gone, NOW + MINUTE).record;
    expect(first(away).phase).not.toBe("awaiting_approval");
    expect(away.picture?.machines[0]).toMatchObject({ away: 1, tasks: 0 });
  });

  test("a machine whose agent is reached again is known again, and that is told", () => {
    const away = tick(draining(), cutOff, NOW + MINUTE).record;
    const back = tick(away, whole, NOW + 2 * MINUTE).record;
    expect(lastEvent(back, "agents_registered").machines).toEqual(["web-01"]);
    expect(back.picture?.machines[0]).toMatchObject({ away: 0, unknownSinceMs: null });
  });

  test("another agent at the same address takes the place of the one that was there", () => {
    const anew = agent("web-01", { id: "web-01-S9", port: 5051 });
    const replaced = drainingWorld({ agents: [anew, web02, web03], tasks: tasks.slice(1) });
    const { record } = tick(draining(), replaced, NOW + MINUTE);
    expect(record.picture?.machines[0]).toMatchObject({ away: 0, tasks: 0 });
  });

  test("one of two agents of a machine that is away is not hidden by the other", () => {
    const second = agent("web-01", { id: "web-01-S1", port: 5052 });
    const both = drainingWorld({ agents: [web01, second, web02] });
    const { record } = tick(
      draining(both, NOW - HOUR),
      drainingWorld({ agents: [second, web02] }),
      NOW + MINUTE,
    );
    expect(record.picture?.machines[0]).toMatchObject({ agents: 1, away: 1 });
    expect(first(record).phase).toBe("draining");
  });
});

describe("the question about a machine whose agent is away", () => {
  const away = tick(draining(), forgotten, NOW + MINUTE).record;
  const question = click(away, ASK, { world: forgotten, nowMs: NOW + MINUTE, by: "U0ALICE" }).record;
  const batch = first(question);
  const [approval] = batch.approvals;
  if (approval === undefined) throw new Error("Nothing was asked.");

  test("it keeps the tasks, the last copies, the volumes and the rack as they were last seen", () => {
    expect(approval.seen.tasks).toEqual([expect.objectContaining({ id: "db-1", lastSeen: true })]);
    expect(approval.seen.away).toEqual(["web-01|10.0.0.1"]);
    expect(approval.seen.blast.lastCopies).toMatchObject([{ app: "db" }]);
    expect(approval.seen.blast.volumes).toMatchObject([{ id: "data" }]);
    expect(approval.seen.blast.emptied).toMatchObject([{ name: "r1" }]);
  });

  test("it says that what runs there may go on running, and does not say that it will be lost", () => {
    const text = JSON.stringify(renderApproval(question, batch, approval, NOW + MINUTE));
    expect(text).toContain("may go on running; Down does not stop it");
    expect(text).not.toContain("Will be lost");
    expect(text).not.toContain("nothing will be lost");
  });

  test("after Down its tasks are told as out of reach and not as lost", () => {
    const granted = click(question, APPROVE, { world: forgotten, nowMs: NOW + MINUTE }).record;
    const sent = tick(granted, forgotten, NOW + MINUTE);
    expect(sent.effects).toMatchObject([{ kind: "start_maintenance" }]);
    const down = tick(sent.record, downWorld({ leaderId: "leader-2" }), NOW + MINUTE).record;
    expect(lastEvent(down, "down")).toMatchObject({ tasksLost: 0, tasksAway: 1 });
  });

  test("its tasks are not told as lost either when somebody else took that machine Down before", () => {
    const cut = tick(draining(), cutOff, NOW + MINUTE).record;
    const then = { world: cutOff, nowMs: NOW + MINUTE };
    const granted = click(click(cut, ASK, { ...then, by: "U0ALICE" }).record, APPROVE, then).record;
    const halfDown = drainingWorld({ agents: cutOff.agents, tasks: cutOff.tasks, down: ["web-01"] });
    const sent = tick(granted, halfDown, NOW + MINUTE);
    expect(sent.effects).toMatchObject([{ machines: [{ hostname: "web-02" }] }]);
    const down = tick(sent.record, downWorld(), NOW + MINUTE).record;
    expect(lastEvent(down, "down")).toMatchObject({ tasksLost: 1, tasksAway: 1 });
  });
});

test("an agent that is lost after the question makes the picture worse (invariant 5)", () => {
  const record = asked(drainingWorld({ agents: [web01, web02, web03] }));
  const refused = click(record, APPROVE, { world: drainingWorld({ agents: [web02, web03] }) });
  expect(refused.reply.text).toContain("an agent on web-01 can no longer be reached");
  expect(first(refused.record).phase).toBe("awaiting_approval");
});

test("an agent that is lost between approval and call stops the call (invariant 5)", () => {
  const record = approved(drainingWorld({ agents: [web01, web02, web03] }));
  const step = tick(record, drainingWorld({ agents: [web02, web03] }));
  expect(step.effects).toEqual([]);
  expect(lastEvent(step.record, "approval_outdated").changes.join()).toContain("web-01");
});

test("hosts and status of machines show the agent that is away, and what was last seen there", () => {
  const open = [tick(draining(), forgotten, NOW + MINUTE).record];
  const resolution = { machines: [machine("web-01")], literals: [], matchedNothing: [], unknown: [] };
  for (const reply of [
    hostsReply("prod", resolution, forgotten, open),
    statusOfMachines(resolution, forgotten, open, NOW + MINUTE),
  ]) {
    expect(drawn(reply)).toMatch(/web-01 .*0, 1 away +1/);
  }
});

test("a deadline's empty is not met by an agent that is away", () => {
  const deadline = { atMs: NOW + 2 * MINUTE, then: "release" as const, met: false };
  const idle = drainingWorld({ agents: [web01, web02] });
  const policy = policyOf({ askAfterMs: 10 * HOUR });
  const start = { ...tick(inPhase("draining", {}, { deadline }), idle, NOW, policy).record };
  const { record } = tick(start, drainingWorld({ agents: [web02] }), NOW + 3 * MINUTE, policy);
  expect(news(record)).toContain("deadline");
  expect(record.cancel).not.toBeNull();
});

test("answers are called cleared by a schedule change only when the schedule did change", () => {
  const record = draining();
  const same = drainingWorld({ agents: [web01, web02, web03], tasks });
  const posted = worldOf({
    windows: [OURS, { machines: [{ hostname: "x", ip: "10.9.9.9" }], start: 1n, duration: 1n }],
    agents: [web01, web02, web03],
    tasks,
  });
  expect(lastEvent(tick(record, same, NOW + MINUTE).record, "answers_cleared").why).toBe("unknown");
  expect(lastEvent(tick(record, posted, NOW + MINUTE).record, "answers_cleared").why).toBe("schedule_change");
});

test("an agent that went with its machine's Down is awaited, and not called away", () => {
  const down = tick(inPhase("down"), downWorld({ agents: [] })).record;
  const up = click(down, { kind: "up" }).record;
  const { record } = tick(up, worldOf({ agents: [] }));
  expect(record.picture?.machines.map(({ mode, away }) => [mode, away])).toEqual([
    ["up", 0],
    ["up", 0],
  ]);
});

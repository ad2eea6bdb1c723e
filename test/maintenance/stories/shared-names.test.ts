import { describe, expect, test } from "vitest";
import { lookAt } from "../../../src/maintenance/answers/verdicts.js";
import { listed } from "../../../src/maintenance/cluster/tasks.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { maintenancesToOpen, withLeftBehind } from "../../../src/maintenance/record/left-behind.js";
import {
  decodeMaintenance,
  encodeMaintenance,
  type Maintenance,
} from "../../../src/maintenance/record/record.js";
import { eventLines } from "../../../src/maintenance/show/event-line.js";
import { handOver } from "../../../src/maintenance/show/hand-over.js";
import { historyOf } from "../../../src/maintenance/show/history.js";
import { hostsReply, statusOfMachines } from "../../../src/maintenance/show/machines.js";
import { scheduleTimeline } from "../../../src/maintenance/show/schedule-view.js";
import { statusOfMaintenance } from "../../../src/maintenance/show/status.js";
import { windowRows } from "../../../src/maintenance/show/window-rows.js";
import { renderCard } from "../../../src/slack/render/card/card.js";
import { renderEvent } from "../../../src/slack/render/event.js";
import { renderApproval } from "../../../src/slack/render/question/question.js";
import { drawn, readerOf } from "../../support/drawn.js";
import {
  agent,
  answer,
  HOUR,
  MINUTE,
  machine,
  NOW,
  recordOf,
  task,
  windowOn,
  worldOf,
} from "../../support/world.js";
import {
  APPROVE,
  click,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  planOf,
  tick,
  twoLooks,
} from "../support/flow.js";

const one = machine("web-01", "10.0.0.1");
const other = machine("web-01", "10.0.0.9");
const agentOne = agent("web-01", { port: 5051 });
const agentOther = agent("web-01", { id: "web-01-S9", machine: other, port: 5051 });

/** The two machines drain in our window, and a framework refuses to leave the second. */
function bothDraining(): World {
  return worldOf({
    windows: [windowOn([one, other], NOW, 4 * HOUR)],
    agents: [agentOne, agentOther, agent("web-02")],
    tasks: [task("t1", "marathon", "web-01"), task("t9", "kafka", "web-01", { agentId: "web-01-S9" })],
    answers: { "web-01": [answer("marathon", "accept"), answer("kafka", "decline")] },
  });
}

/** A maintenance of these machines whose question stands. */
function askedOf(machines: readonly (typeof one)[], world: World): Maintenance {
  const draining = tick(inPhase("draining", { machines: [...machines], agents: [] }), world).record;
  if (first(draining).phase === "awaiting_approval") return draining;
  return click(draining, { kind: "ask_down", batch: "b1" }, { world, by: "U0ALICE" }).record;
}

function questionOf(record: Maintenance): string {
  const batch = first(record);
  const approval = batch.approvals.at(-1);
  if (approval === undefined) throw new Error("There is no question.");
  return JSON.stringify(renderApproval(record, batch, approval, NOW));
}

/** The same once it was approved and went Down with its two tasks. */
function wentDown(record: Maintenance): Maintenance {
  const outcome = { kind: "granted", by: "U0BOB", atMs: NOW } as const;
  const batches = record.batches.map((batch) => ({
    ...batch,
    approvals: batch.approvals.map((approval) => ({ ...approval, outcome })),
  }));
  const down = { seq: 99, atMs: NOW, kind: "down", batch: "b1", machines: 2, tasksLost: 2 } as const;
  return { ...record, batches, events: [...record.events, down] };
}

const resolution = { machines: [one, other], matchedNothing: [], unknown: [], literals: [] };

describe("two machines of one host name", () => {
  const both = askedOf([one, other], bothDraining());

  test.each<[string, string]>([
    ["the card", JSON.stringify(renderCard(both, NOW))],
    ["the question", questionOf(both)],
    ["its status", drawn(statusOfMaintenance(both, NOW)) ?? ""],
    ["the hand-over", handOver(wentDown(both), readerOf()).text],
    ["the schedule", JSON.stringify(scheduleTimeline("prod", windowRows(bothDraining(), [both]), [], NOW))],
    ["hosts", drawn(hostsReply("prod", resolution, bothDraining(), [both])) ?? ""],
    ["status of hosts", drawn(statusOfMachines(resolution, bothDraining(), [both], NOW)) ?? ""],
  ])("%s names each with its IP, and never by the host name alone", (_, text) => {
    expect(text).toContain("web-01 (10.0.0.1)");
    expect(text).toContain("web-01 (10.0.0.9)");
    expect(text).not.toMatch(/web-01(?! \(10\.0\.0\.[19]\)|-S)/);
  });

  test("the thread's message of the answers names the one on which a framework refuses", () => {
    const before = tick(inPhase("draining", { machines: [one, other], agents: [] }), {
      ...bothDraining(),
      status: { draining: [one, other].map((each) => ({ machine: each, answers: [] })), down: [] },
    }).record;
    const event = lastEvent(tick(before, bothDraining(), NOW + MINUTE).record, "answers_changed");
    const kafka = event.frameworks.find(({ name }) => name === "kafka");
    expect(kafka?.refusedOn).toContain("web-01 (10.0.0.9)");
    expect(JSON.stringify(renderEvent(before, event))).toContain("web-01 (10.0.0.9)");
  });

  test("a machine of the maintenance is told from one beside it that is not in the maintenance", () => {
    const world = worldOf({
      windows: [windowOn([one], NOW, 4 * HOUR)],
      agents: [agentOne, agentOther],
      tasks: [task("t1", "marathon", "web-01")],
    });
    const record = askedOf([one], world);
    for (const text of [JSON.stringify(renderCard(record, NOW)), questionOf(record)]) {
      expect(text).toContain("web-01 (10.0.0.1)");
      expect(text).not.toContain("10.0.0.9");
    }
    const away = tick(record, { ...world, agents: [agentOther] }, NOW + MINUTE).record;
    expect(lastEvent(away, "agents_away").machines).toEqual(["web-01 (10.0.0.1)"]);
  });

  test("what is shared is stored with the record, and one that is alone goes by its host name", () => {
    expect(decodeMaintenance(encodeMaintenance(both)).picture?.sharedNames).toEqual(["web-01"]);
    const alone = tick(
      inPhase("draining"),
      worldOf({ windows: [windowOn(["web-01", "web-02"], NOW, HOUR)] }),
    );
    expect(alone.record.picture?.sharedNames).toBeUndefined();
    expect(JSON.stringify(renderCard(alone.record, NOW))).not.toContain("10.0.0.1");
  });

  test("a change for the worse says on which of them a task is now", () => {
    const world = bothDraining();
    const more = {
      ...world,
      tasks: listed([...world.tasks, task("t8", "kafka", "web-01", { agentId: "web-01-S9" })]),
    };
    const { reply } = click(both, APPROVE, { world: more });
    expect(reply.text).toContain("is now on web-01 (10.0.0.9)");
  });

  test("a record of an earlier build names its own two machines apart, and its events are shown as they were written", () => {
    const { sharedNames: _, ...picture } = both.picture ?? lookAt(worldOf(), [], null);
    const old: Maintenance = {
      ...both,
      picture,
      events: [
        { seq: 1, atMs: NOW, kind: "agents_missing", machines: ["web-01"] },
        {
          seq: 2,
          atMs: NOW,
          kind: "left_behind",
          batch: "b1",
          machines: ["web-01"],
          into: "m-b",
          by: "U0BOB",
        },
      ],
    };
    const read = decodeMaintenance(encodeMaintenance(old));
    expect(JSON.stringify(renderCard(read, NOW))).toContain("web-01 (10.0.0.9)");
    for (const event of read.events) expect(JSON.stringify(renderEvent(read, event))).toContain("`web-01`");
    expect(eventLines(read)).toHaveLength(2);
    expect(drawn(historyOf(read))).toContain("web-01");
  });
});

describe("a bare name that stands for two machines", () => {
  const ambiguous = { ...resolution, ambiguous: [{ term: "web-01", machines: [other, one] }] };
  const world = worldOf();

  test("a drain of it is refused before anything is planned, with the line that names the one that is registered", () => {
    const record = planOf(recordOf({ hosts: "web-01", batches: [] }), ambiguous, world);
    expect(record.batches).toEqual([]);
    expect(lastEvent(record, "failed")).toMatchObject({
      why: "`web-01` stands for 2 machines in prod: web-01 (10.0.0.9), web-01 (10.0.0.1). No window was posted.",
      next: "Name the one that is meant: /mesos drain web-01|10.0.0.1; for all of them: /mesos drain web-01|10.0.0.9,web-01|10.0.0.1.",
    });
  });

  test("status and hosts say so beside both machines", () => {
    for (const reply of [
      statusOfMachines(ambiguous, world, [], NOW),
      hostsReply("prod", ambiguous, world, []),
    ])
      expect(reply.text).toContain("`web-01` stands for 2 machines in prod");
    expect(statusOfMachines(ambiguous, world, [], NOW).next).toContain("/mesos status web-01|10.0.0.9");
  });

  test("what is in the way of a drain is given back by a line that names one of them", () => {
    const busy = worldOf({ windows: [windowOn([one], NOW, HOUR)], agents: [agentOne, agentOther] });
    const named = { ...resolution, machines: [one] };
    const record = planOf(recordOf({ hosts: "web-01|10.0.0.1", batches: [] }), named, busy);
    expect(lastEvent(record, "failed").why).toContain("web-01 (10.0.0.1) is already draining");
  });
});

/** Down was on these machines with these agents, and now they are Up at the master; nobody has registered yet. */
function upAfter(machines: readonly (typeof one)[], before: World): Maintenance {
  const draining = tick(inPhase("draining", { machines: [...machines], agents: [] }), before).record;
  const batches = draining.batches.map((batch) => ({ ...batch, phase: "bringing_up", confirmedUp: [] }));
  return { ...draining, batches } as Maintenance;
}

describe("an agent that came back after Up beside another of its host name", () => {
  const windows = [windowOn([one, other], NOW, 4 * HOUR)];
  const anew = agent("web-01", { id: "web-01-S20", machine: other, port: 5051 });

  test("each stands for the one on its own machine: the other is the one that is not back", () => {
    const up = upAfter([one, other], worldOf({ windows, agents: [agentOne, agentOther] }));
    const nobody = tick(up, goneWorld({ agents: [] })).record;
    const back = tick(nobody, goneWorld({ agents: [anew] }), NOW + MINUTE).record;
    const told = lastEvent(back, "agents_returned");
    expect(told).toMatchObject({ machines: ["web-01 (10.0.0.9)"], missing: 1 });
    expect(told.changes?.join()).not.toContain("is at 10.0.0.9 now");
    const late = tick(back, goneWorld({ agents: [anew] }), NOW + 3 * HOUR).record;
    expect(lastEvent(late, "agents_missing").machines).toEqual(["web-01 (10.0.0.1)"]);
  });

  test("it is back under another IP, and nobody says that it is not", () => {
    const up = upAfter([one], worldOf({ windows: [windowOn([one], NOW, HOUR)], agents: [agentOne] }));
    const nobody = tick(up, goneWorld({ agents: [] })).record;
    const back = tick(nobody, goneWorld({ agents: [anew] }), NOW + 3 * HOUR).record;
    expect(back.events.some(({ kind }) => kind === "agents_missing")).toBe(false);
    expect(lastEvent(back, "agents_returned").machines).toEqual(["web-01 (10.0.0.9)"]);
  });

  test("one that ran beside it before Down is another machine and not its return", () => {
    const before = worldOf({ windows: [windowOn([one], NOW, HOUR)], agents: [agentOne, agentOther] });
    const up = decodeMaintenance(encodeMaintenance(upAfter([one], before)));
    const beside = goneWorld({ agents: [agentOther] });
    const { record } = twoLooks(up, beside, NOW + MINUTE);
    expect(record.end).toBeNull();
    expect(record.events.some(({ kind }) => kind === "agents_returned")).toBe(false);
    const late = tick(record, beside, NOW + 3 * HOUR).record;
    expect(lastEvent(late, "agents_missing")).toMatchObject({
      machines: ["web-01 (10.0.0.1)"],
      why: [expect.stringContaining("at 10.0.0.9 is not this one")],
    });
    const came = tick(late, goneWorld({ agents: [agentOther, agentOne] }), NOW + 4 * HOUR).record;
    expect(lastEvent(came, "agents_returned")).toMatchObject({ machines: ["web-01 (10.0.0.1)"], missing: 0 });
  });

  test("one that came while its own was away before Down may be the same, and is taken for it", () => {
    const draining = tick(
      inPhase("draining", { machines: [one], agents: [] }),
      worldOf({ windows: [windowOn([one], NOW, HOUR)], agents: [agentOne, agentOther] }),
    ).record;
    expect(first(draining).namesakes).toEqual(["web-01-S9"]);
    const away = tick(
      draining,
      worldOf({ windows: [windowOn([one], NOW, HOUR)], agents: [agentOther] }),
      NOW + MINUTE,
    );
    expect(first(away.record).namesakes).toBeUndefined();
  });

  test("those that are not connected are named with their address", () => {
    const up = upAfter([one], worldOf({ windows: [windowOn([one], NOW, HOUR)], agents: [agentOne] }));
    const offline = { ...anew, active: false };
    const nobody = tick(up, goneWorld({ agents: [] })).record;
    const late = tick(nobody, goneWorld({ agents: [offline] }), NOW + 3 * HOUR).record;
    expect(lastEvent(late, "agents_missing").why).toEqual([
      "web-01 (10.0.0.1): an agent of that name is registered at 10.0.0.9 and not connected",
    ]);
  });

  test("machines that are left behind are told apart, and the maintenance that looks after them names the very machines", () => {
    const before = worldOf({ windows: [windowOn([one], NOW, HOUR)], agents: [agentOne, agentOther] });
    const nobody = tick(upAfter([one], before), goneWorld({ agents: [] })).record;
    const batch = first(nobody);
    if (batch.phase !== "up") throw new Error(`It is ${batch.phase}.`);
    const how = { id: "m-left", by: "U0BOB", atMs: NOW, askedAtMs: NOW };
    const split = withLeftBehind({ ...nobody, picture: upAfter([one], before).picture }, batch, how);
    expect(lastEvent(split, "left_behind").machines).toEqual(["web-01 (10.0.0.1)"]);
    const [opened] = maintenancesToOpen(split);
    expect(opened?.hosts).toBe("web-01|10.0.0.1");
    expect(opened?.batches[0]?.namesakes).toEqual(["web-01-S9"]);
  });
});

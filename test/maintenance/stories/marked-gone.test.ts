import { describe, expect, test } from "vitest";
import type { World } from "../../../src/maintenance/cluster/world.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { handOver } from "../../../src/maintenance/show/hand-over.js";
import { hostsReply } from "../../../src/maintenance/show/machines.js";
import { statusOfMaintenance } from "../../../src/maintenance/show/status.js";
import { renderCard } from "../../../src/slack/render/card/card.js";
import { renderEvent } from "../../../src/slack/render/event.js";
import { drawn, readerOf } from "../../support/drawn.js";
import { agent, answer, MINUTE, machine, NOW, task, worldOf } from "../../support/world.js";
import {
  APPROVE,
  asked,
  click,
  downWorld,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  news,
  tick,
  twoLooks,
} from "../support/flow.js";

const [web01, web02] = [agent("web-01", { port: 5051 }), agent("web-02", { port: 5051 })];

const tasks = [task("db-1", "kafka", "web-01"), task("shop-1", "marathon", "web-02")];

const whole = drainingWorld({
  agents: [web01, web02],
  tasks,
  answers: { "web-01": [answer("kafka", "accept")] },
});

/** Somebody marked the agent of web-01 gone: the master knows it by the task that ended with it. */
const gone = drainingWorld({ agents: [web02], tasks: tasks.slice(1), goneAgents: [web01.id] });

function marked(world: World = gone): { before: Maintenance; record: Maintenance } {
  const before = tick(inPhase("scheduled", { agents: [] }), whole).record;
  return { before, record: tick(before, world, NOW + MINUTE).record };
}

/** Both machines went Down after that, and are up again. */
function up(): Maintenance {
  const { record } = marked();
  const batches = record.batches.map((batch) => ({
    ...batch,
    phase: "bringing_up" as const,
    confirmedUp: [],
  }));
  return tick({ ...record, batches } as Maintenance, goneWorld({ agents: [] }), NOW + MINUTE).record;
}

describe("an agent that somebody marks gone while its machine drains", () => {
  test("it is told as that, with the tasks that ended, and not as one that cannot be reached", () => {
    const { before, record } = marked();
    expect(lastEvent(record, "agents_gone")).toMatchObject({ machines: ["web-01"], agents: 1, tasks: 1 });
    const told = JSON.stringify(renderEvent(record, lastEvent(record, "agents_gone")));
    expect(told).toContain("somebody, not the bot");
    expect(told).toContain("it comes back as a new agent");
    expect(news(record, before)).not.toContain("agents_away");
    expect(news(record, before)).not.toContain("answers_cleared");
    expect(news(tick(record, gone, NOW + 2 * MINUTE).record, record)).not.toContain("agents_gone");
  });

  test("its tasks are over: the machine is empty and known, also when the master has forgotten them", () => {
    const { record } = marked();
    const forgotten = { ...gone, goneAgents: [] };
    for (const one of [record, tick(record, forgotten, NOW + 2 * MINUTE).record]) {
      expect(one.picture?.machines[0]).toMatchObject({ agents: 0, away: 0, tasks: 0, gone: 1 });
      expect(one.picture?.machines[0]?.unknownSinceMs).toBeNull();
    }
  });

  test("an approval that was asked before stays good, and Down counts no loss of it", () => {
    const question = asked(whole);
    const granted = click(question, APPROVE, { world: gone }).record;
    const sent = tick(granted, gone);
    expect(sent.effects).toMatchObject([{ kind: "start_maintenance" }]);
    const { record } = tick(sent.record, downWorld({ agents: [], goneAgents: [web01.id] }));
    expect(lastEvent(record, "down")).toMatchObject({ tasksLost: 1 });
    expect(lastEvent(record, "down").tasksAway ?? 0).toBe(0);
  });

  test("what its framework did is not learnt as having left", () => {
    const before = tick(inPhase("scheduled", { agents: [] }), whole).record;
    expect(marked().record.behaviour).toEqual(before.behaviour);
  });

  test("the card, hosts and the status of the maintenance show it", () => {
    const { record } = marked();
    expect(JSON.stringify(renderCard(record, NOW + MINUTE))).toContain("was marked gone by somebody");
    const resolution = { machines: [machine("web-01")], literals: [], matchedNothing: [], unknown: [] };
    for (const reply of [hostsReply("prod", resolution, gone, [record]), statusOfMaintenance(record, NOW)]) {
      expect(drawn(reply)).toMatch(/web-01 .*0, 1 gone +0/);
    }
  });

  test("where no task tells of it the agent is unknown, as one that is away", () => {
    const { record } = marked({ ...gone, goneAgents: [] });
    expect(record.picture?.machines[0]).toMatchObject({ away: 1, tasks: 1 });
    expect(news(record)).not.toContain("agents_gone");
  });

  test("a new agent at its address takes its place", () => {
    const anew = agent("web-01", { id: "web-01-S7", port: 5051 });
    const { record } = tick(marked().record, { ...gone, agents: [anew, web02] }, NOW + 2 * MINUTE);
    expect(first(record).agents.map(({ id }) => id)).toEqual([web02.id, anew.id]);
    expect(record.picture?.machines[0]).toMatchObject({ agents: 1, away: 0 });
  });
});

describe("after Up", () => {
  test("an agent that was marked gone is not waited for, and the end says so everywhere", () => {
    const { record } = twoLooks(up(), goneWorld({ agents: [web02] }), NOW + 2 * MINUTE);
    expect(lastEvent(record, "agents_returned")).toMatchObject({ missing: 0, agents: 1 });
    const why = "not waited for: 1 agent marked gone, on web-01";
    expect(record.end).toMatchObject({ phase: "up", why: expect.stringContaining(why) });
    const card = JSON.stringify(renderCard(record, NOW));
    expect(card).toContain(why);
    expect(card).not.toContain("Back in service");
    expect(handOver(record, readerOf()).text).toContain(why);
    expect(statusOfMaintenance(record, NOW).text).toContain(why);
  });

  test("who stops the waiting for the others is told of it too", () => {
    const { record } = click(up(), { kind: "cancel" });
    expect(record.end?.why).toMatch(/not back: 1 of 1 agent, on web-02; not waited for: 1 agent marked gone/);
  });

  test("a new agent at the address of one that is gone does not stand for another that is missing", () => {
    const second = agent("web-01", { id: "web-01-S1", port: 5052 });
    const machines = [machine("web-01")];
    const before = tick(
      inPhase("draining", { machines, agents: [] }),
      drainingWorld({ agents: [web01, second], tasks: tasks.slice(0, 1) }),
    ).record;
    const world = drainingWorld({ agents: [second], goneAgents: [web01.id] });
    const { record } = tick(before, world, NOW + MINUTE);
    const batches = record.batches.map((batch) => ({
      ...batch,
      phase: "bringing_up" as const,
      confirmedUp: [],
    }));
    const back = tick({ ...record, batches } as Maintenance, goneWorld({ agents: [] }), NOW + MINUTE).record;
    const anew = agent("web-01", { id: "web-01-S7", port: 5051 });
    const later = tick(back, worldOf({ agents: [anew] }), NOW + 2 * MINUTE).record;
    expect(news(later)).not.toContain("agents_returned");
    expect(later.end).toBeNull();
  });
});

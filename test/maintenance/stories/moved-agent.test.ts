import { describe, expect, test } from "vitest";
import { sightOf, whyFiltered } from "../../../src/maintenance/sight/sight.js";
import { agent, framework, MINUTE, machine, NOW, task } from "../../support/world.js";
import { APPROVE, approved, asked, click, drainingWorld, lastEvent, news, tick } from "../support/flow.js";

const tasks = [task("t1", "marathon", "web-01")];

const before = drainingWorld({ tasks });

const there = [agent("web-01", { machine: machine("web-01", "10.9.9.9") }), agent("web-02"), agent("web-03")];

const moved = drainingWorld({ tasks, agents: there });

const why = "the agent of web-01 (10.0.0.1) is now at 10.9.9.9; the window does not match it";

describe("an agent that registered again under another IP (invariant 4)", () => {
  test("a moved agent is told while its machine drains, once, with the way on", () => {
    const { record } = tick(asked(before), moved);
    expect(record.trouble).toMatchObject({
      code: "agent_moved",
      what: `An agent registered again as another machine: ${why}.`,
      next: expect.stringContaining("/mesos cancel m-7k3q"),
    });
    expect(news(tick(record, moved, NOW + MINUTE).record, record)).toEqual([]);
  });

  test("a moved agent stops the Down at the click: a machine without an agent would go Down, and the tasks live on", () => {
    const { record, reply } = click(asked(before), APPROVE, { world: moved });
    expect(reply).toMatchObject({ tone: "refused", text: expect.stringContaining("10.9.9.9") });
    expect(tick(record, moved).effects).toEqual([]);
  });

  test("a moved agent stops a Down that was approved before", () => {
    const { record, effects } = tick(approved(before), moved);
    expect(effects).toEqual([]);
    expect(lastEvent(record, "approval_outdated").changes).toContain(why);
  });

  test("an agent that moved to another host name is named with it", () => {
    const elsewhere = drainingWorld({
      agents: [agent("web-01", { machine: machine("db-01", "10.9.9.9") }), agent("web-02")],
    });
    expect(tick(asked(), elsewhere).record.trouble?.what).toContain(
      "the agent of web-01 is now at db-01 (10.9.9.9)",
    );
  });

  test("a moved agent keeps its inverse offer from before without that being a missing right", () => {
    const offered = framework("marathon", { inverseOffers: [{ agentId: "web-01-S0" }] });
    expect(whyFiltered(sightOf(drainingWorld({ agents: there, frameworks: [offered] })))).toBeNull();
    const other = framework("marathon", { inverseOffers: [{ agentId: "web-03-S0" }] });
    expect(whyFiltered(sightOf(drainingWorld({ agents: there, frameworks: [other] })))?.what).toContain(
      "web-03",
    );
  });
});

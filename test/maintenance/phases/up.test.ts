import { describe, expect, test } from "vitest";
import { withRunAsked, withRunSeen } from "../../../src/maintenance/record/runs.js";
import { agent, HOUR, MINUTE, NOW, windowOn, worldOf } from "../../support/world.js";
import { goneWorld, inPhase, lastEvent, news, tick, twoLooks } from "../support/flow.js";

describe("up", () => {
  const nobody = goneWorld({ agents: [] });
  const up = tick(inPhase("bringing_up"), nobody).record;

  test("a maintenance that is up ends when every agent that was there has registered again", () => {
    const one = tick(up, worldOf({ agents: [agent("web-02")] }), NOW + MINUTE).record;
    expect(lastEvent(one, "agents_returned")).toMatchObject({ machines: ["web-02"], missing: 1 });
    expect(one.end).toBeNull();
    const all = twoLooks(one, worldOf(), NOW + 2 * MINUTE);
    expect(lastEvent(all.record, "agents_returned")).toMatchObject({ machines: ["web-01"], missing: 0 });
    expect(all.record.end).toMatchObject({ phase: "up" });
    expect(all.wakeAtMs).toBeNull();
  });

  test("agents that do not come back in time are told once, and are awaited on", () => {
    const late = tick(up, nobody, NOW + 10 * MINUTE);
    expect(lastEvent(late.record, "agents_missing").machines).toEqual(["web-01", "web-02"]);
    expect(news(tick(late.record, nobody, NOW + HOUR).record, late.record)).toEqual([]);
    expect(late.wakeAtMs).not.toBeNull();
  });

  test.each<[string, Parameters<typeof worldOf>[0], string[]]>([
    [
      "is Down again",
      { agents: [agent("web-02")], down: ["web-01"], windows: [windowOn(["web-01"], NOW, HOUR)] },
      ["web-01: it is Down again, by somebody else"],
    ],
    [
      "is not connected",
      { agents: [agent("web-01", { active: false }), agent("web-02")] },
      ["web-01: its agent is registered and not connected"],
    ],
    [
      "calls itself otherwise",
      { agents: [agent("db-01", { machine: { hostname: "db-01", ip: "10.0.0.1" } }), agent("web-02")] },
      ["web-01: an agent at its address calls itself db-01"],
    ],
    [
      "is not heard of since a fail-over",
      { agents: [agent("web-02")], recoveredAgents: [agent("web-01")] },
      ["web-01: the leading master changed and has not heard of its agent since"],
    ],
  ])("an agent that is late because it %s is told with that", (_, parts, why) => {
    const late = tick(up, goneWorld(parts), NOW + 10 * MINUTE);
    expect(lastEvent(late.record, "agents_missing")).toMatchObject({ machines: ["web-01"], why });
  });

  test("an agent that is late is told with how its runbook came out on the machine", () => {
    const outcome = {
      kind: "failed" as const,
      atMs: NOW,
      words: "Exit code 2.",
      hosts: [
        { hostname: "web-01", how: "failed" as const },
        { hostname: "web-02", how: "ok" as const },
      ],
    };
    const where = { kind: "batch" as const };
    const runbook = { name: "kernel-update", digest: "d", where, timeLimitMs: HOUR, then: "ask" as const };
    const asked = withRunAsked(up, "b1", runbook, { approval: "b1a1" }, NOW);
    const ran = withRunSeen(asked, "b1r1", { started: null, outcome }, NOW);
    const late = tick(ran, nobody, NOW + 10 * MINUTE);
    expect(lastEvent(late.record, "agents_missing").why).toEqual([
      "web-01: the runbook kernel-update came out there as failed",
    ]);
  });

  test("an agent that is back and deactivated by somebody is told as that, and one that was drained here is reactivated", () => {
    const world = worldOf({
      agents: [agent("web-01", { active: false, deactivated: true, drain: "drained" }), agent("web-02")],
    });
    const { record } = tick(up, world, NOW + MINUTE);
    expect(lastEvent(record, "agents_returned").changes).toEqual([
      "web-01 is deactivated, and not by this maintenance: it takes no tasks until somebody reactivates it",
    ]);
    const drained = [{ agentId: "web-01-S0", approvalId: "b1a1", sentAtMs: NOW - HOUR, tasks: 1 }];
    const own = inPhase("up", { drained });
    const step = tick(own, world, NOW + MINUTE);
    expect(lastEvent(step.record, "agents_returned").changes).toBeUndefined();
    expect(step.effects).toEqual([{ kind: "reactivate_agent", batch: "b1", agentId: "web-01-S0" }]);
    expect(twoLooks(step.record, world, NOW + MINUTE).record.end).toBeNull();
  });

  test("machines that never had an agent are not waited for", () => {
    const record = twoLooks(inPhase("bringing_up", { agents: [] }), nobody).record;
    expect(record.end).toMatchObject({ phase: "up" });
  });
});

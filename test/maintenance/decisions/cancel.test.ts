import { describe, expect, test } from "vitest";
import { KILL_TAKES_MS } from "../../../src/maintenance/moving/moves.js";
import { appMove, moveOf } from "../../support/moving.js";
import { agent, answer, NOW, recordOf, task } from "../../support/world.js";
import {
  APPROVE,
  ASK,
  approved,
  asked,
  click,
  DENY,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  tick,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });

describe("cancel", () => {
  test("a cancel before the hosts were looked up ends the maintenance at once", () => {
    expect(click(recordOf(), { kind: "cancel" }).record.end).toMatchObject({ phase: "cancelled" });
  });

  test("a cancel of a draining maintenance is carried out by the next tick; a second one changes nothing", () => {
    const once = click(asked(busy), { kind: "cancel" }).record;
    expect(once).toMatchObject({ cancel: { by: "U0BOB" }, end: null });
    const twice = click(once, { kind: "cancel" }, { by: "U0CAROL" });
    expect(twice.record).toBe(once);
    expect(twice.reply.text).toMatch(/being cancelled by <@U0BOB>/);
    for (const decision of [APPROVE, DENY, ASK])
      expect(click(once, decision, { world: busy }).record).toBe(once);
    expect(first(tick(once, goneWorld()).record).approvals).toMatchObject([
      { outcome: { kind: "withdrawn" } },
    ]);
  });

  test("a cancel after the approval, while nothing was sent yet, takes the approval back", () => {
    const { record, reply } = click(approved(busy), { kind: "cancel" });
    expect(reply.tone).toBe("done");
    expect(first(record)).toMatchObject({
      phase: "draining",
      approvals: [{ outcome: { kind: "withdrawn" } }],
    });
    expect(tick(record, busy).effects).toMatchObject([{ edit: { kind: "remove" } }]);
  });

  test("a cancel while machines are being taken down cannot call that back", () => {
    const going = tick(approved(busy), busy).record;
    const { record, reply } = click(going, { kind: "cancel" });
    expect(record).toBe(going);
    expect(reply).toMatchObject({ tone: "refused", next: expect.stringContaining("/mesos up m-7k3q") });
  });

  test("a cancel of machines that are up stops waiting for agents that never come back", () => {
    const up = tick(inPhase("bringing_up"), goneWorld({ agents: [agent("web-02")] })).record;
    const { record, reply } = click(up, { kind: "cancel" });
    expect(record.end).toMatchObject({
      phase: "up",
      why: expect.stringContaining("not back: 1 of 2 agents"),
    });
    expect(lastEvent(record, "note").text).toMatch(
      /<@U0BOB> stops the waiting: .* not back: 1 of 2 agents, on web-01\./,
    );
    expect(reply.tone).toBe("done");
  });

  test("neither ends with a kill of ours that is not known to be gone: others move tasks of the same app by what is seen here (invariant 13)", () => {
    const kills = [{ task: "a1", atMs: NOW, healthy: 4, isGone: false }];
    const moves = [moveOf({ apps: [appMove({ kills })] })];
    const up = { ...tick(inPhase("bringing_up"), goneWorld({ agents: [agent("web-02")] })).record, moves };
    const early = click(up, { kind: "cancel" });
    expect(early.record).toBe(up);
    expect(early.reply).toMatchObject({ tone: "refused", notDone: "It was not closed." });
    expect(click(up, { kind: "cancel" }, { nowMs: NOW + KILL_TAKES_MS }).record.end).not.toBeNull();
  });
});

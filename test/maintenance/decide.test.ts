import { describe, expect, test } from "vitest";
import { needsWorld } from "../../src/maintenance/decide.js";
import { phaseOf } from "../../src/maintenance/record/batch.js";
import { type Decision, decision } from "../../src/maintenance/record/decision.js";
import { PHASES } from "../../src/maintenance/record/record.js";
import { agent, answer, batchOf, HOUR, NOW, recordOf, task, windowOn, worldOf } from "../support/world.js";
import {
  APPROVE,
  ASK,
  approved,
  asked,
  click,
  DENY,
  downWorld,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  news,
  tick,
} from "./support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });

test("only decisions about Down need a world read after the click (invariant 5)", () => {
  const kinds = decision.options.map((option) => option.shape.kind.value);
  expect(kinds.filter(needsWorld)).toEqual(["ask_down", "approve"]);
});

describe("cancel", () => {
  test("before the hosts were looked up ends at once", () => {
    expect(click(recordOf(), { kind: "cancel" }).record.end).toMatchObject({ phase: "cancelled" });
  });

  test("of a draining maintenance is carried out by the next tick; a second one changes nothing", () => {
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

  test("after the approval, while nothing was sent yet, takes the approval back", () => {
    const { record, reply } = click(approved(busy), { kind: "cancel" });
    expect(reply.tone).toBe("done");
    expect(first(record)).toMatchObject({
      phase: "draining",
      approvals: [{ outcome: { kind: "withdrawn" } }],
    });
    expect(tick(record, busy).effects).toMatchObject([{ edit: { kind: "remove" } }]);
  });

  test("while machines are being taken down cannot call that back", () => {
    const going = tick(approved(busy), busy).record;
    const { record, reply } = click(going, { kind: "cancel" });
    expect(record).toBe(going);
    expect(reply).toMatchObject({ tone: "refused", next: expect.stringContaining("/mesos up m-7k3q") });
  });

  test("of machines that are up stops waiting for agents that never come back", () => {
    const up = tick(inPhase("bringing_up"), goneWorld({ agents: [agent("web-02")] })).record;
    const { record, reply } = click(up, { kind: "cancel" });
    expect(record.end).toMatchObject({ phase: "up" });
    expect(lastEvent(record, "note").text).toMatch(/<@U0BOB> closed this .* agents on web-01\./);
    expect(reply.tone).toBe("done");
  });
});

describe("up", () => {
  test("brings Down machines up; a second click changes nothing", () => {
    const once = click(inPhase("down"), { kind: "up" }).record;
    expect(first(once).phase).toBe("bringing_up");
    expect(click(once, { kind: "up" }).record).toBe(once);
  });
});

describe("retry", () => {
  const removed = tick(asked(busy), drainingWorld({ windows: [], tasks: [t1] })).record;

  test("posts a removed window again, withdraws the question and asks anew when it stands", () => {
    const { record } = click(removed, { kind: "retry" });
    expect(first(record)).toMatchObject({
      phase: "scheduled",
      approvals: [{ outcome: { kind: "withdrawn" } }],
    });
    expect(tick(record, worldOf()).effects).toHaveLength(1);
    const stands = tick(record, drainingWorld()).record;
    expect(news(stands, record)).toEqual(
      expect.arrayContaining(["scheduled", "approval_asked", "trouble_over"]),
    );
  });

  test("twice, or with a window that stands, changes nothing (invariant 3)", () => {
    const once = click(removed, { kind: "retry" }).record;
    expect(click(once, { kind: "retry" }).record).toBe(once);
    const standing = asked(busy);
    expect(click(standing, { kind: "retry" }).record).toBe(standing);
  });

  test("of a window that has ended is refused: it is made longer first, and posted then", () => {
    const over = NOW + 5 * HOUR;
    const half = worldOf({ windows: [windowOn(["web-01"], NOW, 4 * HOUR)] });
    const late = tick(inPhase("draining"), half, over).record;
    const { record, reply } = click(late, { kind: "retry" }, { nowMs: over });
    expect(record).toBe(late);
    expect(reply).toMatchObject({ tone: "refused", next: expect.stringContaining("/mesos extend m-7k3q") });
    const longer = click(late, { kind: "extend", byMs: 4 * HOUR }, { by: "U0ALICE", nowMs: over }).record;
    const moved = tick(longer, worldOf({ windows: [windowOn(["web-01"], NOW, 8 * HOUR)] }), over).record;
    const again = click(moved, { kind: "retry" }, { nowMs: over }).record;
    const step = tick(again, worldOf({ windows: [windowOn(["web-01"], NOW, 8 * HOUR)] }), over);
    expect(step.effects).toMatchObject([{ kind: "update_schedule", edit: { kind: "place" } }]);
  });
});

/** What each decision does in each phase when the world agrees with the phase: the phase after it, or no change. */
describe("every decision in every phase", () => {
  const GOES: Record<string, string> = {
    "draining ask_down": "awaiting_approval",
    "scheduled cancel": "cancel",
    "draining cancel": "cancel",
    "awaiting_approval cancel": "cancel",
    "awaiting_approval approve": "taking_down",
    "awaiting_approval deny": "draining",
    "down up": "bringing_up",
    "up cancel": "end",
    "scheduled hold": "held",
    "draining hold": "held",
    "awaiting_approval hold": "held",
    "taking_down hold": "held",
    "taking_down cancel": "cancel",
    "draining extend": "draining",
    "awaiting_approval extend": "draining",
    "down extend": "down",
  };
  const decisions: Decision[] = [
    ASK,
    APPROVE,
    DENY,
    { kind: "cancel" },
    { kind: "up" },
    { kind: "retry" },
    { kind: "hold", reason: null },
    { kind: "release" },
    { kind: "extend", byMs: HOUR },
    { kind: "override", reason: "it is urgent" },
  ];
  const recordIn = (phase: (typeof PHASES)[number]) => {
    if (phase === "awaiting_approval") return asked(busy);
    if (phase === "taking_down") return approved(busy);
    const end = phase === "cancelled" || phase === "failed" ? { end: { phase, atMs: NOW, why: null } } : {};
    return recordOf({ ...end, batches: [batchOf({ phase })] });
  };
  const rows = PHASES.flatMap((phase) =>
    decisions.map((decision) => [phase, decision.kind, decision] as const),
  );
  test.each(rows)("%s + %s", (phase, kind, decision) => {
    const before = recordIn(phase);
    // Somebody else than who has approved: they are told once more that they did.
    const by = phase === "taking_down" ? "U0CAROL" : "U0BOB";
    const { record, reply } = click(before, decision, { by, world: phase === "down" ? downWorld() : busy });
    const goes = GOES[`${phase} ${kind}`];
    if (goes === undefined) {
      expect(record).toBe(before);
      expect(reply.tone).not.toBe("done");
      expect(reply.next ?? reply.notDone ?? reply.text).toMatch(/\S/);
    } else {
      const flag = record.cancel !== null ? "cancel" : record.held !== null ? "held" : phaseOf(record);
      expect(record.end !== null ? "end" : flag).toBe(goes);
      expect(reply.tone).toBe("done");
    }
  });
});

import { describe, expect, test } from "vitest";
import { decide, needsWorld } from "../../src/maintenance/decide.js";
import type { DecisionContext } from "../../src/maintenance/decisions/decided.js";
import { type Decision, decision } from "../../src/maintenance/decisions/table.js";
import { phaseOf } from "../../src/maintenance/record/batch.js";
import type { Maintenance } from "../../src/maintenance/record/record.js";
import { PHASES } from "../../src/maintenance/record/record.js";
import { NONE_STORED } from "../../src/maintenance/record/unreadable.js";
import { millisToNanos } from "../../src/maintenance/time.js";
import { answer, batchOf, HOUR, NOW, policyOf, recordOf, task, windowOn } from "../support/world.js";
import {
  APPROVE,
  ASK,
  approved,
  asked,
  askedToKill,
  click,
  DENY,
  downWorld,
  drainingWorld,
  inPhase,
  tick,
} from "./support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });

test("only decisions about Down, and about what is killed or run, need a world read after the click (invariant 5)", () => {
  const kinds = decision.options.map((option) => option.shape.kind.value);
  expect(kinds.filter(needsWorld)).toEqual([
    "ask_down",
    "ask_kill_drain",
    "ask_move",
    "approve",
    "retry_run",
  ]);
});

/** What each decision does in each phase when the world agrees with the phase: the phase after it, or no change. */
describe("every decision in every phase", () => {
  const GOES: Record<string, string> = {
    "draining ask_down": "awaiting_approval",
    "draining ask_kill_drain": "awaiting_approval",
    "awaiting_approval ask_kill_drain": "awaiting_approval",
    "kill_draining approve": "kill_draining",
    "kill_draining deny": "scheduled",
    "kill_draining ask_down": "scheduled",
    "kill_draining cancel": "cancel",
    "kill_draining hold": "held",
    "kill_draining extend": "kill_draining",
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
    { kind: "ask_kill_drain", batch: "b1", graceMs: null },
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
    if (phase === "kill_draining") return askedToKill(busy);
    if (phase === "awaiting_approval") return asked(busy);
    if (phase === "taking_down") return approved(busy);
    const end = phase === "cancelled" || phase === "failed" ? { end: { phase, atMs: NOW, why: null } } : {};
    return recordOf({ ...end, batches: [batchOf({ phase })] });
  };
  const rows = PHASES.flatMap((phase) =>
    decisions.map((decision) => [phase, decision.kind, decision] as const),
  );
  test.each(rows)("a %s maintenance takes the decision %s as the table says", (phase, kind, decision) => {
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

const world = drainingWorld();

/** The job of Bob's request of `askedAtMs`, run at `nowMs`. */
function at(nowMs: number, askedAtMs: number): DecisionContext {
  const person = { user: "U0BOB", standing: "member" as const, groups: [], lookupFailed: false };
  return {
    person,
    nowMs,
    askedAtMs,
    policy: policyOf(),
    world: null,
    others: NONE_STORED,
    freeId: "m-other",
  };
}

describe("a decision whose job is run a second time, because the worker died after it was stored", () => {
  test.each<[string, Maintenance, Decision]>([
    ["approve", asked(world), APPROVE],
    ["deny", asked(world), DENY],
    ["cancel", inPhase("draining"), { kind: "cancel" }],
    ["up", inPhase("down"), { kind: "up" }],
    ["hold", inPhase("draining"), { kind: "hold", reason: null }],
    ["extend", inPhase("draining"), { kind: "extend", byMs: HOUR }],
  ])("%s is done once, and answered as done both times (invariant 7)", (_, before, decision) => {
    const once = click(before, decision, { world });
    expect(once.reply.tone).toBe("done");
    const again = click(once.record, decision, { world });
    expect(again.record).toBe(once.record);
    expect(again.reply).toEqual(once.reply);
  });

  test("an extension is not made a second time once the longer window stands either, however late the job runs again", () => {
    const [before, EXTEND] = [inPhase("draining"), { kind: "extend", byMs: HOUR } as const];
    const once = decide(before, EXTEND, at(NOW + 1_000, NOW));
    const longer = drainingWorld({ windows: [windowOn(["web-01", "web-02"], NOW, 5 * HOUR)] });
    const moved = tick(once.record, longer).record;
    expect(moved.batches).toMatchObject([{ movingFrom: null }]);
    const again = decide(moved, EXTEND, at(NOW + HOUR, NOW));
    expect(again).toEqual({ record: moved, reply: once.reply });
    const another = decide(moved, EXTEND, at(NOW + HOUR, NOW + 2_000));
    expect(another.record.batches).toMatchObject([{ window: { duration: millisToNanos(6 * HOUR) } }]);
  });

  test("a release that is run again is answered as done, and a new one finds nothing to release", () => {
    const held = click(inPhase("draining"), { kind: "hold", reason: null }).record;
    const once = decide(held, { kind: "release" }, at(NOW + 1_000, NOW));
    expect(decide(once.record, { kind: "release" }, at(NOW + HOUR, NOW))).toEqual(once);
    expect(decide(once.record, { kind: "release" }, at(NOW + HOUR, NOW + 2_000)).reply.tone).toBe("info");
  });

  test("a second release is answered as done to whoever released, and to nobody else", () => {
    const held = click(inPhase("draining"), { kind: "hold", reason: null }).record;
    const once = click(held, { kind: "release" });
    expect(click(once.record, { kind: "release" })).toEqual(once);
    expect(click(once.record, { kind: "release" }, { by: "U0CAROL" }).reply.tone).toBe("info");
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, needsWorld } from "../../../../src/maintenance/decide.js";
import { decision } from "../../../../src/maintenance/decisions/table.js";
import { type Maintenance, PHASES, type Phase } from "../../../../src/maintenance/record/record.js";
import type { Run } from "../../../../src/maintenance/record/run.js";
import { NONE_STORED } from "../../../../src/maintenance/record/unreadable.js";
import { renderCard } from "../../../../src/slack/render/card/card.js";
import { runs } from "../../../support/fast-check.js";
import { runningRun } from "../../../support/runs.js";
import { policyOf } from "../../../support/world.js";
import { batchOf, HOUR, NOW, recordOf } from "../../fixtures.js";
import { buttons } from "./card-clicks.js";

describe("the buttons of the card", () => {
  test.each([
    ["scheduled", ["Hold", "Details", "Cancel"]],
    ["draining", ["Ask for Down", "Hold", "Extend", "Details", "Cancel"]],
    ["awaiting_approval", ["Hold", "Extend", "Details", "Cancel"]],
    ["taking_down", ["Hold", "Details", "Cancel"]],
    ["down", ["Up", "Extend", "Details"]],
    ["bringing_up", ["Details"]],
  ] as [Phase, string[]][])("while %s it has the buttons %j", (phase, labels) => {
    expect(buttons(recordOf({ batches: [batchOf({ phase })] })).map(([label]) => label)).toEqual(labels);
  });

  test("while the call is under way the maintenance can be neither held nor cancelled", () => {
    const intent = { approvalId: "b1a1", sentAtMs: NOW, tasks: 0 };
    const record = recordOf({ batches: [batchOf({ phase: "taking_down", intent })] });
    expect(buttons(record).map(([label]) => label)).toEqual(["Details"]);
  });

  test.each([
    ["window_changed", "draining", null, "Post the window again"],
    ["windows_gone", "draining", null, "Post the window again"],
    ["own_window_unseen", "scheduled", null, "Post the window again"],
    ["cancel_unseen", "draining", { by: "U02BOB", atMs: NOW }, "Cancel"],
    ["still_drained", "cancelled", { by: "U02BOB", atMs: NOW }, "Cancel"],
    ["down_unseen", "down", null, "Up"],
  ] as const)("the card offers what ends the trouble %s while %s", (code, phase, cancel, label) => {
    const trouble = { code, what: "w", said: null, notDone: "n", next: "x", sinceMs: NOW };
    const batches = [batchOf({ phase, postedAtMs: NOW })];
    expect(buttons(recordOf({ trouble, cancel, batches })).map(([shown]) => shown)).toContain(label);
  });

  test.each(["own_window_unseen", "down_unseen", "down_changed"])(
    "while machines are Down the card offers Up and never to post the window again: %s",
    (code) => {
      const trouble = { code, what: "w", said: null, notDone: "n", next: "x", sinceMs: NOW };
      const batches = [batchOf({ phase: "down", postedAtMs: NOW })];
      const labels = buttons(recordOf({ trouble, batches })).map(([label]) => label);
      expect(labels).toContain("Up");
      expect(labels).not.toContain("Post the window again");
    },
  );

  test("the buttons of the card decide what they say", () => {
    expect(buttons(recordOf())).toEqual([
      ["Ask for Down", { kind: "ask_down", batch: "b1" }],
      ["Hold", { kind: "hold", reason: null }],
      ["Extend", { kind: "extend", byMs: HOUR }],
      ["Details", { kind: "details", id: "m-7k3q" }],
      ["Cancel", { kind: "cancel" }],
    ]);
    const down = recordOf({ batches: [batchOf({ phase: "down" })] });
    expect(buttons(down)[0]).toEqual(["Up", { kind: "up" }]);
  });

  test("of several batches Up, Go on and Cancel mean the batch, the pause and the rest that the card shows, however late they are pressed", () => {
    const paused = { rule: "others_down", batch: "b2", saw: "s", about: [], sinceMs: NOW };
    const batches = [batchOf({ phase: "down" }), batchOf({ id: "b2" })];
    const shown = buttons(recordOf({ batches, paused })).map(([, decision]) => decision);
    expect(shown).toContainEqual({ kind: "up", batch: "b1" });
    expect(shown).toContainEqual({ kind: "cancel", rest: true });
    expect(shown).toContainEqual({ kind: "go_on", batch: "b1", sinceMs: NOW });
  });

  test("Go on of a record that nobody had looked after means that, and no pause", () => {
    const unwatched = { sinceMs: NOW - 3_600_000, noticedAtMs: NOW };
    const paused = { rule: "others_down", batch: "b1", saw: "s", about: [], sinceMs: NOW };
    const shown = buttons(recordOf({ batches: [batchOf()], unwatched, paused }));
    expect(shown).toContainEqual(["Go on", { kind: "go_on", batch: "b1", noticedAtMs: NOW }]);
  });

  test.each([
    ["refused", {}, ["Go on", "Skip batch"]],
    ["not_back", {}, ["Go on"]],
    ["failing", {}, ["Go on"]],
    ["outside_limits", { asksAlone: true }, ["Skip batch"]],
  ])("of what a person can do about a pause the card of %s offers what helps", (rule, parts, labels) => {
    const paused = { rule, batch: "b2", saw: "s", about: [], sinceMs: NOW, ...parts };
    const batches = [batchOf({ phase: "up", agents: [] }), batchOf({ id: "b2" })];
    const shown = buttons(recordOf({ batches, paused })).map(([label]) => label);
    expect(shown.filter((label) => label === "Go on" || label === "Skip batch")).toEqual(labels);
    expect(shown).toContain("Cancel");
  });

  test("while the next batch waits for agents the card offers to leave them behind, and no Skip", () => {
    const paused = { rule: "not_back", batch: "b2", saw: "s", about: [], sinceMs: NOW };
    const batches = [batchOf({ phase: "up" }), batchOf({ id: "b2" })];
    const shown = buttons(recordOf({ batches, paused })).map(([label]) => label);
    expect(shown.slice(0, 2)).toEqual(["Go on", "Leave behind"]);
    expect(shown).not.toContain("Skip batch");
  });

  describe("of machines that are Down with a runbook", () => {
    const RUN = runningRun();
    const cardOf = (run: Run | null) => {
      const record = recordOf({ batches: [batchOf({ phase: "down" })], runs: run === null ? [] : [run] });
      return { ...record, wanted: { ...record.wanted, run: "kernel-update" } };
    };
    const came = (kind: NonNullable<Run["outcome"]>["kind"]): Run => ({
      ...RUN,
      outcome: { kind, atMs: NOW, words: "w", hosts: [] },
    });
    const UP_AND_MORE = ["Extend", "Details"];

    test.each<[string, Run | null, string[]]>([
      ["that was not started", null, ["Run", "Up", ...UP_AND_MORE]],
      ["that runs", RUN, ["Stop run", "Hold", ...UP_AND_MORE]],
      ["that is being stopped", { ...RUN, stop: { by: "U02BOB", atMs: NOW } }, ["Hold", ...UP_AND_MORE]],
      ["that has succeeded", came("ok"), ["Up", ...UP_AND_MORE]],
      ["that has failed", came("failed"), ["Retry", "Leave down", "Up anyway", ...UP_AND_MORE]],
      [
        "whose machines were left Down",
        { ...came("failed"), leftDown: { by: "U02BOB", atMs: NOW } },
        ["Retry", "Up", ...UP_AND_MORE],
      ],
    ])("%s the card has the buttons that help", (_, run, labels) => {
      expect(buttons(cardOf(run)).map(([label]) => label)).toEqual(labels);
    });

    test("a Retry and Up anyway say where a run that is unknown may still be going on", () => {
      const confirms = renderCard(cardOf(came("unknown")), NOW)
        .blocks.flatMap((block) => (block.type === "actions" ? block.elements : []))
        .flatMap((element) => ("confirm" in element ? [element.confirm?.text.text ?? ""] : []));
      const warns = confirms.filter((text) => text.includes("may still be going on at the worker w1:4711"));
      expect(warns).toHaveLength(2);
    });

    test("a Retry means the run that comes next, so that an old button means none", () => {
      const retry = buttons(cardOf(came("failed"))).find(([label]) => label === "Retry");
      expect(retry?.[1]).toEqual({ kind: "retry_run", run: "b1r2" });
    });
  });

  test("the card does not offer to extend what has no end, or what is being moved", () => {
    const { window } = batchOf();
    const labels = (parts: Parameters<typeof batchOf>[0]) =>
      buttons(recordOf({ batches: [batchOf(parts)] })).map(([label]) => label);
    expect(labels({ window: { ...window, duration: null } })).not.toContain("Extend");
    expect(labels({ movingFrom: window })).not.toContain("Extend");
    expect(labels({ movingFrom: window })).not.toContain("Ask for Down");
  });

  test("the card offers to post the window again when somebody else changed it", () => {
    const trouble = {
      code: "window_changed",
      what: "Moved.",
      said: null,
      notDone: "Nothing.",
      next: "Post it.",
      sinceMs: NOW,
    };
    expect(buttons(recordOf({ trouble }))[0]).toEqual(["Post the window again", { kind: "retry" }]);
    expect(
      buttons(recordOf({ trouble: { ...trouble, code: "no_leader" } })).map(([label]) => label),
    ).not.toContain("Post the window again");
  });

  test("the card invites to Up and to Release, never to Down", () => {
    const style = (record: Maintenance, label: string) =>
      renderCard(record, NOW)
        .blocks.flatMap((block) => (block.type === "actions" ? block.elements : []))
        .flatMap((element) =>
          element.type === "button" && element.text.text === label ? [element.style] : [],
        );
    expect(style(recordOf(), "Ask for Down")).toEqual([undefined]);
    expect(style(recordOf({ batches: [batchOf({ phase: "down" })] }), "Up")).toEqual(["primary"]);
  });

  test("property: no button of the card is refused because of where the maintenance stands", () => {
    const { window } = batchOf();
    const batch = fc
      .record({
        phase: fc.constantFrom(...PHASES),
        sent: fc.boolean(),
        moving: fc.boolean(),
        open: fc.boolean(),
      })
      .map(({ phase, sent, moving, open }) =>
        batchOf({
          phase,
          intent: sent && phase === "taking_down" ? { approvalId: "a1", sentAtMs: NOW, tasks: 0 } : null,
          movingFrom: moving && (phase === "draining" || phase === "down") ? window : null,
          window: open ? { ...window, duration: null } : window,
        }),
      );
    const held = { by: "U01ALICE", atMs: NOW, reason: null, as: "operator" as const };
    const records = fc
      .record({
        batches: fc.array(batch, { minLength: 1, maxLength: 3 }),
        held: fc.constantFrom(null, held),
        cancel: fc.constantFrom(null, { by: "U01ALICE", atMs: NOW }),
      })
      .map(({ batches, held, cancel }) =>
        recordOf({ held, cancel, batches: batches.map((one, index) => ({ ...one, id: `b${index + 1}` })) }),
      );
    const person = { user: "U01ALICE", standing: "member" as const, groups: [], lookupFailed: false };
    fc.assert(
      fc.property(records, (record) => {
        for (const [label, value] of buttons(record)) {
          const click = decision.safeParse(value);
          // The world decides on these, and it is read after the click.
          if (!click.success || needsWorld(click.data.kind)) continue;
          const { reply } = decide(record, click.data, {
            person,
            nowMs: NOW,
            askedAtMs: NOW,
            policy: policyOf(),
            world: null,
            others: NONE_STORED,
            freeId: "m-other",
          });
          expect([label, reply.tone, reply.text]).toEqual([label, "done", reply.text]);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

import { describe, expect, test } from "vitest";
import type { Maintenance, Phase } from "../../../../src/maintenance/record/record.js";
import { renderCard } from "../../../../src/slack/render/card/card.js";
import { batchOf, HOUR, NOW, recordOf } from "../../fixtures.js";
import { renderText } from "../../plain-text.js";

/** 22:52 UTC. */
const AT = NOW + HOUR;

const ask = { atMs: AT, then: "ask" as const, met: false };

/** What the card says of the deadline, or nothing. */
function line(parts: Partial<Maintenance>, now = NOW): string | undefined {
  const shown = renderText(renderCard(recordOf({ deadline: ask, ...parts }), now));
  return /^Deadline {2}2026-11-20 22:52 UTC: (.*)$/m.exec(shown)?.[1];
}

describe("the deadline on the card", () => {
  test.each([
    ["release", "if tasks are left then, the machines are given back"],
    ["ask", "if tasks are left then, the approval is asked for"],
    ["force", "if tasks are left then, the approval is asked for, to go on in spite of them"],
  ] as const)("the deadline on the card says before it what it does: %s", (then, words) => {
    expect(line({ deadline: { ...ask, then } })).toBe(words);
  });

  test("the deadline on the card says that it passed, for as long as it could not be acted on", () => {
    expect(line({}, AT)).toBe(
      "passed; if tasks are left, the approval is asked for as soon as that is possible",
    );
  });

  test("the deadline on the card says that it waits for the release of a hold", () => {
    const held = { by: "U02BOB", atMs: NOW, reason: null, as: "operator" as const };
    expect(line({ held }, AT)).toBe(
      "passed while held; after the release, if tasks are left, the approval is asked for",
    );
  });

  test("the deadline on the card says that it waits for the end of a pause", () => {
    const paused = { rule: "refused", batch: "b1", saw: "s", about: [], sinceMs: NOW };
    expect(line({ paused }, AT)).toBe(
      "passed while paused; once it goes on, if tasks are left, the approval is asked for",
    );
  });

  test("the deadline on the card says what it did, and in spite of how many tasks", () => {
    const events: Maintenance["events"] = [
      { kind: "deadline", then: "force", tasksLeft: 1, seq: 1, atMs: AT },
    ];
    expect(line({ deadline: { ...ask, met: true }, events }, AT)).toBe(
      "passed with 1 task left, so the approval was asked for, to go on in spite of them",
    );
  });

  test("the deadline on the card says that the machines were empty by then, unless the log is too short to know", () => {
    const met = { ...ask, met: true };
    expect(line({ deadline: met, events: [], seq: 0 }, AT)).toBe("met, no tasks were left");
    expect(line({ deadline: met, events: [], seq: 700 }, AT)).toBe("passed");
  });

  test.each(["taking_down", "down", "bringing_up", "up"] as Phase[])(
    "the deadline on the card is gone while %s: nothing is to be done about tasks any more",
    (phase) => {
      expect(line({ batches: [batchOf({ phase })] })).toBeUndefined();
      expect(line({ batches: [batchOf({ phase })], deadline: { ...ask, met: true } }, AT)).toBeUndefined();
    },
  );

  test("the deadline on the card is gone once it is being given back", () => {
    expect(line({ cancel: { by: "U01ALICE", atMs: NOW } }, AT)).toBeUndefined();
  });
});

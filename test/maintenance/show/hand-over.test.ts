import { describe, expect, test } from "vitest";
import type { LogEvent, NewEvent } from "../../../src/maintenance/record/events.js";
import { handOver } from "../../../src/maintenance/show/hand-over.js";
import { named } from "../../../src/maintenance/text/command.js";
import { readerOf } from "../../support/drawn.js";
import { batchOf, MINUTE, machine, NOW, recordOf } from "../../support/world.js";
import { finished } from "../support/finished.js";
import { first } from "../support/flow.js";

const done = finished();

describe("the hand-over of a finished maintenance", () => {
  const { name, text } = handOver(done, readerOf());

  test("the hand-over is a Markdown file named after the maintenance", () => {
    expect(name).toBe("m-7k3q-hand-over.md");
    expect(text).toMatch(/^# Maintenance m-7k3q\n/);
  });
  test.each([
    ["who and why", "- Asked for by: alice"],
    ["the reason, as text and not as markup", "- Reason: kernel \\*CVE\\*"],
    ["the ticket", "- Ticket: OPS-812"],
    ["how long it took", "- Ended at: 2026-10-20 13:00:00, after 1 h"],
    ["the window", "- b1: window from 2026-10-20 12:00:00 until 2026-10-20 16:00:00, 2 machines"],
    ["the machines", "- b1: web-02 (10.0.0.2)"],
    ["the answers", "- kafka: asked on 1 machine; accepted on 0, declined on 0, silent on 1; left 0"],
    [
      "the approval with what was shown",
      "shown 2 tasks on 2 machines; granted by bob at 2026-10-20 12:01:00",
    ],
    ["the override, on one line", "- calendar by carol at 2026-10-20 12:03:00: urgent very"],
    ["the tasks lost", "- 2 tasks\n- t1 of marathon on web-01\n- t2 of kafka on web-02"],
    ["the times", "- Down: 2026-10-20 12:02:00 (2 m after it was asked for)"],
    ["the events", "- 2026-10-20 12:01:00 bob approved Down"],
  ])("the hand-over says %s", (_, words) => {
    expect(text).toContain(words);
  });
  test("the hand-over calls the command what the requester typed, and leaves people's own words alone", () => {
    const reason = "see /mesos up";
    const events = [
      { seq: 1, atMs: NOW, kind: "held" as const, by: "U0BOB", reason, as: "operator" as const },
      { seq: 2, atMs: NOW, kind: "note" as const, text: "Type /mesos cancel m-7k3q." },
    ];
    const shown = named(handOver({ ...done, reason, events }, readerOf()).text, "/maint");
    expect(shown).toContain("- Reason: see /mesos up\n");
    expect(shown).toContain("held it: see /mesos up\n");
    expect(shown).toContain("Type /maint cancel m-7k3q.");
  });
  test("the hand-over tells votes one by one, and why a question was not carried out", () => {
    const [question] = first(done).approvals;
    const approvals = [
      {
        ...(question ?? expect.fail("There is no question.")),
        votesNeeded: 2,
        votes: [{ by: "U0BOB", atMs: NOW }],
        outcome: { kind: "outdated" as const, atMs: NOW, changes: ["task t3 is now on web-01"] },
      },
    ];
    const other = handOver({ ...done, batches: [batchOf({ approvals })] }, readerOf()).text;
    expect(other).toContain("needing 2, ");
    expect(other).toContain("- b1a1: bob approved at 2026-10-20 12:00:00");
    expect(other).toContain("because it got worse: task t3 is now on web-01");
  });
  test("the hand-over of a drain in batches tells the times of each batch, and calls it by its place", () => {
    const at = (seq: number, event: NewEvent): LogEvent =>
      ({ ...event, seq, atMs: NOW + seq * MINUTE }) as LogEvent;
    const events = [
      at(1, { kind: "requested", by: "U0ALICE" }),
      at(2, { kind: "scheduled", batch: "b1", machines: 2 }),
      at(3, { kind: "scheduled", batch: "b2", machines: 1 }),
      at(4, { kind: "approved", batch: "b1", approval: "b1a1", by: "U0BOB" }),
      at(5, { kind: "up", batch: "b1", machines: 2 }),
      at(6, { kind: "within_limits", batch: "b2", approval: "b1a1", by: "U0BOB" }),
      at(7, { kind: "up", batch: "b2", machines: 1 }),
    ];
    const batches = [
      batchOf({ phase: "up" }),
      batchOf({ id: "b2", phase: "up", machines: [machine("web-03")] }),
    ];
    const { text: shown } = handOver(recordOf({ batches, events }), readerOf());
    for (const line of [
      "- batch 2 of 2: web-03 (10.0.0.3)",
      "- asked for: 2026-10-20 12:01:00",
      "- batch 1 of 2: draining 2026-10-20 12:02:00, approved 2026-10-20 12:04:00, up 2026-10-20 12:05:00\n",
      "- batch 2 of 2: draining 2026-10-20 12:03:00, approved by limits 2026-10-20 12:06:00, up 2026-10-20 12:07:00\n",
    ])
      expect(shown).toContain(line);
    expect(shown).not.toContain("- draining:");
  });
  test("the hand-over does not name as lost what had left before the Down", () => {
    const events = done.events.map((event) => (event.kind === "down" ? { ...event, tasksLost: 1 } : event));
    expect(handOver({ ...done, events }, readerOf()).text).toContain(
      "- 1 task; 2 stood in the question that was approved",
    );
    expect(handOver(recordOf(), readerOf()).text).toContain("- No machine went down.");
  });
});

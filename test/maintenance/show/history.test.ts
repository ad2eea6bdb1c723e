import { describe, expect, test } from "vitest";
import { logEvent, type NewEvent } from "../../../src/maintenance/record/events.js";
import { withEvent } from "../../../src/maintenance/record/log.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { eventLines } from "../../../src/maintenance/show/event-line.js";
import { handOver } from "../../../src/maintenance/show/hand-over.js";
import { historyOf, historyReply, tasksLost } from "../../../src/maintenance/show/history.js";
import { batchOf, HOUR, MINUTE, NOW, recordOf, task } from "../../support/world.js";
import { APPROVE, asked, click, downWorld, drainingWorld, first, tick } from "../support/flow.js";

const world = drainingWorld({ tasks: [task("t1", "marathon", "web-01"), task("t2", "kafka", "web-02")] });

/** A maintenance from the question to its end, with everything that people may do on the way. */
function finished(): Maintenance {
  const question = { ...asked(world), reason: "kernel *CVE*", ticket: "OPS-812" };
  const refused = click(question, APPROVE, { by: "U0ALICE", world }).record;
  const approved = click(refused, APPROVE, { world, nowMs: NOW + MINUTE }).record;
  const sent = tick(approved, world, NOW + MINUTE).record;
  const down = tick(sent, downWorld(), NOW + 2 * MINUTE).record;
  const told = withEvent(down, NOW + 3 * MINUTE, {
    kind: "overridden",
    by: "U0CAROL",
    rule: "calendar",
    reason: "urgent",
  });
  return {
    ...told,
    overrides: [{ rule: "calendar", by: "U0CAROL", atMs: NOW + 3 * MINUTE, reason: "urgent\nvery" }],
    end: { phase: "up", atMs: NOW + HOUR, why: null },
  };
}

const done = finished();

const lines = (table: string | null) => table?.split("\n") ?? [];

describe("the history of a cluster", () => {
  test("lists open and finished maintenances once each, newest first", () => {
    const open = recordOf({ id: "m-open", requestedAtMs: NOW + 2 * HOUR, reason: "disk" });
    const reply = historyReply("prod", [done], [open, done], NOW + 3 * HOUR);
    expect(reply.text).toBe(
      "prod: 2 maintenances, 1 of them open. The last one ended 2 h ago. In the table U0ALICE is <@U0ALICE>.",
    );
    expect(lines(reply.table)).toEqual([
      "ID      PHASE      WHEN (UTC)        WHO      NO.  LOST  REASON",
      "m-open  requested  2026-10-20 14:00  U0ALICE    -     -  disk",
      "m-7k3q  up         2026-10-20 13:00  U0ALICE    2     2  OPS-812 kernel *CVE*",
    ]);
  });
  test("shows refused drains with the reason, and does not count them as maintenances", () => {
    const end = { phase: "failed" as const, atMs: NOW + HOUR, why: "m-1 holds web-01." };
    const refused = recordOf({ id: "m-none", batches: [], reason: "disk", end });
    const reply = historyReply("prod", [done, refused], [], NOW + 3 * HOUR);
    expect(reply.text).toMatch(/^prod: 1 maintenance\. The last one ended 2 h ago\. Refused: 1 drain\. /);
    expect(reply.table).toMatch(/m-none +refused .* m-1 holds web-01\./);
    expect(historyOf(refused).text).toMatch(/^m-none was refused: /);
  });
  test("of a new cluster says that there is none", () => {
    expect(historyReply("prod", [], [], NOW)).toMatchObject({ tone: "info", table: null });
  });
  test("a maintenance that took nothing down has lost nothing, which is not the same as zero tasks", () => {
    expect(tasksLost(recordOf())).toBeNull();
    expect(tasksLost(done)).toBe(2);
  });
});

describe("the history of a maintenance", () => {
  test("is its log: refusals, votes, overrides and reasons are lines of their own", () => {
    const { table, text } = historyOf(done);
    expect(text).toContain("asked for by <@U0ALICE> for kernel *CVE* (OPS-812)");
    expect(lines(table)).toHaveLength(done.events.length + 1);
    expect(table).toMatch(/2026-10-20 12:00:00 +U0ALICE +wanted to approve and may not: /);
    expect(table).toMatch(/2026-10-20 12:01:00 +U0BOB +approved Down/);
    expect(table).toMatch(/U0CAROL +overrode the rule calendar: urgent/);
    expect(table).not.toMatch(/<@/);
  });
  test("has a row for a question that was withdrawn, by whom and why", () => {
    const nowMs = NOW + MINUTE;
    const extended = click(asked(world), { kind: "extend", byMs: HOUR }, { nowMs }).record;
    const rows = lines(historyOf(extended).table);
    expect(rows.at(-1)).toMatch(/12:01:00 +U0BOB +the question was withdrawn: the window was extended/);
    expect(handOver(extended).text).toMatch(
      /b1a1: .*; withdrawn by U0BOB at 2026-10-20 12:01:00: the window/,
    );
    const cancelled = click(asked(world), { kind: "cancel" }, { nowMs }).record;
    expect(historyOf(cancelled).table).toMatch(/U0BOB +the question was withdrawn: the maintenance was canc/);
  });
  test("says how many events are no longer kept", () => {
    const [, ...rest] = done.events;
    expect(historyOf({ ...done, events: rest }).text).toContain("Not kept any more: 1 event.");
  });
});

const base = { batch: "b1", by: "U0BOB", approval: "b1a1" };
test.each<[NewEvent, string]>([
  [{ kind: "denied", ...base, reason: "not now" }, "denied Down: not now"],
  [{ kind: "denied", ...base, reason: null }, "denied Down"],
  [{ kind: "voted", ...base, votes: 1, needed: 2 }, "vote 1 of 2 for Down"],
  [{ kind: "held", by: "U0BOB", reason: "wait", as: "owner" }, "held it as an owner: wait"],
  [
    { kind: "refused", by: "U0BOB", decision: "ask_down", why: "Ask <@U0CAROL> or <!subteam^S1>." },
    "wanted to ask down and may not: Ask U0CAROL or S1.",
  ],
  [
    { kind: "extended", batch: "b1", by: "U0BOB", byMs: HOUR, endMs: NOW, askedAtMs: NOW },
    "extended the window by 1 h, until 2026-10-20 12:00:00",
  ],
  [{ kind: "answers_cleared", why: "fail_over" }, "the master forgot all answers after a fail-over"],
  [{ kind: "owners_told", owners: [{ owner: "S1", of: ["kafka"] }] }, "told owners: S1 (kafka)"],
])("%j reads as a line", (event, words) => {
  const parsed = logEvent.parse({ ...event, seq: 1, atMs: NOW });
  expect(eventLines(recordOf({ batches: [batchOf()], events: [parsed] }))[0]?.what).toBe(words);
});

test("batches and their questions are named where there are several", () => {
  const events = [
    logEvent.parse({ kind: "scheduled", batch: "b2", machines: 1, seq: 1, atMs: NOW }),
    logEvent.parse({ kind: "approved", ...base, seq: 2, atMs: NOW }),
    logEvent.parse({ kind: "down", batch: "b2", machines: 1, tasksLost: 1, seq: 3, atMs: NOW }),
  ];
  const wordsOf = (batches: Maintenance["batches"]) =>
    eventLines({ batches, events }).map(({ what }) => what);
  expect(wordsOf([batchOf()])).toEqual([
    "the window of 1 machine stands in the schedule",
    "approved Down",
    "1 machine Down, 1 task lost",
  ]);
  expect(wordsOf([batchOf(), batchOf({ id: "b2" })])).toEqual([
    "b2: the window of 1 machine stands in the schedule",
    "b1: approved b1a1",
    "b2: 1 machine Down, 1 task lost",
  ]);
});

describe("the hand-over of a finished maintenance", () => {
  const { name, text } = handOver(done);

  test("is a Markdown file of its id", () => {
    expect(name).toBe("m-7k3q-hand-over.md");
    expect(text).toMatch(/^# Maintenance m-7k3q\n/);
  });
  test.each([
    ["who and why", "- Asked for by: U0ALICE"],
    ["the reason, as text and not as markup", "- Reason: kernel \\*CVE\\*"],
    ["the ticket", "- Ticket: OPS-812"],
    ["how long it took", "- Ended at: 2026-10-20 13:00:00, after 1 h"],
    ["the window", "- b1: window from 2026-10-20 12:00:00 until 2026-10-20 16:00:00, 2 machines"],
    ["the machines", "- b1: web-02 (10.0.0.2)"],
    ["the answers", "- kafka: asked on 1 machine; accepted on 0, declined on 0, silent on 1; left 0"],
    [
      "the approval with what was shown",
      "shown 2 tasks on 2 machines; granted by U0BOB at 2026-10-20 12:01:00",
    ],
    ["the override, on one line", "- calendar by U0CAROL at 2026-10-20 12:03:00: urgent very"],
    ["the tasks lost", "- 2 tasks\n- t1 of marathon on web-01\n- t2 of kafka on web-02"],
    ["the times", "- Down: 2026-10-20 12:02:00 (2 m after it was asked for)"],
    ["the events", "- 2026-10-20 12:01:00 U0BOB approved Down"],
  ])("says %s", (_, words) => {
    expect(text).toContain(words);
  });
  test("tells votes one by one, and why a question was not carried out", () => {
    const [question] = first(done).approvals;
    const approvals = [
      {
        ...(question ?? expect.fail("There is no question.")),
        votesNeeded: 2,
        votes: [{ by: "U0BOB", atMs: NOW }],
        outcome: { kind: "outdated" as const, atMs: NOW, changes: ["task t3 is now on web-01"] },
      },
    ];
    const other = handOver({ ...done, batches: [batchOf({ approvals })] }).text;
    expect(other).toContain("needing 2, ");
    expect(other).toContain("- b1a1: U0BOB approved at 2026-10-20 12:00:00");
    expect(other).toContain("because it got worse: task t3 is now on web-01");
  });
  test("does not name as lost what had left before the Down", () => {
    const events = done.events.map((event) => (event.kind === "down" ? { ...event, tasksLost: 1 } : event));
    expect(handOver({ ...done, events }).text).toContain(
      "- 1 task; 2 stood in the question that was approved",
    );
    expect(handOver(recordOf()).text).toContain("- No machine went down.");
  });
});

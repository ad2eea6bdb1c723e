import { expect, test } from "vitest";
import { logEvent, type NewEvent } from "../../../src/maintenance/record/events.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { eventLines } from "../../../src/maintenance/show/event-line.js";
import { readerTime } from "../../../src/maintenance/text/reader-time.js";
import { written } from "../../../src/maintenance/text/tokens.js";
import { readerOf } from "../../support/drawn.js";
import { batchOf, HOUR, NOW, recordOf } from "../../support/world.js";

const reader = readerOf();

const nameOf = (id: string) => (id.startsWith("S") ? `the group of ${id}` : reader.nameOf(id));

const base = { batch: "b1", by: "U0BOB", approval: "b1a1" };

test.each<[NewEvent, string]>([
  [{ kind: "denied", ...base, reason: "not now" }, "denied Down: not now"],
  [{ kind: "denied", ...base, reason: null }, "denied Down"],
  [{ kind: "voted", ...base, votes: 1, needed: 2 }, "vote 1 of 2 for Down"],
  [{ kind: "held", by: "U0BOB", reason: "wait", as: "owner" }, "held it as an owner: wait"],
  [
    { kind: "refused", by: "U0BOB", decision: "ask_down", why: "Ask <@U0CAROL> or <!subteam^S1>." },
    "wanted to ask for Down and may not: Ask carol or the group of S1.",
  ],
  [
    { kind: "extended", batch: "b1", by: "U0BOB", byMs: HOUR, endMs: NOW, askedAtMs: NOW },
    "extended the window by 1 h, until 20 Oct 12:00",
  ],
  [{ kind: "answers_cleared", why: "fail_over" }, "the master forgot answers: another master leads"],
  [{ kind: "owners_told", owners: [{ owner: "S1", of: ["kafka"] }] }, "told owners: the group of S1 (kafka)"],
])("the event %j reads as a line", (event, words) => {
  const parsed = logEvent.parse({ ...event, seq: 1, atMs: NOW });
  const [line] = eventLines(recordOf({ batches: [batchOf()], events: [parsed] }));
  expect(written(line?.what ?? "", { nameOf, at: (ms) => readerTime(ms, reader) })).toBe(words);
});

test("batches and their questions are named where there are several", () => {
  const events = [
    logEvent.parse({ kind: "scheduled", batch: "b2", machines: 1, seq: 1, atMs: NOW }),
    logEvent.parse({ kind: "approved", ...base, seq: 2, atMs: NOW }),
    logEvent.parse({ kind: "down", batch: "b2", machines: 1, tasksLost: 1, seq: 3, atMs: NOW }),
    logEvent.parse({ kind: "windows_moved", batches: ["b2"], byMs: HOUR, seq: 4, atMs: NOW }),
  ];
  const wordsOf = (batches: Maintenance["batches"]) =>
    eventLines({ batches, events }).map(({ what }) => what);
  expect(wordsOf([batchOf()])).toEqual([
    "the window of 1 machine stands in the schedule",
    "approved Down",
    "1 machine Down, 1 task lost",
    expect.stringContaining("windows of"),
  ]);
  expect(wordsOf([batchOf(), batchOf({ id: "b2" })])).toEqual([
    "batch 2 of 2: the window of 1 machine stands in the schedule",
    "batch 1 of 2: approved b1a1",
    "batch 2 of 2: 1 machine Down, 1 task lost",
    "windows of batch 2 of 2 moved by 1 h: the batch before is late",
  ]);
});

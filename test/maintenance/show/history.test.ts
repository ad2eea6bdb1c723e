import { describe, expect, test } from "vitest";
import { handOver } from "../../../src/maintenance/show/hand-over.js";
import {
  EVERYTHING,
  historyOf,
  historyReply,
  isMeant,
  tasksLost,
} from "../../../src/maintenance/show/history.js";
import { drawn, drawnLines, readerOf } from "../../support/drawn.js";
import { batchOf, HOUR, keptOf, MINUTE, machine, NOW, recordOf, task } from "../../support/world.js";
import { finished } from "../support/finished.js";
import { asked, click, drainingWorld } from "../support/flow.js";

const world = drainingWorld({ tasks: [task("t1", "marathon", "web-01"), task("t2", "kafka", "web-02")] });

const done = finished();

describe("the history of a cluster", () => {
  test("the history lists open and finished maintenances once each, newest first", () => {
    const open = recordOf({ id: "m-open", requestedAtMs: NOW + 2 * HOUR, reason: "disk" });
    const reply = historyReply(keptOf(), [done, open, done], 1, NOW + 3 * HOUR);
    expect(reply.text).toBe("prod: 2 maintenances, 1 of them open. The last one ended 2 h ago.");
    expect(drawnLines(reply)).toEqual([
      "ID      HOSTS  WHO    STARTED       ENDED         OUTCOME     REASON",
      "m-open  web-*  alice  20 Oct 14:00  open          requested   disk",
      "m-7k3q  web-*  alice  20 Oct 12:00  20 Oct 13:00  up, 2 lost  OPS-812 kernel *C…",
    ]);
  });
  test("the history shows refused drains with the reason, and does not count them as maintenances", () => {
    const end = { phase: "failed" as const, atMs: NOW + HOUR, why: "m-1 holds web-01." };
    const refused = recordOf({ id: "m-none", batches: [], reason: "disk", end });
    const reply = historyReply(keptOf(), [done, refused], 2, NOW + 3 * HOUR);
    expect(reply.text).toMatch(/^prod: 1 maintenance\. The last one ended 2 h ago\. Refused: 1 drain\.$/);
    expect(drawn(reply)).toMatch(
      /m-7k3q .*\n\nREFUSED\nID +HOSTS +WHO +ASKED +WHY IT WAS REFUSED\nm-none +web-\* +alice +20 Oct 12:00 +m-1 holds web-01\./,
    );
    expect(historyOf(refused).text).toMatch(/^m-none was refused: /);
  });
  test("the history of a new cluster says that there is none", () => {
    const reply = historyReply(keptOf(), [], 0, NOW);
    expect(reply).toMatchObject({ tone: "info", table: null });
    expect(reply.text).toBe(
      "prod: no maintenance is known. The history of prod has no maintenance that has ended.",
    );
  });
  test("the history says how many older ones it does not show, and how far back it reaches", () => {
    const kept = keptOf({ finished: 1_000, refused: 200, sinceMs: NOW - 400 * 24 * HOUR });
    expect(historyReply(kept, [done], 1, NOW + 3 * HOUR).text).toContain(
      " Older ones were not looked at: 1199. The history of prod reaches back to <!date^1757937600000>.",
    );
  });
  test("a long reason keeps its beginning, and loses its end", () => {
    const reason = "kernel update of the machines in the second row, agreed with the data team";
    const reply = historyReply(keptOf(), [{ ...done, ticket: null, reason }], 1, NOW);
    expect(drawn(reply)).toMatch(/ kernel[\w ]*…$/);
  });
  test.each([
    [{ hosts: "web-0?" }, ["m-web", "m-none"]],
    [{ hosts: "db-*,10.0.0.2" }, ["m-web"]],
    [{ by: "U0BOB" }, ["m-db"]],
    [{ sinceMs: NOW + HOUR }, ["m-web", "m-db"]],
    [{ refused: true }, ["m-none"]],
    [{}, ["m-web", "m-db", "m-none"]],
  ])("the history shows only what is asked for: %j", (asked, ids) => {
    const ended = { phase: "up" as const, atMs: NOW + HOUR, why: null };
    const records = [
      recordOf({ id: "m-web", batches: [batchOf()], end: ended }),
      recordOf({
        id: "m-db",
        hosts: "db[1:3]",
        requester: "U0BOB",
        batches: [batchOf({ machines: [machine("kafka-01")] })],
      }),
      recordOf({
        id: "m-none",
        hosts: "web-01",
        batches: [],
        end: { phase: "failed", atMs: NOW, why: "No." },
      }),
    ];
    expect(records.filter(isMeant({ ...EVERYTHING, ...asked })).map(({ id }) => id)).toEqual(ids);
  });
  test("a history that was asked for says what of, and that nothing is known says how far it looked", () => {
    const filter = { ...EVERYTHING, hosts: "web-*", by: "U0ALICE" };
    expect(historyReply(keptOf(), [done], 1, NOW + 3 * HOUR, filter).text).toBe(
      "prod: 1 maintenance on web-* of <@U0ALICE>. The last one ended 2 h ago.",
    );
    const refused = { ...EVERYTHING, refused: true };
    expect(historyReply(keptOf(), [], 0, NOW, refused).text).toMatch(
      /^prod: no refused drain is known\. The history/,
    );
  });
  test("a maintenance that took nothing down has lost nothing, which is not the same as zero tasks", () => {
    expect(tasksLost(recordOf())).toBeNull();
    expect(tasksLost(done)).toBe(2);
  });
});

describe("the history of a maintenance", () => {
  test("the history is the log: refusals, votes, overrides and reasons are lines of their own", () => {
    const reply = historyOf(done);
    const { text } = reply;
    const table = drawn(reply);
    expect(text).toContain("asked for by <@U0ALICE> for kernel *CVE* (OPS-812)");
    expect(drawnLines(reply)).toHaveLength(done.events.length + 1);
    expect(table).toMatch(/20 Oct 12:00:00 +alice +wanted to approve and may not: /);
    expect(table).toMatch(/20 Oct 12:01:00 +bob +approved Down/);
    expect(table).toMatch(/carol +overrode the rule calendar: urgent/);
    expect(table).not.toMatch(/<@/);
  });
  test("the history has a row for a question that was withdrawn, by whom and why", () => {
    const nowMs = NOW + MINUTE;
    const extended = click(asked(world), { kind: "extend", byMs: HOUR }, { nowMs }).record;
    const rows = drawnLines(historyOf(extended));
    expect(rows.at(-1)).toMatch(/12:01:00 +bob +the question was withdrawn: the window was extended/);
    expect(handOver(extended, readerOf()).text).toMatch(
      /b1a1: .*; withdrawn by bob at 2026-10-20 12:01:00: the window/,
    );
    const cancelled = click(asked(world), { kind: "cancel" }, { nowMs }).record;
    expect(drawn(historyOf(cancelled))).toMatch(/bob +the question was withdrawn: the maintenance was canc/);
  });
  test("the history says how many events are no longer kept", () => {
    const [, ...rest] = done.events;
    expect(historyOf({ ...done, events: rest }).text).toContain("Not kept any more: 1 event.");
  });
});

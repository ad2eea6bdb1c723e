import { describe, expect, test } from "vitest";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { handOver } from "../../../src/maintenance/show/hand-over.js";
import { historyOf, historyReply } from "../../../src/maintenance/show/history.js";
import { statusOfMaintenance } from "../../../src/maintenance/show/status.js";
import { statusOfCluster } from "../../../src/maintenance/show/status-of-cluster.js";
import { drawn, readerOf } from "../../support/drawn.js";
import { HOUR, keptOf, MINUTE, NOW } from "../../support/world.js";
import { click, goneWorld, inPhase } from "../support/flow.js";

const FORBIDDEN = {
  code: "forbidden",
  what: "The principal configured for prod lacks the right to do this.",
  said: null,
  notDone: "The window is not posted yet.",
  next: "Grant it update_maintenance_schedules in the masters' ACLs.",
  sinceMs: NOW,
};

const LATER = NOW + MINUTE;

const planned = inPhase("scheduled", { drainingSinceMs: null });

const refused: Maintenance = { ...planned, trouble: FORBIDDEN };

/** Everything that tells how a maintenance stands. */
const PLACES: readonly (readonly [string, (record: Maintenance) => string])[] = [
  ["/mesos status", (record) => drawn(statusOfCluster("prod", [record], goneWorld(), LATER)) ?? ""],
  ["/mesos status of it", (record) => statusOfMaintenance(record, LATER).text],
  ["/mesos history", (record) => drawn(historyReply(keptOf(), [record], 0, LATER)) ?? ""],
  ["/mesos history of it", (record) => historyOf(record).text],
  ["the hand-over", (record) => handOver(record, readerOf()).text],
  ["a refused Up", (record) => click(record, { kind: "up" }).reply.text],
];

describe("a window that the master has not shown is not scheduled and has no time left", () => {
  test.each(PLACES)("%s calls a window not posted whose post was refused", (_, tell) => {
    expect(tell(refused)).toContain("not posted");
    expect(tell(refused)).not.toMatch(/scheduled| left\b/);
  });

  test.each(PLACES)("%s says that a post is under way whose outcome is not known", (_, tell) => {
    expect(tell({ ...planned, unsettledUntilMs: LATER })).toContain("being posted");
    expect(tell({ ...planned, unsettledUntilMs: LATER })).not.toContain("not posted");
  });

  test.each(PLACES)("%s says that a window was posted and is not shown", (_, tell) => {
    expect(tell(inPhase("scheduled", { drainingSinceMs: null, postedAtMs: NOW }))).toContain(
      "posted, not seen yet",
    );
  });

  test("the status still says when such a window begins", () => {
    expect(drawn(statusOfCluster("prod", [refused], goneWorld(), NOW - HOUR))).toContain(
      "in 1 h, not posted",
    );
  });

  test("the hand-over of a drain that was cancelled before says that the master never showed its window", () => {
    const shown = (seenSinceMs: number | null) =>
      handOver(inPhase("cancelled", { drainingSinceMs: seenSinceMs }), readerOf()).text;
    expect(shown(null)).toContain("2 machines; the master never showed it");
    expect(shown(NOW)).not.toContain("never showed it");
  });
});

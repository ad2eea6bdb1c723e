import { describe, expect, test } from "vitest";
import type { LogEvent } from "../../../src/maintenance/record/events.js";
import { rollTimeline, showsWindows } from "../../../src/maintenance/show/roll-timeline.js";
import { millisToNanos } from "../../../src/maintenance/time.js";
import { batchOf, HOUR, machine, NOW, recordOf } from "../../support/world.js";

const window = (hours: number) => ({
  start: millisToNanos(NOW + hours * HOUR),
  duration: millisToNanos(2 * HOUR),
});

const roll = recordOf({
  batches: [
    batchOf({ id: "b1", phase: "up", machines: [machine("web-01")], window: window(-5) }),
    batchOf({
      id: "b2",
      phase: "down",
      machines: [machine("web-02"), machine("web-03")],
      window: window(-1),
    }),
    batchOf({ id: "b3", phase: "scheduled", machines: [machine("web-04")], window: window(3) }),
  ],
});

test("a drain in batches has one row for each, with its window and what became of it", () => {
  const { title, rows } = rollTimeline(roll, [], NOW);
  expect(title).toBe("Batches of m-7k3q in prod");
  expect(rows).toMatchObject([
    { head: "Batch 1", machines: 1, down: 0, note: "back in service", endMs: NOW - 3 * HOUR },
    { head: "Batch 2", machines: 2, down: 2, note: null, names: ["web-02", "web-03"] },
    { head: "Batch 3", machines: 1, down: 0, note: null, startMs: NOW + 3 * HOUR },
  ]);
});

describe("the windows are shown", () => {
  const at = { seq: 1, atMs: NOW };
  const scheduled = (batch: string): LogEvent => ({ ...at, kind: "scheduled", batch, machines: 1 });
  const moved = (byMs: number): LogEvent => ({
    ...at,
    kind: "windows_moved",
    batches: ["b3"],
    byMs,
    posted: false,
  });

  test("when they are announced, and when they moved by an hour or more", () => {
    expect(showsWindows(roll, scheduled("b1"))).toBe(true);
    expect(showsWindows(roll, moved(HOUR))).toBe(true);
  });

  test("not with each batch, nor with each small move, nor where there is one batch", () => {
    expect(showsWindows(roll, scheduled("b2"))).toBe(false);
    expect(showsWindows(roll, moved(HOUR - 1))).toBe(false);
    expect(showsWindows(recordOf({ batches: [batchOf({ id: "b1" })] }), scheduled("b1"))).toBe(false);
  });
});

import { expect, test } from "vitest";
import type { NewEvent } from "../../../src/maintenance/record/events.js";
import { withEvent } from "../../../src/maintenance/record/log.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { HOUR, MINUTE, NOW, recordOf, task, windowOn, worldOf } from "../../support/world.js";
import { asked, click, drainingWorld, first, inPhase, news, tick } from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const batchTask = task("b", "batch", "web-01");

const KEPT = 500;

function often(record: Maintenance, times: number, event: (i: number) => NewEvent): Maintenance {
  return Array.from({ length: times }).reduce<Maintenance>(
    (next, _, i) => withEvent(next, NOW + i, event(i)),
    record,
  );
}

const cleared: NewEvent = { kind: "answers_cleared", why: "fail_over" };

test("answers that change for days push out no question that Slack may still have to show (invariants 10, 11)", () => {
  const on = drainingWorld({ tasks: [t1, batchTask] });
  const off = drainingWorld({ tasks: [t1] });
  const start = asked(on);
  let record = withEvent(start, NOW, { kind: "requested", by: "U0ALICE" });
  for (let i = 0; i < KEPT + 1; i++) record = tick(record, i % 2 === 0 ? off : on, NOW + i * 1000).record;
  expect(first(record).approvals.at(-1)?.outcome).toBeNull();
  expect(record.events).toHaveLength(KEPT);
  expect(news(record)).toEqual(expect.arrayContaining(["scheduled", "approval_asked", "requested"]));
});

test("the start of the window is announced once, however much happens in between", () => {
  const start = NOW + 10 * MINUTE;
  const worldWith = (tasks: (typeof t1)[]) =>
    worldOf({ windows: [windowOn(["web-01", "web-02"], start, 4 * HOUR)], tasks });
  const window = { start: BigInt(start) * 1_000_000n, duration: BigInt(4 * HOUR) * 1_000_000n };
  let record = inPhase("draining", { window }, { requestedAtMs: NOW - HOUR });
  let told = 0;
  for (let i = 0; i < 2 * KEPT; i++) {
    const before = record;
    record = tick(record, worldWith(i % 2 === 0 ? [t1] : [t1, batchTask]), NOW + i * 200).record;
    told += news(record, before).filter((kind) => kind === "window_starts_soon").length;
  }
  expect(told).toBe(1);
});

test("the oldest answers go first; numbers go on and the newest event stays, so that the thread misses nothing new", () => {
  const started = withEvent(recordOf(), NOW, { kind: "requested", by: "U0ALICE" });
  const long = often(started, KEPT + 9, () => cleared);
  expect(long.seq).toBe(KEPT + 10);
  expect(long.events.map(({ seq }) => seq).slice(0, 2)).toEqual([1, 12]);
  expect(long.events.at(-1)?.seq).toBe(long.seq);
});

test("what comes and goes by itself is dropped next; what people decided stays, however long the log gets", () => {
  const flapping = often(recordOf(), KEPT, (i) =>
    i % 2 === 0 ? { kind: "empty", batch: "b1" } : { kind: "trouble_over", code: "no_leader", sinceMs: NOW },
  );
  const decided = often(flapping, KEPT, () => ({ kind: "released", by: "U0BOB", askedAtMs: NOW }));
  expect(decided.events.every(({ kind }) => kind === "released")).toBe(true);
  const more = withEvent(
    withEvent(decided, NOW, { kind: "held", by: "U0BOB", reason: null, as: "operator" }),
    NOW,
    cleared,
  );
  expect(more.events).toHaveLength(KEPT + 2);
  expect(more.events.at(-1)?.kind).toBe("answers_cleared");
});

test("a request that was carried out is known after days of answers (invariant 7)", () => {
  const extended = click(asked(), { kind: "extend", byMs: HOUR }, { by: "U0ALICE" }).record;
  const later = often(extended, KEPT, () => cleared);
  expect(click(later, { kind: "extend", byMs: HOUR }, { by: "U0ALICE" }).record).toBe(later);
});

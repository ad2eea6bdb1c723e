import { expect, test } from "vitest";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { withoutFutureTimes } from "../../../src/maintenance/record/future-times.js";
import { HOUR, MINUTE, NOW, policyOf } from "../../support/world.js";
import { approved, click, downWorld, drainingWorld, first, inPhase, tick } from "../support/flow.js";

const { settleMs } = policyOf();

const later = (world: World): World => ({ ...world, observedAtMs: NOW + MINUTE });

test("what was stored by a clock that was a day ahead holds nothing up for a day: the waits begin now (invariants 7 and 10)", () => {
  const up = { ...inPhase("bringing_up"), unsettledUntilMs: NOW + 24 * HOUR };
  expect(tick(up, later(downWorld()), NOW + MINUTE).effects).toEqual([]);
  const right = withoutFutureTimes(up, NOW, settleMs);
  expect(right.unsettledUntilMs).toBe(NOW + settleMs);
  expect(tick(right, later(downWorld()), NOW + MINUTE).effects).toMatchObject([{ kind: "stop_maintenance" }]);

  const sent = tick(approved(), drainingWorld()).record;
  const batch = first(sent);
  if (batch.phase !== "taking_down" || batch.intent === null) throw new Error("Nothing was sent.");
  const intent = { ...batch.intent, sentAtMs: NOW + 24 * HOUR };
  const ahead = { ...sent, unsettledUntilMs: null, batches: [{ ...batch, intent }] };
  expect(click(ahead, { kind: "cancel" }).reply.tone).toBe("refused");
  const put = withoutFutureTimes(ahead, NOW, settleMs);
  expect(first(put)).toMatchObject({ intent: { sentAtMs: NOW } });
  expect(tick(put, later(drainingWorld()), NOW + MINUTE).effects).toMatchObject([
    { kind: "start_maintenance" },
  ]);
});

test("agents, the question and the end of a maintenance wait no day longer after a clock that was a day ahead (invariants 10 and 11)", () => {
  const ahead = NOW + 24 * HOUR;
  const up = inPhase("up", { upAtMs: ahead, goneSinceMs: ahead, drainingSinceMs: ahead });
  expect(first(withoutFutureTimes(up, NOW, settleMs))).toMatchObject({
    phase: "up",
    upAtMs: NOW,
    goneSinceMs: NOW,
    seenSinceMs: NOW,
  });
  const draining = inPhase("draining", { drainingSinceMs: ahead });
  expect(first(withoutFutureTimes(draining, NOW, settleMs))).toMatchObject({ seenSinceMs: NOW });
});

test("a record of now is the very same", () => {
  const record = tick(approved(), drainingWorld()).record;
  expect(withoutFutureTimes(record, NOW, settleMs)).toBe(record);
});

import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import type { CalendarWindow } from "../../../src/maintenance/policy/policy.js";
import { HOUR, MINUTE, NOW, policyOf, task } from "../../support/world.js";
import {
  APPROVE,
  ASK,
  asked,
  click,
  drainingWorld,
  first,
  inPhase,
  lastEvent,
  news,
  tick,
} from "../support/flow.js";

/** Open until 12:30 UTC: half an hour from now. */
const HOURS: CalendarWindow = { days: [2], from: 11 * 60, to: 12 * 60 + 30, timeZone: "UTC" };

const CLOSED_AT = NOW + 30 * MINUTE;

const OPENS_AT = NOW + 7 * 24 * HOUR - HOUR;

const busy = drainingWorld({ tasks: [task("t1", "marathon", "web-01")] });

const policy = policyOf({ calendar: [HOURS] });

const closed = { world: busy, policy, nowMs: CLOSED_AT };

const OVERRIDE: Decision = { kind: "override", reason: " power cut " };

const open = asked(busy, NOW, policy);

describe("outside the hours for Down", () => {
  test("an approval is refused with the rule, the next opening and the way out, and logged once", () => {
    const { record, reply } = click(open, APPROVE, closed);
    expect(record.batches).toBe(open.batches);
    expect(reply).toMatchObject({
      tone: "refused",
      text: expect.stringMatching(
        /clusters\.prod\.calendar lets machines be taken down only Tue 11:00-12:30 UTC, next from Tue 2026-10-27 11:00 UTC/,
      ),
      notDone: expect.stringContaining("Nothing was taken down"),
      next: expect.stringMatching(/somebody else who may approve type \/mesos down m-7k3q --override/),
    });
    expect(news(record, open)).toEqual(["refused"]);
    expect(click(record, APPROVE, closed).record).toBe(record);
  });

  test("an approval that could not be sent in time waits, says so once, and is asked anew when it is too old", () => {
    const granted = click(open, APPROVE, { ...closed, nowMs: CLOSED_AT - 1 }).record;
    const waiting = tick(granted, busy, CLOSED_AT, policy);
    expect(waiting.effects).toEqual([]);
    expect(waiting.record.trouble).toMatchObject({
      code: "calendar_closed",
      what: expect.stringMatching(/^It is outside the hours for Down: clusters\.prod\.calendar/),
    });
    expect(news(tick(waiting.record, busy, CLOSED_AT + 1, policy).record, waiting.record)).toEqual([]);
    expect(first(tick(waiting.record, busy, NOW + HOUR, policy).record).approvals.at(-2)?.outcome?.kind).toBe(
      "outdated",
    );
    const overridden = click(waiting.record, OVERRIDE, { ...closed, by: "U0CAROL" }).record;
    expect(tick(overridden, busy, CLOSED_AT + 2, policy).effects).toMatchObject([
      { kind: "start_maintenance" },
    ]);
  });

  test("the bot does not ask by itself, says once when it will, and then does", () => {
    const draining = inPhase("draining");
    const late = tick(draining, drainingWorld(), CLOSED_AT, policy);
    expect(news(late.record)).toEqual(["empty", "note"]);
    expect(lastEvent(late.record, "note").text).toMatch(
      /next from Tue 2026-10-27 11:00 UTC\. The approval is asked for then/,
    );
    expect(news(tick(late.record, drainingWorld(), CLOSED_AT + HOUR, policy).record, late.record)).toEqual(
      [],
    );
    const wake = tick(late.record, drainingWorld(), CLOSED_AT + 5 * HOUR, {
      ...policy,
      pollMs: 30 * 24 * HOUR,
    });
    expect(wake.wakeAtMs).toBe(OPENS_AT);
    expect(news(tick(late.record, drainingWorld(), OPENS_AT, policy).record)).toContain("approval_asked");
  });

  test("a person may ask at any hour", () => {
    expect(first(click(inPhase("draining"), ASK, closed).record).phase).toBe("awaiting_approval");
  });
});

import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import type { CalendarWindow } from "../../../src/maintenance/policy/policy.js";
import { MINUTE, NOW, policyOf, task } from "../../support/world.js";
import { APPROVE, asked, click, drainingWorld, first, inPhase, lastEvent, news } from "../support/flow.js";

/** Open until 12:30 UTC: half an hour from now. */
const HOURS: CalendarWindow = { days: [2], from: 11 * 60, to: 12 * 60 + 30, timeZone: "UTC" };

const CLOSED_AT = NOW + 30 * MINUTE;

const busy = drainingWorld({ tasks: [task("t1", "marathon", "web-01")] });

const policy = policyOf({ calendar: [HOURS] });

const closed = { world: busy, policy, nowMs: CLOSED_AT };

const OVERRIDE: Decision = { kind: "override", reason: " power cut " };

const open = asked(busy, NOW, policy);

describe("an override", () => {
  test("an override with a reason lifts the calendar and approves nothing", () => {
    const { record } = click(open, OVERRIDE, closed);
    expect(record.batches).toBe(open.batches);
    expect(record.overrides).toEqual([
      { rule: "calendar", by: "U0BOB", atMs: CLOSED_AT, reason: "power cut" },
    ]);
    expect(lastEvent(record, "overridden")).toMatchObject({ by: "U0BOB", reason: "power cut" });
    expect(first(click(record, APPROVE, closed).record).phase).toBe("taking_down");
    expect(click(record, OVERRIDE, closed).record).toBe(record);
  });

  test.each<[string, string, Parameters<typeof policyOf>[0], boolean]>([
    ["an admin may override", "U0ROOT", { admins: ["U0ROOT"] }, true],
    ["others may not override where there are admins", "U0BOB", { admins: ["U0ROOT"] }, false],
    ["who may approve may override, where there are no admins", "U0BOB", { approvers: ["U0BOB"] }, true],
    ["who may not approve may not override either", "U0EVE", { approvers: ["U0BOB"] }, false],
    ["the requester may not override", "U0ALICE", {}, false],
    ["a requester who may approve may override", "U0ALICE", { selfApproval: true }, true],
  ])("%s", (_, by, parts, may) => {
    const { record } = click(open, OVERRIDE, { ...closed, by, policy: { ...policy, ...parts } });
    expect(record.overrides.length).toBe(may ? 1 : 0);
    expect(news(record, open)).toEqual([may ? "overridden" : "refused"]);
  });

  test.each(["guest", "bot", "deactivated", "stranger", "unknown"] as const)(
    "an account that is %s may not override, also among the admins (invariant 6)",
    (standing) => {
      for (const admins of [[], ["U0BOB"]]) {
        const tried = click(open, OVERRIDE, { ...closed, standing, policy: { ...policy, admins } });
        expect(tried.record.overrides).toEqual([]);
        expect(tried.reply.text).toContain("members_only");
      }
      const overrides = [{ rule: "calendar", by: "U0ALICE", atMs: NOW, reason: "power cut" }];
      const admins = { ...closed, policy: { ...policy, admins: ["U0ALICE"] } };
      const ofThem = { ...open, overrides, requesterStanding: standing };
      expect(first(click(ofThem, APPROVE, admins).record).phase).toBe("awaiting_approval");
    },
  );

  test("an override of the requester for the drain does not count for Down, where there are no admins (invariant 6)", () => {
    const overrides = [{ rule: "calendar", by: "U0ALICE", atMs: NOW, reason: "power cut" }];
    const record = { ...open, overrides };
    expect(first(click(record, APPROVE, closed).record).phase).toBe("awaiting_approval");
    const admins = { ...closed, policy: { ...policy, admins: ["U0ALICE"] } };
    expect(first(click(record, APPROVE, admins).record).phase).toBe("taking_down");
    expect(click(record, OVERRIDE, closed).record.overrides).toHaveLength(2);
  });

  test.each(["caps", "approvers"])("an override of the rule %s does not count for the calendar", (rule) => {
    const overrides = [{ rule, by: "U0CAROL", atMs: NOW, reason: "power cut" }];
    expect(first(click({ ...open, overrides }, APPROVE, closed).record).phase).toBe("awaiting_approval");
    const lifted = {
      ...open,
      overrides: [{ ...overrides[0], rule: "calendar" } as (typeof overrides)[number]],
    };
    expect(first(click(lifted, APPROVE, closed).record).phase).toBe("taking_down");
  });

  test("an override of a requester with self_approval counts for Down only if they are among the approvers (invariant 6)", () => {
    const overrides = [{ rule: "calendar", by: "U0ALICE", atMs: NOW, reason: "power cut" }];
    const record = { ...open, overrides };
    const phaseWith = (approvers: string[], requesterGroups: string[] = []) =>
      first(
        click({ ...record, requesterGroups }, APPROVE, {
          ...closed,
          policy: { ...policy, selfApproval: true, approvers },
        }).record,
      ).phase;
    expect(phaseWith(["U0BOB"])).toBe("awaiting_approval");
    expect(phaseWith(["U0BOB", "S0OPS"])).toBe("awaiting_approval");
    expect(phaseWith(["U0BOB", "U0ALICE"])).toBe("taking_down");
    expect(phaseWith(["U0BOB", "S0OPS"], ["S0OPS"])).toBe("taking_down");
    expect(phaseWith([])).toBe("taking_down");
  });

  test("an override that is not needed says so and that it is not recorded", () => {
    const twice = click(click(open, OVERRIDE, closed).record, OVERRIDE, {
      ...closed,
      nowMs: closed.nowMs + 1,
    });
    for (const { reply } of [twice, click(open, OVERRIDE, { ...closed, policy: policyOf() })]) {
      expect(reply).toMatchObject({
        tone: "info",
        text: expect.stringMatching(/--override was not needed: .* It is not recorded\.$/),
      });
    }
  });

  test("an override without a reason, of no calendar, or after Down changes nothing", () => {
    const rows: [typeof open, Decision, typeof policy][] = [
      [open, { kind: "override", reason: "  " }, policy],
      [open, OVERRIDE, policyOf()],
      [inPhase("down"), OVERRIDE, policy],
    ];
    for (const [record, decision, rules] of rows) {
      const tried = click(record, decision, { ...closed, policy: rules });
      expect(tried.record).toBe(record);
      expect(tried.reply.tone).not.toBe("done");
    }
  });
});

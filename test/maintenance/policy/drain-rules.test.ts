import { describe, expect, test } from "vitest";
import { MOST_BYTES } from "../../../src/engine/store/bound.js";
import { MOST_MACHINES } from "../../../src/maintenance/policy/caps.js";
import type { CalendarWindow, Policy } from "../../../src/maintenance/policy/policy.js";
import { encodeMaintenance, type Maintenance } from "../../../src/maintenance/record/record.js";
import {
  agent,
  HOUR,
  machine,
  NOW,
  policyOf,
  recordOf,
  task,
  windowOn,
  worldOf,
} from "../../support/world.js";
import { first, inPhase, lastEvent, news, planOf } from "../support/flow.js";

/** 12:00 UTC on a Tuesday is not among these hours. */
const NIGHT: CalendarWindow = { days: [1, 2, 3, 4, 5], from: 22 * 60, to: 6 * 60, timeZone: "Europe/Berlin" };

const resolution = {
  machines: [machine("web-01"), machine("web-02")],
  matchedNothing: [],
  unknown: [],
  literals: [],
};

const HOSTS = Array.from({ length: 10 }, (_, i) => `web-${String(i + 1).padStart(2, "0")}`);

const ten = { agents: HOSTS.map((host) => agent(host)) };

function drain(
  record: Partial<Maintenance>,
  policy: Partial<Policy>,
  world = worldOf(ten),
  others: readonly Maintenance[] = [],
): Maintenance {
  return planOf(recordOf(record), resolution, world, others, policyOf(policy), NOW);
}

const caps = (parts: Partial<Policy["caps"]>): Partial<Policy> => ({
  caps: { machinesPerMaintenance: null, outOfService: null, above: "refuse", ...parts },
});

const count = (n: number) => ({ kind: "count", count: n }) as const;

const percent = (n: number) => ({ kind: "percent", percent: n }) as const;

const foreign = (...hosts: string[]) => worldOf({ ...ten, windows: [windowOn(hosts, NOW, null)] });

const planned = inPhase("scheduled", { machines: [machine("web-05"), machine("web-06")] }, { id: "m-bbbb" });

const given = (by: string, rule = "calendar") => ({
  overrides: [{ rule, by, atMs: NOW, reason: "power cut" }],
});

test("a drain of more machines than one record holds is refused, whatever the caps (and none larger is ever written)", () => {
  const hosts = Array.from({ length: MOST_MACHINES + 1 }, (_, at) => `web-${at}`);
  const machines = hosts.map((host) => machine(host));
  const world = worldOf({ agents: [...hosts, "db-01"].map((host) => agent(host)) });
  const planOfSome = (most: number) =>
    planOf(recordOf(), { ...resolution, machines: machines.slice(0, most) }, world, [], policyOf({}), NOW);
  const refused = planOfSome(MOST_MACHINES + 1);
  expect(refused.end?.why).toMatch(
    /holds at most 4000 machines, and .* stands for 4001\. No window was posted\./,
  );
  const largest = planOfSome(MOST_MACHINES);
  expect(largest.batches).toHaveLength(1);
  expect(JSON.stringify(encodeMaintenance(largest)).length).toBeLessThan(MOST_BYTES / 2);
});

describe("a drain that breaks a rule is refused before anything is posted, with the rule and where it is set", () => {
  test.each<[string, Maintenance, RegExp, RegExp]>([
    [
      "not a requester",
      drain({}, { requesters: ["U0BOB", "S0OPS"], requireReason: true }),
      /^clusters\.prod\.requesters does not name <@U0ALICE>.*<@U0BOB>, <!subteam\^S0OPS>. A group [a-z ]+ counts as no\. No window was posted\.$/,
      /one of them/,
    ],
    [
      "nobody could approve",
      drain({}, { approvers: ["U0ALICE"] }),
      /clusters\.prod\.approvers nobody could approve/,
      /somebody else ask/,
    ],
    [
      "one more open maintenance than one person may have",
      drain({}, { maxOpenPerPerson: 1 }, worldOf(ten), [planned]),
      /^clusters\.prod\.max_open_per_person allows one person 1 open maintenance, and <@U0ALICE> has 1: m-bbbb\. No window was posted\.$/,
      /Wait until one of them is over, or end one with \/mesos up or \/mesos cancel/,
    ],
    [
      "too long",
      drain({}, { maxDurationMs: 3 * HOUR }),
      /clusters\.prod\.max_duration allows windows of at most 3 h, and this one would last 4 h/,
      /shorter/,
    ],
    [
      "without a reason",
      drain({ reason: "  " }, { requireReason: true }),
      /clusters\.prod\.require_reason/,
      /--reason "why"/,
    ],
    [
      "without a ticket",
      drain({}, { ticketPattern: "OPS-[0-9]+" }),
      /clusters\.prod\.ticket_pattern.*OPS-\[0-9\]\+, and none was given/,
      /--ticket/,
    ],
    [
      "with half a ticket",
      drain({ ticket: "OPS-1x" }, { ticketPattern: "OPS-[0-9]+" }),
      /OPS-1x is not one/,
      /--ticket/,
    ],
    [
      "a pattern that cannot be read",
      drain({ ticket: "OPS-1" }, { ticketPattern: "OPS-(" }),
      /ticket_pattern/,
      /--ticket/,
    ],
    [
      "force",
      drain({ deadline: { atMs: NOW + HOUR, then: "force", met: false } }, {}),
      /clusters\.prod\.allow_force is off/,
      /--then ask/,
    ],
    [
      "more machines than one maintenance may have",
      drain({}, caps({ machinesPerMaintenance: count(1) })),
      /clusters\.prod\.caps\.machines_per_maintenance allows one machine.*web-\* stands for 2: web-01, web-02/,
      /fewer machines/,
    ],
    [
      "more than a share of the agents",
      drain({}, caps({ machinesPerMaintenance: percent(19) })),
      /one machine \(19% of the active agents\)/,
      /fewer/,
    ],
    [
      "with those that others drain",
      drain({}, caps({ outOfService: count(3) }), foreign("web-07", "web-08")),
      /clusters\.prod\.caps\.out_of_service allows 3 machines out of service at once; 2 are draining or Down, and web-\* would add 2: web-01, web-02/,
      /wait until others are back/,
    ],
    [
      "with those that ours are about to post",
      drain({}, caps({ outOfService: percent(30) }), worldOf(ten), [planned]),
      /allows 3 machines \(30% of the active agents\).*; 2 are draining/,
      /fewer/,
    ],
    [
      "above a cap that asks for a confirmation",
      drain({}, caps({ machinesPerMaintenance: count(1), above: "confirm" })),
      /stands for 2: web-01, web-02/,
      /--confirm 2/,
    ],
    [
      "confirmed with another number",
      drain({ confirmed: 3 }, caps({ machinesPerMaintenance: count(1), above: "confirm" })),
      /stands for 2/,
      /--confirm 2/,
    ],
    [
      "confirmed where no confirmation counts",
      drain({ confirmed: 2 }, caps({ machinesPerMaintenance: count(1) })),
      /stands for 2/,
      /fewer/,
    ],
    [
      "outside the hours",
      drain({}, { calendar: [NIGHT] }),
      /clusters\.prod\.calendar lets machines be drained only Mon-Fri 22:00-06:00 Europe\/Berlin, next from Tue 2026-10-20 22:00 Europe\/Berlin/,
      /--override "why it cannot wait"/,
    ],
    [
      "overridden by somebody who is no admin",
      drain(given("U0ALICE"), { calendar: [NIGHT], admins: ["U0ROOT"] }),
      /clusters\.prod\.calendar.* The --override that was given does not count: overriding is for <@U0ROOT> \(clusters\.prod\.admins\), and <@U0ALICE> was not found among them/,
      /without --override, or have one of them ask for it/,
    ],
    [
      "outside the hours, where others may override",
      drain({}, { calendar: [NIGHT], admins: ["U0ROOT"] }),
      /^clusters\.prod\.calendar lets/,
      /or have one of them ask for it with --override "why it cannot wait": overriding is for <@U0ROOT> \(clusters\.prod\.admins\)/,
    ],
  ])("a drain is refused: %s", (_, record, why, next) => {
    expect(record.end).toMatchObject({ phase: "failed", why: expect.stringMatching(why) });
    expect(record.batches).toEqual([]);
    expect(record.end?.why).toMatch(/No window was posted\.$/);
    expect(lastEvent(record, "failed").next).toMatch(next);
    expect(news(record)).toEqual(["failed"]);
  });

  test("all rules that a drain breaks are told at once", () => {
    const { end } = drain({}, { requireReason: true, ticketPattern: "OPS-1", calendar: [NIGHT] });
    expect(end?.why).toMatch(/calendar.*require_reason.*ticket_pattern/s);
  });
});

describe("a drain within the rules is planned", () => {
  test.each<[string, Maintenance]>([
    ["asked for by a requester", drain({}, { requesters: ["U0ALICE"] })],
    [
      "asked for by a member of the requesters' group",
      drain({ requesterGroups: ["S0OPS"] }, { requesters: ["S0OPS"] }),
    ],
    ["exactly as long as it may be", drain({}, { maxDurationMs: 4 * HOUR })],
    [
      "with reason and ticket",
      drain({ reason: "kernel", ticket: "OPS-12" }, { requireReason: true, ticketPattern: "OPS-[0-9]+" }),
    ],
    [
      "with force where it is allowed",
      drain({ deadline: { atMs: NOW + HOUR, then: "force", met: false } }, { allowForce: true }),
    ],
    [
      "as many as the cap",
      drain(
        {},
        caps({ machinesPerMaintenance: count(2), outOfService: count(4) }),
        foreign("web-07", "web-08"),
      ),
    ],
    ["a share of the agents", drain({}, caps({ machinesPerMaintenance: percent(20) }))],
    [
      "at least one machine, however small the share",
      planOf(
        recordOf(),
        { ...resolution, machines: [machine("web-01")] },
        worldOf(ten),
        [],
        policyOf(caps({ outOfService: percent(1) })),
        NOW,
      ),
    ],
    [
      "confirmed with the exact number",
      drain(
        { confirmed: 2 },
        caps({ machinesPerMaintenance: count(1), outOfService: count(1), above: "confirm" }),
      ),
    ],
  ])("a drain is planned: %s", (_, record) => {
    expect(first(record).phase).toBe("scheduled");
    expect(record.end).toBeNull();
  });

  test("what goes away with the machines is told before anything is posted", () => {
    const tasks = [task("t1", "marathon", "web-01"), task("t2", "marathon", "web-07")];
    const record = drain({}, {}, worldOf({ ...ten, tasks }));
    expect(record.blast).toMatchObject({ tasks: 1, lastCopies: [{ app: "t1" }] });
    expect(news(record)).toEqual(["blast_radius"]);
  });
});

describe("the calendar of a drain that is announced later", () => {
  const announced = (hoursBefore: number) => {
    const wanted = { startMs: NOW + 10 * HOUR, durationMs: HOUR, announceMs: hoursBefore * HOUR };
    return drain({ wanted }, { calendar: [NIGHT] });
  };

  test("is asked for the time at which its window is posted", () => {
    const going = announced(1);
    expect(first(going).phase).toBe("scheduled");
    expect(lastEvent(going, "note")).toMatchObject({
      text: expect.stringMatching(/posted 1 h before it starts/),
    });
    expect(announced(3).end?.why).toMatch(
      /calendar lets machines be drained only .*, next from Tue 2026-10-20 22:00/,
    );
  });
});

describe("the calendar overridden with the drain", () => {
  test.each<[string, Partial<Maintenance>, Partial<Policy>]>([
    ["by the requester where there are no admins", given("U0ALICE"), {}],
    ["by an admin", given("U0ALICE"), { admins: ["U0ALICE"] }],
    [
      "by a member of the admins' group",
      { ...given("U0ALICE"), requesterGroups: ["S0ROOT"] },
      { admins: ["S0ROOT"] },
    ],
  ])("the calendar overridden %s lets the window be posted, and that is told", (_, record, policy) => {
    const going = drain(record, { calendar: [NIGHT], ...policy });
    expect(first(going).phase).toBe("scheduled");
    expect(going.overrides).toMatchObject([{ rule: "calendar", by: "U0ALICE", reason: "power cut" }]);
    expect(lastEvent(going, "overridden")).toMatchObject({ rule: "calendar", reason: "power cut" });
  });

  test.each<[string, readonly string[]]>([
    ["where there are no admins", []],
    ["as one of the admins", ["U0ALICE"]],
  ])("a guest's override does not let the window be posted %s, and that is told", (_, admins) => {
    const guest = { ...given("U0ALICE"), requesterStanding: "guest" as const };
    const refused = drain(guest, { calendar: [NIGHT], admins });
    expect(refused.end).toMatchObject({
      phase: "failed",
      why: expect.stringMatching(
        /does not count: a guest of the workspace \(clusters\.prod\.members_only is on\)/,
      ),
    });
  });

  test.each(["caps", "calendar_of_other", ""])(
    "an override of the rule %o does not lift the calendar",
    (rule) => {
      const refused = drain(given("U0ALICE", rule), { calendar: [NIGHT] });
      expect(refused.end).toMatchObject({ phase: "failed", why: expect.stringContaining("calendar") });
    },
  );

  test("an override of the calendar does not lift other rules", () => {
    expect(
      drain(given("U0ALICE"), { calendar: [NIGHT], ...caps({ machinesPerMaintenance: count(1) }) }).end?.why,
    ).toMatch(/^clusters\.prod\.caps/);
  });

  test.each<[string, readonly CalendarWindow[], RegExp]>([
    ["no calendar", [], /clusters\.prod\.calendar is not set\. It is not recorded/],
    [
      "its hours open",
      [{ ...NIGHT, from: 0, to: 24 * 60 }],
      /hours of clusters\.prod\.calendar are open now\. It is not recorded and does not count for Down/,
    ],
  ])(
    "an override that was not needed (%s) leaves nothing behind that could count later, and that is told",
    (...row) => {
      const [, calendar, words] = row;
      const going = drain(given("U0ALICE"), { calendar });
      expect(going.overrides).toEqual([]);
      expect(news(going)).toEqual(["blast_radius", "note"]);
      expect(lastEvent(going, "note").text).toMatch(words);
    },
  );
});

describe("open maintenances of one person", () => {
  const held = (others: readonly Maintenance[]) =>
    drain({}, { maxOpenPerPerson: 1 }, worldOf(ten), others).end;

  test.each<[string, Maintenance]>([
    ["somebody else's", { ...planned, requester: "U0BOB" }],
    ["one that has ended", { ...planned, end: { phase: "up", atMs: NOW, why: null } }],
    [
      "one that waits to be looked up, so that of many sent at once the first pass",
      { ...planned, batches: [] },
    ],
    ["one of machines that were left behind, which nobody asked for", { ...planned, leftBehindBy: "m-aaaa" }],
  ])("%s does not count", (_, other) => {
    expect(held([other])).toBeNull();
  });

  test("one that is open counts", () => {
    expect(held([planned])).toMatchObject({ phase: "failed" });
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ClusterPolicy } from "../../src/config/config.js";
import { runs } from "../support/fast-check.js";
import { configOf, errorOf, problemsOf, withClusters } from "./parse.js";

const fileWith = (line: string) => withClusters(`clusters:\n  prod:\n    masters: [m1]\n    ${line}\n`);

const inHours = (line: string) =>
  fileWith(`calendar: [{ from: "22:00", to: "06:00", time_zone: UTC, ${line} }]`);

function policyOf(line: string): ClusterPolicy | undefined {
  return configOf(fileWith(line)).clusters[0]?.policy;
}

describe("frameworks", () => {
  test.each([
    ["id: f-1", { by: "id", value: "f-1", family: "chronos" }],
    ['name: "jobs-*"', { by: "name", value: "jobs-*", family: "chronos" }],
    ["principal: jobs", { by: "principal", value: "jobs", family: "chronos" }],
  ])("named by %s are what the file says", (written, mapping) => {
    expect(policyOf(`frameworks: [{ ${written}, family: chronos }]`)?.frameworks).toEqual([mapping]);
  });
});

describe("caps", () => {
  test.each([
    ["10", { kind: "count", count: 10 }],
    ['"10"', { kind: "count", count: 10 }],
    ["20%", { kind: "percent", percent: 20 }],
    ["20 %", { kind: "percent", percent: 20 }],
    ["100%", { kind: "percent", percent: 100 }],
  ])("%s is a cap", (written, cap) => {
    expect(policyOf(`caps: { out_of_service: ${written} }`)?.caps).toEqual({
      machinesPerMaintenance: null,
      outOfService: cap,
      above: "refuse",
    });
  });

  test.each([
    ["0", "has to be at least 1"],
    ["0%", "has to be from 1% to 100%"],
    ["101%", "has to be from 1% to 100%"],
    ["-5", "is not a limit"],
    ["0.2", "is not a limit"],
    ["12.5%", "is not a limit"],
    ["a few", "is not a limit"],
    ["[10]", "is not a limit"],
  ])("%s is no cap: %s", (written, why) => {
    expect(problemsOf(fileWith(`caps: { out_of_service: ${written} }`))).toEqual([
      expect.stringContaining(`clusters.yaml:4 prod.caps.out_of_service: ${why}`),
    ]);
  });
});

describe("days of the calendar", () => {
  test.each([
    ["mon-fri", [1, 2, 3, 4, 5]],
    ["[mon-fri]", [1, 2, 3, 4, 5]],
    ["[mon, Wednesday-fri]", [1, 3, 4, 5]],
    ["sat-mon", [0, 1, 6]],
    ['"mon, tues"', [1, 2]],
    ["[sun, sun, sunday]", [0]],
    ["mon-sun", [0, 1, 2, 3, 4, 5, 6]],
  ])("%s names days", (written, days) => {
    expect(configOf(inHours(`days: ${written}`)).clusters[0]?.policy.calendar[0]?.days).toEqual(days);
  });

  test.each([
    ["[mno-fri]", "did you mean monday?"],
    ["[satruday]", "did you mean saturday?"],
    ["weekdays", "is not a list of days"],
    ["[]", "is not a list of days"],
    ["mo", "did you mean monday?"],
    ["mon-wed-fri", "is not a list of days"],
    ["[1, 2]", "is not a list of days"],
  ])("the mistake in %s is explained", (written, why) => {
    expect(problemsOf(inHours(`days: ${written}`))).toEqual([
      expect.stringMatching(
        new RegExp(`^clusters.yaml:4 prod\\.calendar\\[0\\]\\.days: .*${why.replace("?", "\\?")}`),
      ),
    ]);
  });

  test("a range begins and ends with its days, and has as many as lie between", () => {
    const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    const day = fc.nat(6);
    fc.assert(
      fc.property(day, day, (from, to) => {
        const policy = configOf(inHours(`days: ${names[from]}-${names[to]}`)).clusters[0]?.policy;
        const days = policy?.calendar[0]?.days ?? [];
        expect(days).toContain(from);
        expect(days).toContain(to);
        expect(days).toHaveLength(((to - from + 7) % 7) + 1);
      }),
      { numRuns: runs(49) },
    );
  });
});

describe("mistakes in the policy", () => {
  test.each([
    ["a channel for a group", "requesters: [C0123456789]", "requesters[0]", "is not a Slack id of a person"],
    ["an unfinished list", "approvers:", "approvers", "has to be a list of Slack ids"],
    ["no approvals", "approvals: 0", "approvals", "is not a whole number from 1 to 10"],
    ["half an approval", "approvals: 1.5", "approvals", "is not a whole number from 1 to 10"],
    [
      "a misspelt cap",
      "caps: { out_of_servic: 3 }",
      "caps.out_of_servic",
      "is not a setting: did you mean out_of_service?",
    ],
    ["a third way above a cap", "caps: { out_of_service: 3, above: ask }", "caps.above", "is none of"],
    ["a budget of nothing", "budgets: [{}]", "budgets[0]", "has to set one of machines, zones, or match"],
    [
      "a budget of two kinds",
      "budgets: [{ machines: 1, zones: 1 }]",
      "budgets[0]",
      "has to set one of machines",
    ],
    [
      "a budget without a share",
      "budgets: [{ match: web }]",
      "budgets[0]",
      "has to set one of machines, zones",
    ],
    [
      "a budget of no app",
      "budgets: [{ keep: 2 }]",
      "budgets[0]",
      "has to set one of machines, zones, or match",
    ],
    ["a budget of no zone", "budgets: [{ zones: 0 }]", "budgets[0].zones", "has to be at least 1"],
    ["a share of zones", "budgets: [{ zones: 50% }]", "budgets[0].zones", "is not a number of zones"],
    [
      "too large a share",
      "budgets: [{ match: w, keep: 101% }]",
      "budgets[0].keep",
      "has to be from 1% to 100%",
    ],
    ["a word for copies", "budgets: [{ match: w, keep: all }]", "budgets[0].keep", "is not what to keep"],
    ["a limit for caps", "caps: 20%", "caps", "is not a map with machines_per_maintenance"],
    [
      "a broken expression",
      "ticket_pattern: 'OPS-['",
      "ticket_pattern",
      "is not a regular expression that RE2",
    ],
    [
      "look-ahead",
      "ticket_pattern: '(?=OPS)'",
      "ticket_pattern",
      "uses look-around, which RE2 does not have",
    ],
    ["a huge expression", "ticket_pattern: '[a-z]{600}[a-z]{600}'", "ticket_pattern", "is too large"],
    [
      "an offset for a zone",
      "calendar: [{ from: 22:00, to: 06:00, time_zone: '+02:00' }]",
      "calendar[0].time_zone",
      "is not a time zone: write an IANA name",
    ],
    [
      "a city for a zone",
      "calendar: [{ from: 22:00, to: 06:00, time_zone: Berlin }]",
      "calendar[0].time_zone",
      "is not a time zone: did you mean Europe/Berlin?",
    ],
    [
      "a misspelt zone",
      "calendar: [{ from: 22:00, to: 06:00, time_zone: America/New York }]",
      "calendar[0].time_zone",
      "did you mean America/New_York?",
    ],
    [
      "no zone",
      "calendar: [{ from: 22:00, to: 06:00 }]",
      "calendar[0].time_zone",
      "is not a time zone: write an IANA name",
    ],
    [
      "an hour alone",
      "calendar: [{ from: 22, to: 06:00, time_zone: UTC }]",
      "calendar[0].from",
      "is not a time of day",
    ],
    [
      "a time beyond midnight",
      "calendar: [{ from: 22:00, to: 24:30, time_zone: UTC }]",
      "calendar[0].to",
      "is not a time of day",
    ],
    [
      "a window that opens when the day is over",
      "calendar: [{ from: 24:00, to: 06:00, time_zone: UTC }]",
      "calendar[0].from",
      "from 00:00 to 23:59",
    ],
    [
      "a window without width",
      "calendar: [{ from: 22:00, to: 22:00, time_zone: UTC }]",
      "calendar[0].to",
      "the whole day is from 00:00 to 24:00",
    ],
    [
      "a misspelt key of a window",
      "calendar: [{ from: 22:00, to: 06:00, timezone: UTC, time_zone: UTC }]",
      "calendar[0].timezone",
      "did you mean time_zone?",
    ],
    ["one window without a list", "calendar: { from: 22:00 }", "calendar", "has to be a list of windows"],
    ["owners who are nobody", "owners: [{ match: kafka, owners: [] }]", "owners[0].owners", "names nobody"],
    [
      "a framework that nothing names",
      "frameworks: [{ family: chronos }]",
      "frameworks[0]",
      "has to name the framework by one of id, name and principal",
    ],
    [
      "a framework that is named twice",
      "frameworks: [{ id: f-1, name: jobs, family: chronos }]",
      "frameworks[0]",
      "has to name the framework by one of id, name and principal",
    ],
    [
      "a family that nobody knows",
      "frameworks: [{ name: jobs, family: Chronos3 }]",
      "frameworks[0].family",
      "is none of marathon, aurora,",
    ],
    ["yes for true", "allow_force: yes", "allow_force", "is neither true nor false"],
  ])("the mistake of %s is explained", (_, line, key, why) => {
    const [problem, ...more] = errorOf(fileWith(line)).problems;
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      where: `clusters.yaml:4 prod.${key}`,
      what: expect.stringContaining(why),
    });
    expect(problem?.example).toMatch(/^\w+: \S/);
  });
});

describe("rules under which no Down could ever be approved are refused", () => {
  const at = (key: string, what: string) => [`clusters.yaml:4 prod.${key}: ${what}`];
  test.each([
    [
      "more votes than approvers",
      "{ approvers: [U01, U02, U01], approvals: 3 }",
      at("approvals", "asks for more than the 2 people in approvers: no Down could ever be approved"),
    ],
    [
      "two votes of one approver, even with self-approval",
      "{ approvers: [U01], approvals: 2, self_approval: true }",
      at("approvals", "asks for more than the one person in approvers: no Down could ever be approved"),
    ],
    [
      "the only requester is the only approver (invariant 6)",
      "{ requesters: [U01], approvers: [U01] }",
      at(
        "approvers",
        "leaves too few people: none of the requesters could ever get a Down approved, because self_approval is off",
      ),
    ],
  ])("a policy with %s is refused", (_, settings, problems) => {
    const inline = settings.slice(1, -1);
    expect(problemsOf(withClusters(`clusters:\n  prod: {\n    masters: [m1],\n    ${inline} }\n`))).toEqual(
      problems,
    );
  });

  test.each([
    ["as many votes as approvers", "{ approvers: [U01, U02], approvals: 2 }"],
    ["a group among the approvers, which may hold anyone", "{ approvers: [U01, S01], approvals: 3 }"],
    ["approvers who are anyone", "{ approvals: 3 }"],
    [
      "a lone approver who may approve their own",
      "{ requesters: [U01], approvers: [U01], self_approval: true }",
    ],
    ["a lone approver among several requesters", "{ requesters: [U01, U02], approvers: [U01] }"],
    ["requesters who are a group", "{ requesters: [S01], approvers: [U01] }"],
  ])("a policy with %s may stay", (_, settings) => {
    const inline = settings.slice(1, -1);
    expect(configOf(withClusters(`clusters: { prod: { masters: [m1], ${inline} } }`)).clusters).toHaveLength(
      1,
    );
  });

  test("a confirmation above caps that are not there is refused, because it would silently not count", () => {
    expect(problemsOf(fileWith("caps: { above: confirm }"))).toEqual([
      "clusters.yaml:4 prod.caps.above: has no effect: set machines_per_maintenance or out_of_service as well",
    ]);
  });
});

test.each([
  ["poll_interval: 10m", 1_800_000],
  ["poll_interval: 1m", 300_000],
])(
  "with %s a record that is looked after at every poll never counts as left alone (invariant 13)",
  (line, afterMs) => {
    expect(policyOf(line)?.unwatchedAfterMs).toBe(afterMs);
  },
);

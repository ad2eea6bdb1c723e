import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGroups, type Groups } from "../../../src/slack/people/groups.js";
import { FakeSlack } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";

const OPS = "S01OPS";

const DBA = "S02DBA";

let slack: FakeSlack;

let groups: Groups;

let logger: ReturnType<typeof keepingLogger>;

let nowMs: number;

beforeEach(async () => {
  slack = await FakeSlack.start();
  slack.hasEverybody = true;
  slack.groups.set(OPS, ["U02BOB", "W03CAROL"]);
  slack.groups.set(DBA, []);
  logger = keepingLogger();
  nowMs = 0;
  groups = createGroups({ settings: slack.settings(), logger, patienceMs: 10_000, now: () => nowMs });
});

afterEach(async () => {
  await slack.stop();
});

const lookUps = () => slack.callsOf("usergroups.users.list").map((args) => args.usergroup);

const NOBODY_KNOWN = { user: "U02BOB", standing: "member", groups: [], lookupFailed: true };

describe("who somebody is", () => {
  test("a person is in those groups that were asked for and name them", async () => {
    expect(await groups.personOf("U02BOB", [OPS, DBA])).toEqual({
      user: "U02BOB",
      standing: "member",
      groups: [OPS],
      lookupFailed: false,
    });
    expect((await groups.personOf("U01ALICE", [OPS, DBA])).groups).toEqual([]);
  });

  test("the look-up asks Slack for groups only: people in the same lists are no groups", async () => {
    expect((await groups.personOf("U02BOB", ["U02BOB", "W03CAROL", OPS, OPS, "S", "sales"])).groups).toEqual([
      OPS,
    ]);
    expect(lookUps()).toEqual([OPS]);
  });

  test("the look-up needs no Slack where no group is named", async () => {
    expect(await groups.personOf("U02BOB", ["U02BOB"])).toEqual({
      user: "U02BOB",
      standing: "member",
      groups: [],
      lookupFailed: false,
    });
    expect(lookUps()).toEqual([]);
  });
});

describe("the cache", () => {
  test("the cache asks once for clicks that come together", async () => {
    const people = await Promise.all(
      ["U01ALICE", "U02BOB", "W03CAROL"].map((user) => groups.personOf(user, [OPS])),
    );
    expect(people.map((person) => person.groups)).toEqual([[], [OPS], [OPS]]);
    expect(lookUps()).toEqual([OPS]);
  });

  test("the cache knows a group for five minutes, then asks again", async () => {
    const groupsOfAlice = async () => (await groups.personOf("U01ALICE", [OPS])).groups;
    await groupsOfAlice();
    slack.groups.set(OPS, ["U01ALICE"]);
    nowMs = 299_999;
    expect(await groupsOfAlice()).toEqual([]);
    nowMs = 300_000;
    expect(await groupsOfAlice()).toEqual([OPS]);
    expect(lookUps()).toEqual([OPS, OPS]);
  });
});

describe("a look-up that fails counts as no (invariant 6)", () => {
  test.each([
    ["a group that is gone", { error: "no_such_subteam" }],
    ["a missing scope", { error: "missing_scope" }],
    ["a plan without groups", { error: "plan_upgrade_required" }],
    ["a broken Slack", { status: 503 }],
    [
      "an answer without users",
      { status: 200, headers: { "content-type": "application/json" }, body: '{"ok":true}' },
    ],
  ] as const)("%s", async (_, answer) => {
    slack.always("usergroups.users.list", answer);
    expect(await groups.personOf("U02BOB", [OPS])).toEqual(NOBODY_KNOWN);
    expect(logger.lines.join()).toContain(`looking up the user group ${OPS}`);
  });

  test("the groups that were found still count when another look-up fails", async () => {
    slack.groups.delete(DBA);
    expect(await groups.personOf("U02BOB", [OPS, DBA])).toEqual({
      user: "U02BOB",
      standing: "member",
      groups: [OPS],
      lookupFailed: true,
    });
  });

  test("a look-up that failed is a no for a member of before as well: what is out of date is not used", async () => {
    await groups.personOf("U02BOB", [OPS]);
    nowMs = 300_000;
    slack.once("usergroups.users.list", { status: 503 });
    expect(await groups.personOf("U02BOB", [OPS])).toEqual(NOBODY_KNOWN);
  });

  test("a look-up that failed is not repeated for every click, but soon", async () => {
    slack.once("usergroups.users.list", { status: 503 });
    for (let click = 0; click < 5; click += 1)
      expect(await groups.personOf("U02BOB", [OPS])).toEqual(NOBODY_KNOWN);
    expect(lookUps()).toHaveLength(1);
    nowMs = 10_000;
    expect((await groups.personOf("U02BOB", [OPS])).groups).toEqual([OPS]);
  });

  test("a look-up that failed waits as long as Slack asks, with every group", async () => {
    slack.once("usergroups.users.list", { status: 429, headers: { "retry-after": "30" } });
    expect(await groups.personOf("U02BOB", [OPS])).toEqual(NOBODY_KNOWN);
    nowMs = 29_999;
    expect(await groups.personOf("U02BOB", [OPS, DBA])).toEqual(NOBODY_KNOWN);
    expect(lookUps()).toEqual([OPS]);
    nowMs = 30_000;
    expect((await groups.personOf("U02BOB", [OPS, DBA])).groups).toEqual([OPS]);
  });

  test("a Slack that does not answer is not waited for longer than a click allows (invariant 9)", async () => {
    for (const method of ["usergroups.users.list", "users.info"]) slack.once(method, "hang");
    const hasty = createGroups({ settings: slack.settings(), logger, patienceMs: 50, now: () => nowMs });
    expect(await hasty.personOf("U02BOB", [OPS])).toEqual({ ...NOBODY_KNOWN, standing: "unknown" });
  });
});

test("somebody's account is looked up with their groups, and what is not known is said so", async () => {
  slack.people.set("U02BOB", { is_restricted: true });
  expect(await groups.personOf("U02BOB", [OPS])).toMatchObject({ standing: "guest", groups: [OPS] });
  slack.always("users.info", { error: "missing_scope" });
  expect(await groups.personOf("W03CAROL", [OPS])).toMatchObject({ standing: "unknown", groups: [OPS] });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPeople, type People } from "../../../src/slack/people/people.js";
import { FakeSlack } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";

let slack: FakeSlack;

let people: People;

let nowMs: number;

beforeEach(async () => {
  slack = await FakeSlack.start();
  nowMs = 0;
  people = createPeople({
    settings: slack.settings(),
    logger: keepingLogger(),
    patienceMs: 10_000,
    now: () => nowMs,
  });
});

afterEach(async () => {
  await slack.stop();
});

const asked = () => slack.callsOf("users.info").map(({ user }) => user);

describe("who somebody is in Slack", () => {
  test("people have the name that Slack shows, and their time zone", async () => {
    slack.people.set("U01ALICE", {
      name: "alice.w",
      tz: "Asia/Shanghai",
      profile: { display_name: "Alice", real_name: "Alice Wu" },
    });
    expect(await people.of("U01ALICE")).toEqual({ name: "Alice", timeZone: "Asia/Shanghai" });
  });

  test.each([
    [{ name: "bob", profile: { display_name: " ", real_name: "Bob B." } }, "Bob B."],
    [{ name: "bob", real_name: "Bob", profile: {} }, "Bob"],
    [{ name: "bob" }, "bob"],
  ])("who has no display name has the next one: %j", async (user, name) => {
    slack.people.set("U02BOB", user);
    expect(await people.of("U02BOB")).toEqual({ name, timeZone: null });
  });

  test("a zone that this system does not know is none", async () => {
    slack.people.set("U02BOB", { name: "bob", tz: "Mars/Olympus" });
    expect((await people.of("U02BOB"))?.timeZone).toBeNull();
  });

  test("for a page that shows dates in UTC everybody is in UTC, whatever their own zone", async () => {
    const plain = createPeople({
      settings: { ...slack.settings(), markup: "plain" },
      logger: keepingLogger(),
    });
    slack.people.set("U01ALICE", { name: "alice", tz: "America/Los_Angeles" });
    expect(await plain.of("U01ALICE")).toEqual({ name: "alice", timeZone: "UTC" });
  });

  test("whom Slack does not tell is not known, and is asked about again later", async () => {
    expect(await people.of("U02BOB")).toBeNull();
    slack.people.set("U02BOB", { name: "bob" });
    nowMs = 9_999;
    expect(await people.of("U02BOB")).toBeNull();
    nowMs = 10_000;
    expect((await people.of("U02BOB"))?.name).toBe("bob");
    expect(asked()).toEqual(["U02BOB", "U02BOB"]);
  });

  test("nobody waits for a Slack that does not answer", async () => {
    const impatient = createPeople({ settings: slack.settings(), logger: keepingLogger(), patienceMs: 20 });
    slack.always("users.info", "hang");
    expect(await impatient.of("U02BOB")).toBeNull();
  });
});

describe("what user groups are called", () => {
  test("one question answers for all of them", async () => {
    slack.groupNames.set("S01OPS", "ops").set("S02DBA", "dba");
    const names = await Promise.all(["S01OPS", "S02DBA", "S03GONE"].map((id) => people.groupName(id)));
    expect(names).toEqual(["ops", "dba", null]);
    expect(slack.callsOf("usergroups.list")).toHaveLength(1);
  });
});

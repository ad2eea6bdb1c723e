import { afterEach, beforeEach, expect, test } from "vitest";
import { createAccounts } from "../../../src/slack/people/accounts.js";
import { FakeSlack } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";

let slack: FakeSlack;

let nowMs: number;

let accountOf: ReturnType<typeof createAccounts>;

beforeEach(async () => {
  slack = await FakeSlack.start();
  nowMs = 0;
  const logger = keepingLogger();
  accountOf = createAccounts({
    settings: slack.settings(),
    logger,
    patienceMs: 10_000,
    now: () => nowMs,
  });
});

afterEach(() => slack.stop());

test.each([
  ["member", {}],
  ["member", { deleted: false, is_bot: false, is_restricted: false, is_ultra_restricted: false }],
  ["guest", { is_restricted: true }],
  ["guest", { is_restricted: true, is_ultra_restricted: true }],
  ["guest", { is_ultra_restricted: true }],
  ["bot", { is_bot: true }],
  ["deactivated", { deleted: true }],
  ["deactivated", { deleted: true, is_restricted: true }],
  ["stranger", { is_stranger: true }],
])("an account is that of a %s when Slack says %j", async (standing, said) => {
  slack.people.set("U02BOB", said);
  expect(await accountOf("U02BOB")).toEqual({ standing, organization: null });
});

test("Slack's own bot is a bot, though Slack does not say so", async () => {
  slack.people.set("USLACKBOT", { is_bot: false });
  expect(await accountOf("USLACKBOT")).toMatchObject({ standing: "bot" });
});

test("an account in an Enterprise Grid has its organization", async () => {
  slack.people.set("U02BOB", { enterprise_user: { enterprise_id: "E01", teams: ["T02"] } });
  expect(await accountOf("U02BOB")).toEqual({ standing: "member", organization: "E01" });
});

test.each([
  ["nobody of that id", { error: "user_not_found" }],
  ["a missing scope", { error: "missing_scope" }],
  ["a broken Slack", { status: 503 }],
  ["a limit", { status: 429, headers: { "retry-after": "30" } }],
  [
    "somebody else",
    {
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"ok":true,"user":{"id":"U09EVE"}}',
    },
  ],
  ["nothing", { status: 200, headers: { "content-type": "application/json" }, body: '{"ok":true}' }],
] as const)("an account is not known when Slack answers with %s", async (_, answer) => {
  slack.hasEverybody = true;
  slack.always("users.info", answer);
  expect(await accountOf("U02BOB")).toBeNull();
});

test("an account is remembered for a minute, so that somebody who left does not approve for long", async () => {
  slack.people.set("U02BOB", {});
  await accountOf("U02BOB");
  slack.people.set("U02BOB", { deleted: true });
  nowMs = 59_999;
  expect(await accountOf("U02BOB")).toMatchObject({ standing: "member" });
  nowMs = 60_000;
  expect(await accountOf("U02BOB")).toMatchObject({ standing: "deactivated" });
});

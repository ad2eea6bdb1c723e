import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lookAtSlack } from "../../src/check/slack.js";
import type { Env } from "../../src/config/environment.js";
import { BOT_SCOPES } from "../../src/slack/wire/scopes.js";
import { APP_TOKEN, BOT_TOKEN, FakeSlack } from "../slack/fake-slack.js";
import { configOf, lines } from "./support.js";

let slack: FakeSlack;

let folder: string;
beforeEach(async () => {
  slack = await FakeSlack.start();
  slack.scopes = Object.keys(BOT_SCOPES);
  slack.channels = new Map([["C01OPS", true]]);
  slack.groups.set("S01LEADS", ["U01ALICE", "U02BOB"]);
  folder = await mkdtemp(join(tmpdir(), "mmb-check-"));
});
afterEach(async () => {
  await slack.stop();
  await rm(folder, { recursive: true });
});

async function look(env: Env = {}): Promise<readonly string[]> {
  const clusters = join(folder, "clusters.yaml");
  const prod = { masters: ["http://127.0.0.1:5050"], channel: "C01OPS", approvers: ["S01LEADS", "U03CAROL"] };
  await writeFile(clusters, JSON.stringify({ clusters: { prod } }));
  const own = {
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: `${slack.url}/api/`,
    MESOS_MASTERS: undefined,
    SLACK_CHANNEL: undefined,
    CLUSTERS_FILE: clusters,
  };
  return lines(await lookAtSlack(configOf({ ...own, ...env })));
}

test("a Slack that lacks nothing is told so, and nothing was posted, joined or connected to", async () => {
  expect(await look()).toEqual([
    "ok Slack: app token: Slack would open a Socket Mode connection.",
    "ok Slack: bot token: It is good, for the workspace Ops.",
    "ok Slack: scopes: None is missing.",
    expect.stringMatching(
      /^unknown Slack: channel C01OPS: prod: it is there\. Whether the bot is a member is not known: .*channels:read.* → Type `\/invite @<the bot>` there/,
    ),
    "ok Slack: user group S01LEADS: It has 2 members.",
  ]);
  expect(slack.sockets).toEqual([]);
  expect(new Set(slack.calls.map(({ method }) => method))).toEqual(
    new Set(["apps.connections.open", "auth.test", "chat.getPermalink", "usergroups.users.list"]),
  );
});

test.each([
  [true, /^ok Slack: channel C01OPS: prod: the bot is a member\.$/],
  [
    false,
    /^mend Slack: channel C01OPS: prod: the bot is not a member, .* → Type `\/invite @<the bot>` there\.$/,
  ],
])("a token that may read channels tells whether the bot is a member: %s", async (isMember, line) => {
  slack.scopes = [...Object.keys(BOT_SCOPES), "channels:read"];
  slack.channels = new Map([["C01OPS", isMember]]);
  expect(await look()).toContainEqual(expect.stringMatching(line));
});

test("a channel that is not there, or private without the bot, is told", async () => {
  slack.channels = new Map();
  expect(await look()).toContainEqual(
    expect.stringMatching(
      /^mend Slack: channel C01OPS: prod: .*no such channel, or it is private.* → Use the channel's id/,
    ),
  );
});

test("a bot token that is wrong is told once, and never shown", async () => {
  const found = await look({ SLACK_BOT_TOKEN: "xoxb-revoked-1" });
  expect(found.slice(1)).toEqual([
    expect.stringMatching(
      /^mend Slack: bot token: .*does not accept the token.* → Copy the Bot User OAuth Token/,
    ),
  ]);
  expect(found.join()).not.toContain("xoxb-revoked-1");
});

test("an app token that is wrong, or lacks its scope, is told beside the rest", async () => {
  const [first, ...rest] = await look({ SLACK_APP_TOKEN: "xapp-wrong-1" });
  expect(first).toMatch(/^mend Slack: app token: .*does not accept the token.* → /);
  expect(rest).toContainEqual(expect.stringMatching(/^ok Slack: bot token/));
  slack.once("apps.connections.open", { error: "missing_scope", more: { needed: "connections:write" } });
  expect((await look())[0]).toMatch(/^mend Slack: app token: .*Needed: connections:write\. → /);
});

test("in HTTP mode a signing secret is said not to be known before Slack posts", async () => {
  const found = await look({ SLACK_APP_TOKEN: undefined, SLACK_SIGNING_SECRET: "s3cret-of-the-app" });
  expect(found[0]).toMatch(/^unknown Slack: signing secret: .* → .*401/);
  expect(found.join()).not.toContain("s3cret-of-the-app");
});

test("scopes that are missing are named; where Slack does not tell them, they are not known (invariant 13)", async () => {
  slack.scopes = ["commands", "chat:write"];
  expect(await look()).toContainEqual(
    expect.stringMatching(
      /^mend Slack: scopes: The bot token lacks .*usergroups:read.* → Add it under OAuth/,
    ),
  );
  slack.scopes = null;
  expect(await look()).toContainEqual(expect.stringMatching(/^unknown Slack: scopes: .* → .*manifest\.json/));
});

test("a user group that is not there, is empty, or may not be asked for now is told", async () => {
  slack.groups.set("S01LEADS", []);
  expect(await look()).toContainEqual(
    expect.stringMatching(/^mend Slack: user group S01LEADS: Nobody is in it\. → /),
  );
  slack.groups.clear();
  expect(await look()).toContainEqual(
    expect.stringMatching(/^mend Slack: user group S01LEADS: .*no such user group.* → Use the group's id/),
  );
  slack.once("usergroups.users.list", { status: 429, headers: { "retry-after": "30" } });
  expect(await look()).toContainEqual(
    expect.stringMatching(/^unknown Slack: user group S01LEADS: .* → Run the check again in a minute\.$/),
  );
});

test("a Slack that cannot be reached is told with where to look", async () => {
  const gone = await FakeSlack.start();
  const url = `${gone.url}/api/`;
  await gone.stop();
  const found = await look({ SLACK_API_URL: url });
  expect(found).toEqual([
    expect.stringMatching(/^mend Slack: app token: .*could not be reached.* → Look at the way out/),
    expect.stringMatching(/^mend Slack: bot token: .*could not be reached.* → Look at the way out/),
  ]);
});

test("a worker never calls Slack, so there is nothing to say of it", async () => {
  expect(await lookAtSlack(configOf({ REDIS_URL: "redis://r" }, "worker"))).toEqual([]);
});

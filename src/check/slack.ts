// Can the bot speak and be heard in Slack?

import type { Logger } from "../base/logger.js";
import type { ClusterConfig, Config, SlackConfig } from "../config/config.js";
import { groupsNamedIn } from "../engine/bot-side.js";
import { counted, list } from "../maintenance/text/list.js";
import { createSlackLook, type SlackLook } from "../slack/look.js";
import { type BotIdentity, createMessenger } from "../slack/say/messenger.js";
import { SlackFailure } from "../slack/wire/errors.js";
import { missingScopes } from "../slack/wire/scopes.js";
import { type Finding, mend, ok, unknown } from "./finding.js";

/** What is found is told by the findings alone. */
const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A worker never calls Slack. */
export async function lookAtSlack({ slack, clusters }: Config): Promise<readonly Finding[]> {
  if (slack === null) return [];
  const look = createSlackLook({ settings: slack, logger: quiet });
  const [way, told] = await Promise.all([wayIn(slack, look), whatTokenTells(slack, clusters, look)]);
  return [...way, ...told];
}

/** What commands and clicks come in by. */
async function wayIn({ mode }: SlackConfig, look: SlackLook): Promise<readonly Finding[]> {
  if (mode.kind === "http") {
    return [
      unknown(
        "Slack: signing secret",
        "Not known before Slack posts something.",
        "Type `/mesos help` once the bot runs: with a wrong secret its log shows a 401.",
      ),
    ];
  }
  const about = "Slack: app token";
  return await told(about, async () => {
    await look.tryAppToken(mode.appToken);
    return [ok(about, "Slack would open a Socket Mode connection.")];
  });
}

async function whatTokenTells(
  slack: SlackConfig,
  clusters: readonly ClusterConfig[],
  look: SlackLook,
): Promise<readonly Finding[]> {
  const about = "Slack: bot token";
  return await told(about, async () => {
    const me = await createMessenger({ settings: slack, logger: quiet }).whoAmI();
    const channels = [...new Set(clusters.map(({ channel }) => channel))].filter((id) => id !== null);
    const groups = [...new Set(clusters.flatMap(({ policy }) => groupsNamedIn(policy)))];
    const rest = await Promise.all([
      ...channels.map((id) => channel(id, clusters, me, look)),
      ...groups.map((id) => group(id, look)),
    ]);
    return [ok(about, `It is good, for the workspace ${me.team}.`), scopes(me), ...rest.flat()];
  });
}

function scopes({ scopes: granted }: BotIdentity): Finding {
  const about = "Slack: scopes";
  if (granted === null) {
    return unknown(
      about,
      "Slack did not tell them.",
      "Compare OAuth & Permissions of the Slack app with manifest.json.",
    );
  }
  const missing = missingScopes(granted);
  if (missing.length === 0) return ok(about, "None is missing.");
  const found = `The bot token lacks ${list(missing)}.`;
  return mend(
    about,
    found,
    "Add it under OAuth & Permissions (manifest.json has them all) and install the app again.",
  );
}

async function channel(
  id: string,
  clusters: readonly ClusterConfig[],
  { scopes: granted }: BotIdentity,
  look: SlackLook,
): Promise<readonly Finding[]> {
  const of = clusters.filter((cluster) => cluster.channel === id).map(({ name }) => name);
  const about = `Slack: channel ${id}`;
  return await told(about, async () => {
    const sight = await look.channel(id, granted ?? []);
    if (sight.kind === "hidden")
      return [mend(about, `${list(of)}: ${sight.failure.what}`, sight.failure.next)];
    if (sight.isMember === true) return [ok(about, `${list(of)}: the bot is a member.`)];
    const invite = "Type `/invite @<the bot>` there";
    if (sight.isMember === false)
      return [mend(about, `${list(of)}: the bot is not a member, so no card appears there.`, `${invite}.`)];
    return [
      unknown(
        about,
        `${list(of)}: it is there. Whether the bot is a member is not known: Slack tells only tokens with the scope channels:read (groups:read for a private channel).`,
        `${invite}: Slack says so if it is one already.`,
      ),
    ];
  });
}

async function group(id: string, look: SlackLook): Promise<readonly Finding[]> {
  const about = `Slack: user group ${id}`;
  return await told(about, async () => {
    const size = await look.groupSize(id);
    if (size > 0) return [ok(about, `It has ${counted(size, "member")}.`)];
    return [mend(about, "Nobody is in it.", "Add people to it, or name others in the clusters file.")];
  });
}

/** What an answer comes to, or why there was none: a thing to mend, unless it may well be over at the next look. */
async function told(about: string, ask: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SlackFailure)) throw error;
    if (error.code === "rate_limited")
      return [unknown(about, error.what, "Run the check again in a minute.")];
    return [mend(about, error.what, error.next)];
  }
}

import type { SlackConfig } from "./config.js";
import type { EnvironmentReader } from "./environment.js";
import type { VariableName } from "./environment-schema.js";

/** The variables that only the side Slack talks to reads. */
export const SLACK_VARIABLES = [
  "SLACK_BOT_TOKEN",
  "SLACK_APP_TOKEN",
  "SLACK_SIGNING_SECRET",
  "SLACK_API_URL",
  "SLACK_MARKUP",
  "SLACK_TEAMS",
  "HTTPS_PROXY",
  "NO_PROXY",
  "HOST",
  "PORT",
] as const satisfies readonly VariableName[];

/** How the bot reaches Slack, or `null` with problems recorded. */
export function slackSettings(env: EnvironmentReader): SlackConfig | null {
  const botToken = env.need("SLACK_BOT_TOKEN", "is not set: the bot cannot talk to Slack without its token");
  const mode = slackMode(env);
  if (botToken === null || mode === null) return null;
  const { SLACK_API_URL: apiUrl = null, SLACK_MARKUP: markup, SLACK_TEAMS: teams = [] } = env.values;
  const { HTTPS_PROXY: url, NO_PROXY: except = "" } = env.values;
  const proxy = url === undefined ? null : { url, except };
  return { botToken, apiUrl, markup, teams, proxy, mode };
}

function slackMode(env: EnvironmentReader): SlackConfig["mode"] | null {
  const socket = env.given("SLACK_APP_TOKEN");
  const http = env.given("SLACK_SIGNING_SECRET");
  if (socket && http) {
    env.refuse(
      "SLACK_SIGNING_SECRET",
      "is set together with SLACK_APP_TOKEN: keep this one for HTTP mode or the other for Socket Mode",
    );
    return null;
  }
  if (!http) {
    const why = "is not set: Socket Mode needs it (for HTTP mode set SLACK_SIGNING_SECRET and PORT instead)";
    const appToken = env.need("SLACK_APP_TOKEN", why);
    return appToken === null ? null : { kind: "socket", appToken };
  }
  const signingSecret = env.need("SLACK_SIGNING_SECRET", "is not set");
  const { HOST: host, PORT: port } = env.values;
  if (port === env.values.OPS_PORT) {
    env.refuse("OPS_PORT", "is the same port as PORT: Slack's requests and the health checks need one each");
    return null;
  }
  return signingSecret === null ? null : { kind: "http", signingSecret, host, port };
}

import { Secret } from "../../src/base/secret.js";
import type { SlackConfig } from "../../src/config/config.js";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { type LocalSlack, startLocalSlack } from "../../src/rehearsal/local-slack/local-slack.js";
import { suiteFor } from "./require.js";

export { type LocalSlack, startLocalSlack };

/** A suite that runs against the real local Slack, where its binary is installed. */
export function localSlackSuite(name: string): (define: () => void) => void {
  return suiteFor(name, localSlackAvailable());
}

/** Settings with which the bot reaches a local Slack. */
export function settingsFor(slack: LocalSlack, mode: "socket" | { port: number } = "socket"): SlackConfig {
  const { botToken, appToken, signingSecret } = slack.tokens;
  return {
    botToken: new Secret(botToken),
    apiUrl: slack.apiUrl,
    markup: "slack",
    teams: [],
    proxy: null,
    mode:
      mode === "socket"
        ? { kind: "socket", appToken: new Secret(appToken) }
        : {
            kind: "http",
            signingSecret: new Secret(signingSecret),
            host: "127.0.0.1",
            port: mode.port,
          },
  };
}

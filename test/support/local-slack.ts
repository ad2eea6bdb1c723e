import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { type LocalSlack, startLocalSlack } from "../../src/rehearsal/local-slack/local-slack.js";
import type { SlackSettings } from "../../src/slack/wire/settings.js";
import { suiteFor } from "./require.js";

export { type LocalSlack, startLocalSlack };

/** A suite that runs against the real local Slack, where its binary is installed. */
export function localSlackSuite(name: string): (define: () => void) => void {
  return suiteFor(name, localSlackAvailable());
}

/** Settings with which the bot reaches a local Slack. */
export function settingsFor(slack: LocalSlack, mode: "socket" | { port: number } = "socket"): SlackSettings {
  const { botToken, appToken, signingSecret } = slack.tokens;
  return {
    botToken: { reveal: () => botToken },
    apiUrl: slack.apiUrl,
    mode:
      mode === "socket"
        ? { kind: "socket", appToken: { reveal: () => appToken } }
        : {
            kind: "http",
            signingSecret: { reveal: () => signingSecret },
            port: mode.port,
            host: "127.0.0.1",
          },
  };
}

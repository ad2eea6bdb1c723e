import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { COMMAND } from "../../../src/maintenance/text/command.js";
import { HTTP_PATH } from "../../../src/slack/connection/door.js";
import { BOT_SCOPES, missingScopes } from "../../../src/slack/wire/scopes.js";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

interface Manifest {
  display_information: { name: string; description: string; long_description: string };
  features: {
    app_home: {
      home_tab_enabled: boolean;
      messages_tab_enabled: boolean;
      messages_tab_read_only_enabled: boolean;
    };
    slash_commands: { command: string; description: string; usage_hint: string; should_escape: boolean }[];
  };
  oauth_config: { scopes: { bot: string[]; user?: string[] } };
  settings: {
    socket_mode_enabled: boolean;
    event_subscriptions: { bot_events: string[]; user_events?: string[] };
    interactivity: { is_enabled: boolean };
    token_rotation_enabled: boolean;
  };
}

const manifest = JSON.parse(read("manifest.json")) as Manifest;

describe("manifest.json", () => {
  test("manifest.json asks for exactly the scopes the code uses", () => {
    expect(manifest.oauth_config.scopes.bot).toEqual(Object.keys(BOT_SCOPES));
    expect(manifest.oauth_config.scopes.user).toBeUndefined();
    expect(missingScopes(manifest.oauth_config.scopes.bot)).toEqual([]);
  });

  test("manifest.json has the one slash command, unescaped because the parser undoes Slack's formatting itself", () => {
    expect(manifest.features.slash_commands.map((one) => [one.command, one.should_escape])).toEqual([
      [COMMAND, false],
    ]);
  });

  test("manifest.json turns on what the bot needs: Socket Mode and buttons, and no token rotation", () => {
    expect(manifest.settings).toMatchObject({
      socket_mode_enabled: true,
      interactivity: { is_enabled: true },
      token_rotation_enabled: false,
    });
  });

  test("manifest.json turns on the Home, its one event, and the direct messages in which clicks there are answered", () => {
    expect(manifest.features.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: true,
    });
    expect(manifest.settings.event_subscriptions).toEqual({ bot_events: ["app_home_opened"] });
  });

  test("manifest.json keeps to Slack's lengths", () => {
    const { name, description, long_description: long } = manifest.display_information;
    expect(name.length).toBeLessThanOrEqual(35);
    expect(description.length).toBeLessThanOrEqual(140);
    expect(long.length).toBeGreaterThanOrEqual(174);
    expect(long.length).toBeLessThanOrEqual(4000);
    for (const command of manifest.features.slash_commands) {
      expect(command.description.length).toBeLessThanOrEqual(2000);
      expect(command.usage_hint.length).toBeLessThanOrEqual(1000);
    }
  });
});

describe("docs/slack.md", () => {
  const docs = read("docs/slack.md");

  test.each(Object.entries(BOT_SCOPES))("docs/slack.md says what the scope %s is for", (scope, why) => {
    expect(docs).toContain(`| \`${scope}\` | ${why} |`);
  });

  test("docs/slack.md names the path of HTTP mode, for commands, clicks and the event of the Home", () => {
    const address = `"https://mesos-bot.example.com${HTTP_PATH}"`;
    expect(docs).toContain(`"slash_commands": [{ "command": "/mesos", "url": ${address}`);
    expect(docs).toContain(`"interactivity": { "is_enabled": true, "request_url": ${address} }`);
    const { bot_events } = manifest.settings.event_subscriptions;
    expect(docs).toContain(
      `"event_subscriptions": { "request_url": ${address}, "bot_events": ${JSON.stringify(bot_events)} }`,
    );
  });
});

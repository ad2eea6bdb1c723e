/** A secret that does not print itself: only `reveal` gives it away. */
export interface Secretish {
  reveal(): string;
}

/** How the bot reaches Slack and how Slack reaches the bot. */
export interface SlackSettings {
  /** `xoxb-…` */
  readonly botToken: Secretish;
  /** Base of Slack's Web API, for a local Slack or a gateway; `null` means slack.com. */
  readonly apiUrl: string | null;
  readonly mode: SocketMode | HttpMode;
  /**
   * Workspaces (`T…`) and organizations (`E…`) whose people count as ours as well.
   *
   * @defaultValue none
   */
  readonly teams?: readonly string[];
}

/** The bot opens a WebSocket to Slack: no incoming connections needed. */
export interface SocketMode {
  readonly kind: "socket";
  /** `xapp-…`, with the scope `connections:write`. */
  readonly appToken: Secretish;
}

/** Slack posts signed requests to `/slack/events` on this port. */
export interface HttpMode {
  readonly kind: "http";
  readonly signingSecret: Secretish;
  /** 0 takes a free one. */
  readonly port: number;
  /** @defaultValue every interface: Slack or a proxy must reach it, and every request is checked by its signature */
  readonly host?: string | undefined;
}

/** The path Slack posts to in HTTP mode: the request URL of the slash command and of interactivity. */
export const HTTP_PATH = "/slack/events";

/** Options of Slack's client that depend on the settings. */
export function apiUrlOption(settings: Pick<SlackSettings, "apiUrl">): { slackApiUrl?: string } {
  return settings.apiUrl === null ? {} : { slackApiUrl: settings.apiUrl };
}

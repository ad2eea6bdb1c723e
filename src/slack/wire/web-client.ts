import { webApi } from "@slack/bolt";
import type { Logger } from "../../base/logger.js";
import type { SlackConfig } from "../../config/config.js";
import { boltLogger } from "./logger.js";

/** What a client of Slack's Web API is made from. */
export interface WebClientOptions {
  readonly settings: Pick<SlackConfig, "botToken" | "apiUrl">;
  readonly logger: Logger;
}

/** Options of Slack's client that depend on the settings. */
export function apiUrlOption(settings: Pick<SlackConfig, "apiUrl">): { slackApiUrl?: string } {
  return settings.apiUrl === null ? {} : { slackApiUrl: settings.apiUrl };
}

/**
 * A client that tries once and does not wait out rate limits: who calls it knows how patient to be, and a retry hidden
 * in here could post a message twice.
 */
export function createWebClient(o: WebClientOptions, timeoutMs: number): webApi.WebClient {
  return new webApi.WebClient(o.settings.botToken.reveal(), {
    ...apiUrlOption(o.settings),
    logger: boltLogger(o.logger),
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
  });
}

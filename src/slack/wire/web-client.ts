import { webApi } from "@slack/bolt";
import type { Logger } from "../../base/logger.js";
import type { SlackConfig } from "../../config/config.js";
import { boltLogger } from "./logger.js";
import { fetchFor } from "./way-out.js";

/** What a client of Slack's Web API is made from. */
export interface WebClientOptions {
  readonly settings: Pick<SlackConfig, "botToken" | "apiUrl" | "proxy">;
  readonly logger: Logger;
}

/** Options of Slack's client that depend on the settings: where Slack is, and how it is reached. */
export function wayOptions(
  settings: Pick<SlackConfig, "apiUrl" | "proxy">,
): Pick<webApi.WebClientOptions, "slackApiUrl" | "fetch"> {
  const fetch = fetchFor(settings.proxy);
  return settings.apiUrl === null ? { fetch } : { fetch, slackApiUrl: settings.apiUrl };
}

/**
 * A client that tries once and does not wait out rate limits: who calls it knows how patient to be, and a retry hidden
 * in here could post a message twice.
 */
export function createWebClient(o: WebClientOptions, timeoutMs: number): webApi.WebClient {
  return new webApi.WebClient(o.settings.botToken.reveal(), {
    ...wayOptions(o.settings),
    logger: boltLogger(o.logger),
    retryConfig: { retries: 0 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
  });
}

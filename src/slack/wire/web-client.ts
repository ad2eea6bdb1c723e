import { webApi } from "@slack/bolt";
import { boltLogger, type SlackLogger } from "./logger.js";
import { apiUrlOption, type SlackSettings } from "./settings.js";

/** What a client of Slack's Web API is made from. */
export interface WebClientOptions {
  readonly settings: Pick<SlackSettings, "botToken" | "apiUrl">;
  readonly logger: SlackLogger;
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

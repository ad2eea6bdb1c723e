import { type Logger as BoltLogger, LogLevel } from "@slack/bolt";
import type { Logger } from "../../base/logger.js";
import { scrub } from "../../base/scrub.js";

/**
 * Slack's own libraries on our logger. Their debug output holds message bodies and socket tickets, so it is dropped,
 * and what is left goes through `scrub`.
 */
export function boltLogger(logger: Logger): BoltLogger {
  const text = (parts: readonly unknown[]) => scrub(parts.map(String).join(" "));
  return {
    debug() {},
    info: (...parts: unknown[]) => logger.info({ from: "slack-sdk" }, text(parts)),
    warn: (...parts: unknown[]) => logger.warn({ from: "slack-sdk" }, text(parts)),
    error: (...parts: unknown[]) => logger.error({ from: "slack-sdk" }, text(parts)),
    setLevel() {},
    getLevel: () => LogLevel.INFO,
    setName() {},
  };
}

import { type Logger, LogLevel } from "@slack/bolt";
import { redact } from "./redact.js";

/** What this room needs of a logger; pino has this shape. */
export interface SlackLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Slack's own libraries on our logger. Their debug output holds message bodies and socket tickets, so it is dropped,
 * and what is left goes through `redact`.
 */
export function boltLogger(logger: SlackLogger): Logger {
  const text = (parts: readonly unknown[]) => redact(parts.map(String).join(" "));
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

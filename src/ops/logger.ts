import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import { MASK } from "../base/known-secrets.js";
import { scrubJson } from "../base/scrub.js";
import { describeError } from "./describe-error.js";

export type { Logger } from "pino";

export interface LoggerOptions {
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. */
  readonly level: string;
  /** Which process speaks, such as `bot` or `worker`. */
  readonly name: string;
  /** Where the lines go; standard output if left out. */
  readonly destination?: DestinationStream;
}

/** Keys whose value is a secret by name. The text of each line is scrubbed as well, for those deeper down. */
const SECRET_KEYS = [
  "token",
  "botToken",
  "appToken",
  "signingSecret",
  "secret",
  "password",
  "authorization",
  "Authorization",
  "cookie",
  "response_url",
  "responseUrl",
  "trigger_id",
  "triggerId",
  "upload_url",
] as const;

const REDACTED = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`]);

/** One JSON object a line, time in ISO 8601, without secrets. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    name: options.name,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error) },
    redact: { paths: REDACTED, censor: MASK },
    hooks: { streamWrite: scrubJson },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

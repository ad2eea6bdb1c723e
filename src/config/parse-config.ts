import { readFileSync } from "node:fs";
import { readClusters } from "./clusters.js";
import type { Config, Role } from "./config.js";
import { ConfigError } from "./config-error.js";
import { type Env, EnvironmentReader } from "./environment.js";
import type { ReadFile } from "./read-file.js";
import { SecretVariables, secretsOf, unhideable } from "./secrets.js";
import { SLACK_VARIABLES, slackSettings } from "./slack-settings.js";
import { storeSettings } from "./store-settings.js";

/** What the configuration is made from. */
interface Surroundings {
  /** What stands after `--role` on the command line. */
  readonly role: Role;
  readonly env: Env;
  readonly readFile: ReadFile;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly error: ConfigError };

/** Environment and clusters file as one frozen configuration, or everything that is wrong with them at once. */
export function parseConfig(around: Surroundings): ConfigResult {
  const { role } = around;
  const env = new EnvironmentReader(around.env, role === "worker" ? SLACK_VARIABLES : []);
  const slack = role === "worker" ? null : slackSettings(env);
  const store = storeSettings(env, role, around.readFile);
  const named = new SecretVariables(around.env);
  const clusters = readClusters(env, { ...around, secrets: named });
  if (env.problems.length > 0 || store === null) {
    return { ok: false, error: new ConfigError(env.problems, hint(env, role)) };
  }
  const {
    HISTORY_DAYS: days,
    COMMANDS_PER_MINUTE: commandsPerMinute,
    OPS_HOST: host,
    OPS_PORT: port,
    LOG_LEVEL: logLevel,
  } = env.values;
  const historyMs = days * 86_400_000;
  // Also what this role does not use: it may stand in the same environment.
  const ours = new EnvironmentReader(around.env).values;
  const variables = [...Object.entries(ours), ...named.all()];
  const config = {
    ...{ role, slack, store, historyMs, commandsPerMinute, clusters },
    secrets: secretsOf({ slack, store, clusters }, variables),
    unhideable: unhideable(variables),
    ops: { host, port },
    logLevel,
  };
  return { ok: true, config: deepFreeze(config) };
}

/**
 * The configuration of this process, from `process.env` and the files it names. Throws a ConfigError that holds every
 * problem; print its `format()` and exit with CONFIG_EXIT_CODE.
 */
export function loadConfig(role: Role): Config {
  const result = parseConfig({ env: process.env, role, readFile: (path) => readFileSync(path, "utf8") });
  if (!result.ok) throw result.error;
  return result.config;
}

const SLACK = ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"] as const;

/** Somebody without any Slack setting has probably just cloned the project. */
function hint(env: EnvironmentReader, role: Role): string | null {
  return role === "all" && !SLACK.some((name) => env.given(name))
    ? "To look first, without Slack, Redis or Mesos: npm run demo"
    : null;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

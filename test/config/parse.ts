import type { Config, Role } from "../../src/config/config.js";
import type { ConfigError } from "../../src/config/config-error.js";
import { parseConfig } from "../../src/config/parse-config.js";

export interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly role?: Role;
  /** Files that exist, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The least that every role accepts. */
export const SLACK = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1" } as const;

export const LEAST = { ...SLACK, MESOS_MASTERS: "m1:5050" } as const;

export function parse({ env = {}, role = "all", files = {} }: Given) {
  return parseConfig({
    env,
    role,
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error("missing"), { code: "ENOENT" });
      return text;
    },
  });
}

/** The configuration of settings that are right. */
export function configOf(given: Given): Config {
  const result = parse(given);
  if (!result.ok) throw result.error;
  return result.config;
}

/** The error of settings that are wrong. */
export function errorOf(given: Given): ConfigError {
  const result = parse(given);
  if (result.ok) throw new Error("expected problems, but the configuration was accepted");
  return result.error;
}

/** Problems as `where: what`, to compare with. */
export function problemsOf(given: Given): readonly string[] {
  return errorOf(given).problems.map(({ where, what }) => `${where}: ${what}`);
}

/** With a clusters file `/etc/bot/clusters.yaml` of this text, and everything else right. */
export function withClusters(text: string, given: Given = {}): Given {
  return {
    ...given,
    env: { ...SLACK, CLUSTERS_FILE: "/etc/bot/clusters.yaml", ...given.env },
    files: { "/etc/bot/clusters.yaml": text, ...given.files },
  };
}

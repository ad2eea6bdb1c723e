import { readFileSync } from "node:fs";
import type { Finding } from "../../src/check/finding.js";
import type { Config, Role } from "../../src/config/config.js";
import type { Env } from "../../src/config/environment.js";
import { parseConfig } from "../../src/config/parse-config.js";

/** The least that a configuration needs. */
export const LEAST: Env = {
  SLACK_BOT_TOKEN: "xoxb-1-2",
  SLACK_APP_TOKEN: "xapp-1-2",
  MESOS_MASTERS: "http://127.0.0.1:5050",
  SLACK_CHANNEL: "C01OPS",
};

export function configOf(env: Env, role: Role = "all"): Config {
  const result = parseConfig({
    env: { ...LEAST, ...env },
    role,
    readFile: (path) => readFileSync(path, "utf8"),
  });
  if (!result.ok) throw result.error;
  return result.config;
}

/** Findings as `state about: found → next`, to read and to compare. */
export function lines(findings: readonly Finding[]): readonly string[] {
  return findings.map(
    ({ state, about, found, next }) => `${state} ${about}: ${found}${next === null ? "" : ` → ${next}`}`,
  );
}

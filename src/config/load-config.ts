import { readFileSync } from "node:fs";
import type { Config, Role } from "./config.js";
import { parseConfig } from "./parse-config.js";

/**
 * The configuration of this process, from `process.env` and the files it names. Throws a ConfigError that holds every
 * problem; print its `format()` and exit with CONFIG_EXIT_CODE.
 */
export function loadConfig(role?: Role): Config {
  const result = parseConfig({ env: process.env, role, readFile: (path) => readFileSync(path, "utf8") });
  if (!result.ok) throw result.error;
  return result.config;
}

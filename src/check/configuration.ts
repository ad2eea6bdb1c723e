// Is the configuration as it is meant?

import type { Config } from "../config/config.js";
import type { Env } from "../config/environment.js";
import { configWarnings } from "../config/warnings.js";
import { list } from "../maintenance/text/list.js";
import { type Finding, note, ok } from "./finding.js";

const ABOUT = "configuration";

/** Mistakes were told before: a configuration with one never gets here. What may still not be meant is noted. */
export async function lookAtConfiguration(config: Config, env: Env): Promise<readonly Finding[]> {
  const clusters = list(config.clusters.map(({ name }) => name));
  return [
    ok(ABOUT, `It has no mistake. Role ${config.role}; clusters: ${clusters}.`),
    ...configWarnings(config, env).map((warning) =>
      note(ABOUT, warning, "If it is meant so, there is nothing to do."),
    ),
  ];
}

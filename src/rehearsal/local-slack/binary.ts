import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The npm package that holds the binary for this system: `local-slack-linux-x64` and its sisters. */
const PACKAGE = `local-slack-${process.platform}-${process.arch}`;

/** Where the local Slack is on this machine, or `null`: it is an optional dependency. */
export function localSlackBinary(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
    const binary = join(dirname(manifest), "bin", "local-slack");
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/** `true`, or what is missing and how to get it. */
export function localSlackAvailable(): true | string {
  if (localSlackBinary() !== null) return true;
  return `the optional package ${PACKAGE} is not installed; install it with npm ci (without --omit=optional) on Linux x64`;
}

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/check/finding.js";
import { readCommandLine } from "../../src/config/command-line.js";
import { CONFIG_EXIT_CODE } from "../../src/config/config-error.js";
import { createMetrics } from "../../src/ops/metrics.js";

const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

describe("docs/operations.md", () => {
  test("names all our metrics, and only metrics that there are", async () => {
    const known = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name);
    const named = new Set(page.match(/\b(?:mesos_bot|nodejs|process)_[a-z0-9_]+/g));
    const ours = known.filter((name) => name.startsWith("mesos_bot_"));
    expect(ours.filter((name) => !named.has(name))).toEqual([]);
    for (const name of named) expect(known).toContain(name.replace(/_bucket$/, ""));
  });

  test("writes each check so that the program understands it, and names all that a line begins with", () => {
    const blocks = [...page.matchAll(/```(?:sh|yaml)\n([\s\S]*?)```|`(docker compose run [^`]+)`/g)];
    const checks = blocks
      .map(([, block, inline]) => block ?? inline ?? "")
      .filter((text) => text.includes("--check"));
    expect(checks).toHaveLength(4);
    for (const text of checks) {
      const args = /(?:--role\b[ ,]+\w+[ ,]+)?--check/.exec(text)?.[0].split(/[ ,]+/) ?? [];
      expect(readCommandLine(args, {})).toMatchObject({ kind: "check" });
    }
    const states: Record<Finding["state"], RegExp> = {
      ok: /^\| `ok` .*\| 0 \|$/m,
      note: /^\| `note` .*\| 0 \|$/m,
      unknown: /^\| `unknown` .*\| 0 \|$/m,
      mend: /^\| `mend` .*\| 1 \|$/m,
    };
    for (const row of Object.values(states)) expect(page).toMatch(row);
  });

  test("has a unit that waits for the shutdown and does not restart on a wrong configuration", () => {
    const unit = /```ini\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    expect(unit).toContain("ExecStart=/usr/bin/node dist/main.js --role %i\n");
    expect(unit).toMatch(new RegExp(`^RestartPreventExitStatus=.*\\b${CONFIG_EXIT_CODE}\\b`, "m"));
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(25);
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { createMetrics } from "../../src/ops/metrics.js";
import { suiteFor } from "../support/require.js";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

const read = (path: string) => readFileSync(path, "utf8");

const rules = (load(read("monitoring/alerts.yaml")) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);

const { panels } = JSON.parse(read("monitoring/dashboard.json")) as { panels: Panel[] };

/** The queries of the dashboard, with Grafana's variables filled in. */
const queries = panels.flatMap(({ targets }) =>
  targets.map(({ expr }) => expr.replaceAll("$cluster", ".*").replaceAll("$__rate_interval", "5m")),
);

/** Labels of each series that `/metrics` exposes, by its name. */
async function exposed(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { registry } = createMetrics();
  // Every scraped series has the first two, and the target itself is `up`.
  const scraped = ["job", "instance"];
  const series: [string, string[]][] = [["up", scraped]];
  for (const { name, type } of await registry.getMetricsAsJSON()) {
    const metric = registry.getSingleMetric(name) as unknown as { labelNames: readonly string[] };
    const labels = [...scraped, ...metric.labelNames];
    if (String(type) !== "histogram") series.push([name, labels]);
    else
      series.push([`${name}_bucket`, [...labels, "le"]], [`${name}_sum`, labels], [`${name}_count`, labels]);
  }
  return new Map(series);
}

const namesIn = (query: string) => query.match(/\b(?:mesos_bot|nodejs|process)_\w+|\bup\b/g) ?? [];

describe("monitoring/", () => {
  test.each([...rules.map(({ expr }) => expr), ...queries])(
    "asks for what the program exposes: %s",
    async (query) => {
      const known = await exposed();
      const names = namesIn(query);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect([...known.keys()]).toContain(name);
      const labels = names.flatMap((name) => known.get(name) ?? []);
      const asked = [
        ...[...query.matchAll(/(\w+)\s*(?:=~|!=|!~|=)\s*"/g)].map(([, label]) => label),
        ...[...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/)),
      ];
      for (const label of asked) expect(labels).toContain(label);
    },
  );

  test("the dashboard shows every metric of ours", async () => {
    const shown = queries.flatMap(namesIn);
    const ours = [...(await exposed()).keys()].map((name) => name.replace(/_(?:bucket|sum|count)$/, ""));
    for (const name of ours.filter((one) => one.startsWith("mesos_bot_")))
      expect(shown.map((one) => one.replace(/_bucket$/, ""))).toContain(name);
  });

  test("the dashboard's panels have their own ids, say what they show, and do not lie on each other", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, description } of panels) expect(title && description).not.toBe("");
    const taken = new Set<string>();
    for (const { gridPos } of panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(x).toBeLessThan(24);
          expect(taken.has(`${x} ${y}`)).toBe(false);
          taken.add(`${x} ${y}`);
        }
  });

  test.each(rules.map(({ alert, annotations }) => [alert, annotations]))(
    "%s says what to do: a part of docs/night.md",
    (_, { summary, runbook = "" }) => {
      expect(summary).not.toBe("");
      const [file = "", anchor] = runbook.split("#");
      const anchors = [...read(file).matchAll(/^## (.+)$/gm)].map(([, heading = ""]) =>
        heading.toLowerCase().replaceAll(" ", "-"),
      );
      expect(anchors).toContain(anchor);
    },
  );
});

suiteFor(
  "the alert rules in Prometheus",
  spawnSync("promtool", ["--version"]).status === 0 || "promtool (Debian's prometheus) is not installed",
)(() => {
  const promtool = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
    return { status, said: `${stdout}${stderr}` };
  };

  test("the rules are well-formed", () => {
    expect(promtool("check", "rules", "monitoring/alerts.yaml")).toMatchObject({ status: 0 });
  });

  test("each alert comes when it is due, and not before", () => {
    const { status, said } = promtool("test", "rules", "monitoring/alerts.test.yaml");
    expect({ status, said }).toMatchObject({ status: 0 });
    const { tests } = load(read("monitoring/alerts.test.yaml")) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const cases = tests.flatMap((one) => one.alert_rule_test);
    for (const { alert } of rules) {
      const counts = cases.filter(({ alertname }) => alertname === alert).map((one) => one.exp_alerts.length);
      expect(counts).toContain(0);
      expect(Math.max(...counts)).toBeGreaterThan(0);
    }
  });

  test("Prometheus understands every query of the dashboard", () => {
    const folder = mkdtempSync(join(tmpdir(), "mmb-queries-"));
    const file = join(folder, "queries.yaml");
    const recorded = queries.map((expr, n) => ({ record: `query_${n}`, expr }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules: recorded }] }));
    const { status, said } = promtool("check", "rules", file);
    rmSync(folder, { recursive: true });
    expect({ status, said }).toMatchObject({ status: 0 });
  });
});

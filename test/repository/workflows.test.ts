import { readdirSync, readFileSync } from "node:fs";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";

const at = (path: string) => new URL(`../../${path}`, import.meta.url);

const read = (path: string) => readFileSync(at(path), "utf8");

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly "timeout-minutes"?: number;
        readonly permissions?: unknown;
        readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
      }
    >
  >;
}

const FILES = readdirSync(at(".github/workflows"));

const workflow = (file: string) => load(read(`.github/workflows/${file}`)) as Workflow;

const AUDIT = "npm audit --package-lock-only --omit=dev --audit-level=high";

describe.each(FILES)("the workflow %s", (file) => {
  const { permissions, jobs, on } = workflow(file);

  test("may read, and nothing else, also where a stranger's change runs", () => {
    expect(permissions).toEqual({ contents: "read" });
    expect(Object.keys(on)).not.toContain("pull_request_target");
    for (const job of Object.values(jobs)) expect(job.permissions).toBeUndefined();
    expect(read(`.github/workflows/${file}`)).not.toContain("secrets.");
  });

  test("leaves no token behind, and ends", () => {
    for (const { steps, "timeout-minutes": minutes } of Object.values(jobs)) {
      expect(minutes).toBeGreaterThan(0);
      const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
      expect(checkouts.length).toBeGreaterThan(0);
      for (const { with: settings } of checkouts) expect(settings).toEqual({ "persist-credentials": false });
    }
  });
});

test("known weaknesses of what is shipped are looked for with each change, and each week without one", () => {
  const { on, jobs } = workflow("audit.yml");
  expect(Object.keys(on).sort()).toEqual(["pull_request", "push", "schedule"]);
  expect(Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))).toEqual([AUDIT]);
  expect(read("CONTRIBUTING.md")).toContain(`\`${AUDIT}\``);
});

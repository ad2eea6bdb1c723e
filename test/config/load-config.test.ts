import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConfigError } from "../../src/config/config-error.js";
import { VARIABLE_NAMES } from "../../src/config/environment-schema.js";
import { loadConfig } from "../../src/config/parse-config.js";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "config-"));
  for (const name of VARIABLE_NAMES) vi.stubEnv(name, undefined);
  vi.stubEnv("CLUSTERS_FILE", join(folder, "clusters.yaml"));
  vi.stubEnv("REDIS_URL", "redis://127.0.0.1");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("the process's environment and the files it names become the configuration", () => {
  writeFileSync(join(folder, "hosts.ini"), "[web]\n");
  writeFileSync(
    join(folder, "clusters.yaml"),
    "clusters: { prod: { masters: [m1], inventory: hosts.ini } }\n",
  );
  const [cluster] = loadConfig("worker").clusters;
  expect(cluster).toMatchObject({ name: "prod", inventoryFile: join(folder, "hosts.ini") });
});

test("what is wrong is thrown as one error", () => {
  expect(() => loadConfig("worker")).toThrow(ConfigError);
  expect(() => loadConfig("worker")).toThrow(
    /CLUSTERS_FILE names a file that cannot be read: .* \(no such file\)/,
  );
});

test("a folder in place of a file is said to be one", () => {
  vi.stubEnv("CLUSTERS_FILE", folder);
  expect(() => loadConfig("worker")).toThrow(/\(it is a folder\)/);
});

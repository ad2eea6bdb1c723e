import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesOf } from "../../src/runbooks/files.js";
import { repositoryFile } from "../config/documents.js";
import { configOf, withClusters } from "../config/parse.js";
import { ansibleAvailable } from "../support/ansible.js";
import { suiteFor } from "../support/require.js";
import { inputOf } from "./support/run.js";

const page = repositoryFile("docs/runbooks.md");

const blockOf = (language: string, at: number): string =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))][at]?.[1] ?? "";

describe("docs/runbooks.md", () => {
  test("its clusters file is right", () => {
    const config = configOf(withClusters(blockOf("yaml", 0), { env: { ANSIBLE_BECOME_PASSWORD: "s" } }));
    expect(config.clusters[0]?.runbooks).toMatchObject([{ name: "kernel-update", folder: "/srv/playbooks" }]);
  });

  test("its JSON is what a program gets", () => {
    const shown = JSON.parse(blockOf("json", 0));
    const given = JSON.parse(filesOf(inputOf()).stdin);
    expect(Object.keys(shown)).toEqual(Object.keys(given));
    expect(Object.keys(shown.machines[0])).toEqual(Object.keys(given.machines[0]));
    expect(Object.keys(shown.window)).toEqual(Object.keys(given.window));
  });

  test("every file that keeps something of its threats is there", () => {
    const named = [...page.matchAll(/`((?:src|test)\/[\w./-]+)`/g)].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});

suiteFor(
  "the playbook of docs/runbooks.md",
  ansibleAvailable,
)(() => {
  test("Ansible understands the playbook", () => {
    const folder = mkdtempSync(join(tmpdir(), "mmb-page-"));
    writeFileSync(join(folder, "kernel.yml"), blockOf("yaml", 1));
    writeFileSync(join(folder, "inventory.ini"), filesOf(inputOf()).inventory);
    const line = ["-i", "inventory.ini", "--syntax-check", "kernel.yml"];
    const { status, stderr } = spawnSync("ansible-playbook", line, { cwd: folder, encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

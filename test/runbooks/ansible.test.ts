import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Runbook } from "../../src/config/runbook.js";
import { isAnsible, recapOf } from "../../src/runbooks/ansible.js";
import { filesOf } from "../../src/runbooks/files.js";
import { ansibleAvailable } from "../support/ansible.js";
import { suiteFor } from "../support/require.js";
import { inputOf, livingOfRun, machinesOf, runbookOf, start } from "./support/run.js";

const FAILED = "Exit code 2: a host failed, or Ansible does not know an option.";

const RECAP = `
TASK [fail] ****
PLAY RECAP *********************************************************************
web-01                     : ok=2    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
web-02                     : ok=1    changed=0    unreachable=0    failed=1    skipped=0    rescued=0    ignored=0
db.example.com             : ok=0    changed=0    unreachable=1    failed=0    skipped=0    rescued=0    ignored=0
`;

describe("the recap of a playbook", () => {
  test("each host came out as its line says, and one without a line was not run", () => {
    expect(recapOf(RECAP, ["web-01", "web-02", "db.example.com", "web-03"])).toEqual({
      isEmpty: false,
      hosts: [
        { hostname: "web-01", how: "ok" },
        { hostname: "web-02", how: "failed" },
        { hostname: "db.example.com", how: "unreachable" },
        { hostname: "web-03", how: "not_run" },
      ],
    });
  });

  test("the last recap counts: a task may have printed another", () => {
    const printed = RECAP.replaceAll("web-02", "web-03");
    expect(recapOf(`${printed}${RECAP}`, ["web-02", "web-03"])?.hosts).toEqual([
      { hostname: "web-02", how: "failed" },
      { hostname: "web-03", how: "not_run" },
    ]);
  });

  test("without a recap nothing is known, and one without hosts is empty", () => {
    expect(recapOf("PLAY [all] ***\n", ["web-01"])).toBeNull();
    expect(recapOf("\nPLAY RECAP ****\n\n", ["web-01"])?.isEmpty).toBe(true);
  });
});

test("exit codes are read of Ansible's programs alone, wherever they are", () => {
  expect(
    ["ansible-playbook", "/usr/bin/ansible", "ansible-lint", "my-ansible-playbook"].map(isAnsible),
  ).toEqual([true, true, false, false]);
});

suiteFor(
  "ansible-playbook",
  ansibleAvailable,
)(() => {
  let folder = "";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mmb-ansible-"));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A runbook that runs these tasks on every machine of the inventory, by local connections. */
  const playbookOf = (tasks: string, parts: Partial<Runbook> = {}, more: readonly string[] = []): Runbook => {
    writeFileSync(
      join(folder, "play.yml"),
      `- hosts: maintenance\n  gather_facts: false\n  connection: local\n  tasks:\n${tasks}\n`,
    );
    const argv = ["ansible-playbook", "-i", "{inventory}", "--limit", "@{limit}", "play.yml", ...more];
    return runbookOf(argv as [string, ...string[]], { folder, ...parts });
  };

  const runToEnd = async (runbook: Runbook, options: Parameters<typeof start>[1] = {}) => {
    const run = start(runbook, options);
    const result = await run.result;
    expect(livingOfRun(run.input.run)).toEqual([]);
    return result;
  };

  test("a playbook that goes well is ok on every host", async () => {
    const { end, hosts, output } = await runToEnd(playbookOf("    - command: echo {{ ansible_host }}"));
    expect(end).toEqual({ kind: "ok" });
    expect(hosts).toEqual([
      { hostname: "web-01", how: "ok" },
      { hostname: "web-02", how: "ok" },
    ]);
    expect(output).toContain("PLAY RECAP");
  });

  test("a host that fails is told, and the exit code in words, with colours as without", async () => {
    const tasks = '    - command: /bin/false\n      when: inventory_hostname == "web-02"';
    for (const env of [{}, { ANSIBLE_FORCE_COLOR: "true" }]) {
      const runbook = playbookOf(tasks, { env: ["ANSIBLE_FORCE_COLOR"] });
      const { end, hosts, output } = await runToEnd(runbook, { env });
      expect(end).toEqual({ kind: "failed", code: 2, signal: null, words: FAILED });
      expect(hosts.map(({ how }) => how)).toEqual(["ok", "failed"]);
      expect(output).not.toContain("\u001b");
    }
  });

  test("a host that cannot be reached is told", async () => {
    writeFileSync(join(folder, "ssh"), "#!/bin/sh\nexit 255\n", { mode: 0o755 });
    const tasks = "    - ping:";
    const one = `ansible_ssh_executable: ${join(folder, "ssh")}`;
    const runbook = playbookOf(tasks, {}, ["-e", `{ansible_connection: ssh, ${one}}`]);
    const { end, hosts } = await runToEnd(runbook);
    const words = "Exit code 4: a host was unreachable, or a file could not be parsed.";
    expect(end).toEqual({ kind: "failed", code: 4, signal: null, words });
    expect(hosts.map(({ how }) => how)).toEqual(["unreachable", "unreachable"]);
  });

  test.each<[string, readonly string[], string]>([
    [
      "a playbook that is not there",
      ["none.yml"],
      "Exit code 1: an error in Ansible or in what it was given.",
    ],
    ["an option that is none", ["--no-such-option"], FAILED],
    ["a playbook that cannot be read", ["-e", "@broken.yml"], "Exit code 4: "],
  ])("%s is told by its exit code, and no host as ok", async (_, more, words) => {
    writeFileSync(join(folder, "broken.yml"), "a: [b\n");
    const { end, hosts } = await runToEnd(playbookOf("    - ping:", {}, more));
    expect(end).toMatchObject({ kind: "failed", words: expect.stringContaining(words) });
    expect(hosts.some(({ how }) => how === "ok")).toBe(false);
  });

  test("a playbook that matches no host has done nothing, and that is not ok", async () => {
    const runbook = playbookOf("    - ping:");
    writeFileSync(join(folder, "play.yml"), "- hosts: elsewhere\n  tasks:\n    - ping:\n");
    const { end, hosts, output } = await runToEnd(runbook);
    expect(output).toContain("skipping: no hosts matched");
    expect(end).toMatchObject({ kind: "failed", code: 0 });
    expect(hosts.map(({ how }) => how)).toEqual(["not_run", "not_run"]);
  });

  const SLEEPS = "    - command: sleep 1000";

  test("a time limit ends the playbook and what it runs on the hosts", async () => {
    const { end, hosts } = await runToEnd(playbookOf(SLEEPS, { timeLimitMs: 6_000 }));
    expect(end).toMatchObject({ kind: "ended", why: "time_limit" });
    expect(hosts.map(({ how }) => how)).toEqual(["unknown", "unknown"]);
  });

  test("a playbook that is stopped in the middle leaves nothing running", async () => {
    const run = start(playbookOf(SLEEPS));
    await run.shows("TASK [command]");
    run.abort();
    const { end } = await run.result;
    expect(livingOfRun(run.input.run)).toEqual([]);
    expect(end).toMatchObject({ kind: "ended", why: "stopped", words: expect.stringContaining("SIGTERM") });
  });

  test("a task that Ansible leaves in the background is ended with the playbook", async () => {
    const tasks = "    - command: sleep 1000\n      async: 1000\n      poll: 0";
    const run = start(playbookOf(tasks));
    const { end, output } = await run.result;
    expect(livingOfRun(run.input.run)).toEqual([]);
    expect(end).toEqual({ kind: "ok" });
    expect(output).toContain("(It had left processes running. SIGTERM");
  });

  test("run for each machine, each has an inventory of its own", async () => {
    const runbook = playbookOf("    - command: echo {{ ansible_play_hosts | join() }}", {
      where: { kind: "machine", atOnce: 2 },
    });
    const { end, hosts, output } = await runToEnd(runbook);
    expect(end).toEqual({ kind: "ok" });
    expect(hosts.map(({ how }) => how)).toEqual(["ok", "ok"]);
    expect(output).toMatch(/^web-01: changed: \[web-01\]$/m);
    expect(output).not.toMatch(/^web-01: .*web-02/m);
  });

  test("Ansible reads the inventory as it is meant", () => {
    const machines = [
      ...machinesOf("web-01", "web_2.example.com"),
      { hostname: "v6", ip: "fd00::1", agents: [] },
    ];
    const path = join(folder, "inventory.ini");
    writeFileSync(path, filesOf(inputOf({ machines })).inventory);
    const read = JSON.parse(execFileSync("ansible-inventory", ["-i", path, "--list"], { encoding: "utf8" }));
    expect(read.maintenance.hosts).toEqual(["web-01", "web_2.example.com", "v6"]);
    expect(read._meta.hostvars).toEqual({
      "web-01": { ansible_host: "10.0.0.1" },
      "web_2.example.com": { ansible_host: "10.0.0.2" },
      v6: { ansible_host: "fd00::1" },
    });
  });
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { RunResult } from "../../src/runbooks/run-result.js";
import { until } from "../support/until.js";
import {
  inputOf,
  livingOfGroup,
  livingOfRun,
  machinesOf,
  runbookOf,
  runToEnd,
  script,
  start,
  type Under,
} from "./support/run.js";

const folder = mkdtempSync(join(tmpdir(), "mmb-runs-"));

afterAll(() => rmSync(folder, { recursive: true }));

const PERSON = { requester: "U01ALICE", reason: "it's {inventory} $(reboot)\n--limit all", ticket: "OPS-1" };

/** A process that ignores SIGTERM, says "ready" once it does, and has a child that ignores it as well. */
const STUBBORN = `
  process.on("SIGTERM", () => {});
  const child = "process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1e6)";
  require("child_process").spawn(process.execPath, ["-e", child], { stdio: "inherit" });
  setInterval(() => {}, 1e6)`;

const WAITS = 'console.log("ready"); setInterval(() => {}, 1e6)';

/** The result of a run, after a look that nothing of it lives. */
async function endOf({ input, result }: Under): Promise<RunResult> {
  const { end, hosts, output } = await result;
  expect(livingOfRun(input.run)).toEqual([]);
  return { end, hosts, output };
}

describe("what a program is given", () => {
  const TELLS = `
    const fs = require("fs");
    const [inventory, limit, both] = process.argv.slice(1);
    console.log(JSON.stringify({
      stdin: JSON.parse(fs.readFileSync(0, "utf8")), argv: process.argv.slice(1), env: process.env,
      cwd: process.cwd(), inventory: fs.readFileSync(inventory, "utf8"), limit: fs.readFileSync(limit.slice(1), "utf8"),
      modes: [inventory, limit.slice(1), require("path").dirname(inventory)].map((f) => (fs.statSync(f).mode & 0o777).toString(8)),
    }))`;
  const [node, ...code] = script(TELLS);
  const told = async (parts: Parameters<typeof runbookOf>[1] = {}, env: NodeJS.ProcessEnv = {}) => {
    const runbook = runbookOf([node, ...code, "{inventory}", "@{limit}", "a={inventory},{limit}"], parts);
    const run = start(runbook, { input: inputOf(PERSON), env });
    const { end, output } = await endOf(run);
    expect(end).toEqual({ kind: "ok" });
    return { input: run.input, seen: JSON.parse(output) };
  };

  test("the machines come as JSON on standard input, as an inventory and as a limit", async () => {
    const { input, seen } = await told();
    expect(seen.stdin).toEqual({
      run: input.run,
      maintenance: "m-7k3q2",
      cluster: "prod",
      batch: "b1",
      ...PERSON,
      window: { start: "2026-10-20T22:00:00.000Z", end: null },
      machines: [
        { hostname: "web-01", ip: "10.0.0.1", agents: ["web-01-S0"] },
        { hostname: "web-02", ip: "10.0.0.2", agents: ["web-02-S0"] },
      ],
    });
    expect(seen.inventory).toBe(
      "[maintenance]\nweb-01 ansible_host=10.0.0.1\nweb-02 ansible_host=10.0.0.2\n",
    );
    expect(seen.limit).toBe("web-01\nweb-02\n");
  });

  test("placeholders become the two paths wherever they stand, and nothing from people becomes an argument", async () => {
    const { seen } = await told();
    const [inventory, limit] = [seen.argv[0], seen.argv[1].slice(1)];
    expect(seen.argv).toEqual([inventory, `@${limit}`, `a=${inventory},${limit}`]);
    expect(seen.argv.join(" ")).not.toContain("reboot");
  });

  test("the files are the worker's alone, and they are gone afterwards", async () => {
    const { seen } = await told();
    expect(seen.modes).toEqual(["600", "600", "700"]);
    expect(existsSync(dirname(seen.argv[0]))).toBe(false);
  });

  test("it gets the variables that its runbook names and no others, and runs in its folder", async () => {
    const env = { LANG: "C.UTF-8", CONFIG: "c", TOKEN: "hunter2", SLACK_BOT_TOKEN: "xoxb-1" };
    const { seen } = await told({ folder, env: ["CONFIG", "NOT_SET"], secretEnv: ["TOKEN"] }, env);
    expect(seen.cwd).toBe(folder);
    expect(seen.env).toEqual({
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LANG: "C.UTF-8",
      CONFIG: "c",
      TOKEN: "[secret]",
      MESOS_MAINTENANCE_RUN: expect.stringContaining("/"),
    });
  });

  test("no shell reads an argument", async () => {
    const argument = "$(id) `id` ; id | id > /dev/null && * ~ 'x' \"y\"";
    const { output } = await runToEnd(runbookOf([...script("console.log(process.argv[1])"), argument]));
    expect(output).toBe(`${argument}\n`);
  });

  test("a program that reads nothing of a large input ends all the same", async () => {
    const input = inputOf({ reason: "x".repeat(1_000_000) });
    expect((await endOf(start(runbookOf(script("process.exit(0)")), { input }))).end).toEqual({ kind: "ok" });
  });
});

describe("how a run ends", () => {
  test("exit code 0 is ok on every machine", async () => {
    const { end, hosts } = await runToEnd(runbookOf(script("")));
    expect(end).toEqual({ kind: "ok" });
    expect(hosts.map(({ how }) => how)).toEqual(["ok", "ok"]);
  });

  test("another exit code is told as it is, and of no machine is known how it came out", async () => {
    const { end, hosts } = await runToEnd(runbookOf(script("process.exit(3)")));
    expect(end).toEqual({ kind: "failed", code: 3, signal: null, words: "Exit code 3." });
    expect(hosts.map(({ how }) => how)).toEqual(["unknown", "unknown"]);
  });

  test("a signal that the bot did not send is a failure", async () => {
    const { end } = await runToEnd(runbookOf(script("process.kill(process.pid, 'SIGKILL')")));
    const words = "It was ended by SIGKILL, which the bot did not send.";
    expect(end).toEqual({ kind: "failed", code: null, signal: "SIGKILL", words });
  });

  const fileOf = (name: string, text: string, mode: number): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  test.each<[string, Parameters<typeof runbookOf>, string]>([
    ["a program that is missing", [["no-such-program"]], "There is no program no-such-program on the worker"],
    [
      "an interpreter that is missing",
      [[fileOf("no-interpreter", "#!/no/such\n", 0o755)]],
      "or not the interpreter that its first line names",
    ],
    ["a file that is no program", [[fileOf("data", "x", 0o644)]], "is not one that the worker may execute"],
    [
      "a folder that is missing",
      [["true"], { folder: join(folder, "none") }],
      "cannot be entered (it is not there)",
    ],
    ["a folder that is a file", [["true"], { folder: fileOf("file", "", 0o644) }], "is not a folder"],
  ])("%s means that nothing was started", async (_, [argv, parts], words) => {
    const { end, hosts } = await runToEnd(runbookOf(argv, parts));
    expect(end).toEqual({ kind: "not_started", words: expect.stringContaining(words) });
    expect(hosts.map(({ how }) => how)).toEqual(["not_run", "not_run"]);
  });

  test("a program is found in PATH by its name", async () => {
    fileOf("by-name", "#!/bin/sh\necho found\n", 0o755);
    const result = await runToEnd(runbookOf(["by-name"]), { env: { PATH: `${folder}:${process.env.PATH}` } });
    expect(result.output).toBe("found\n");
  });

  test.each([
    ["a name that Ansible would read as more", machinesOf("web-[1:9]")],
    ["a name that is an option", machinesOf("--version")],
    ["a name that stands for all hosts", machinesOf("ALL")],
    ["a name of two lines", machinesOf("a\nb")],
    ["an address that is none", [{ hostname: "a", ip: "1.2.3.4 ansible_connection=local", agents: [] }]],
    ["one name twice", machinesOf("a", "A")],
    ["no machine at all", []],
  ])("%s means that nothing was started", async (_, machines) => {
    const { end } = await runToEnd(runbookOf(script("process.exit(3)")), { input: inputOf({ machines }) });
    expect(end.kind).toBe("not_started");
  });
});

describe("what ends a run from outside", () => {
  test.each([
    ["stopped", "It was stopped."],
    ["shutdown", "The worker was shut down."],
    ["lock_lost", "The worker lost its claim to it."],
  ])("a run is ended because of %s, and it is said what was ended", async (why, words) => {
    const run = start(runbookOf(script(WAITS)));
    await run.shows("ready");
    expect(livingOfRun(run.input.run)).toHaveLength(1);
    run.abort(why);
    const { end, hosts } = await endOf(run);
    expect(end).toEqual({ kind: "ended", why, words: `${words} SIGTERM ended node.` });
    expect(hosts.map(({ how }) => how)).toEqual(["unknown", "unknown"]);
  });

  test("the whole group is ended, with SIGKILL what does not obey SIGTERM", async () => {
    const run = start(runbookOf(script(STUBBORN)));
    await run.shows("ready");
    expect(livingOfRun(run.input.run)).toHaveLength(2);
    run.abort();
    const { end } = await endOf(run);
    const words = "It was stopped. SIGTERM, and SIGKILL after 5 s, ended node.";
    expect(end).toEqual({ kind: "ended", why: "stopped", words });
  });

  test("a time limit ends a run", async () => {
    const { end } = await endOf(start(runbookOf(script(WAITS), { timeLimitMs: 1_000 })));
    expect(end).toMatchObject({ kind: "ended", why: "time_limit" });
    expect(end).toHaveProperty("words", expect.stringContaining("Its time limit is over. SIGTERM"));
  });

  test("an end is an end, also where the program makes exit code 0 of SIGTERM", async () => {
    const run = start(runbookOf(script(`process.on("SIGTERM", () => process.exit(0)); ${WAITS}`)));
    await run.shows("ready");
    run.abort();
    expect((await endOf(run)).end.kind).toBe("ended");
  });

  test("a run that is ended before it begins is not begun", async () => {
    const run = start(runbookOf(script('console.log("ran")')));
    run.abort("shutdown");
    const { end, output } = await endOf(run);
    expect(end).toEqual({
      kind: "ended",
      why: "shutdown",
      words: "The worker was shut down. Nothing of it was running.",
    });
    expect(output).toBe("");
  });
});

describe("what a program leaves running", () => {
  const leaves = (options: string, env = "process.env"): [string, ...string[]] =>
    script(`
      const child = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(WAITS)}],
        { stdio: ["ignore", "pipe", "inherit"], env: ${env}, ${options} });
      child.stdout.once("data", () => { console.log(process.pid, child.pid); process.exit(0); });`);
  const NOTE = "(It had left processes running. SIGTERM ended node.)";

  test.each([
    ["a child in its group", "", "process.env"],
    ["a child in its group that cleared its environment", "", "{}"],
    ["a child in a session of its own", "detached: true", "process.env"],
  ])("%s is ended although the program ended well, and the output says so", async (_, options, env) => {
    const run = start(runbookOf(leaves(options, env)));
    const { end, output } = await endOf(run);
    expect(end).toEqual({ kind: "ok" });
    const [group = "", child = ""] = /(\d+) (\d+)/.exec(output)?.slice(1) ?? [];
    expect(livingOfGroup(Number(group))).toEqual([]);
    expect(
      existsSync(`/proc/${child}/cmdline`) && readFileSync(`/proc/${child}/cmdline`, "utf8"),
    ).toBeFalsy();
    expect(output.trim().split("\n").at(-1)).toBe(NOTE);
  });

  test("a child that cannot be found does not keep the run from ending, though it holds the pipe open", async () => {
    const run = start(
      runbookOf(
        script(`
          const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"],
            { stdio: "inherit", env: {}, detached: true });
          console.log(child.pid); process.exit(0);`),
      ),
    );
    const { end, output } = await endOf(run);
    process.kill(Number(output), "SIGKILL");
    expect(end).toEqual({ kind: "ok" });
  });
});

describe("a run for each machine", () => {
  const perMachine = (code: string, atOnce: number, parts: Parameters<typeof runbookOf>[1] = {}) =>
    runbookOf(script(code), { where: { kind: "machine", atOnce }, ...parts });
  const HOST =
    'const host = JSON.parse(require("fs").readFileSync(0, "utf8")).machines.map((m) => m.hostname).join();';

  test("each machine has a program and files of its own, and its name before what is printed", async () => {
    const [node, ...code] = script(
      `${HOST} console.log(host + "\\n" + require("fs").readFileSync(process.argv[1], "utf8").trim())`,
    );
    const runbook = runbookOf([node, ...code, "{limit}"], { where: { kind: "machine", atOnce: 2 } });
    const { end, hosts, output } = await endOf(start(runbook));
    expect(end).toEqual({ kind: "ok" });
    expect(hosts).toEqual([
      { hostname: "web-01", how: "ok" },
      { hostname: "web-02", how: "ok" },
    ]);
    const lines = output.trimEnd().split("\n");
    expect(lines.toSorted()).toEqual([
      "web-01: web-01",
      "web-01: web-01",
      "web-02: web-02",
      "web-02: web-02",
    ]);
  });

  test("no more run at once than the runbook says, and as many as it says", async () => {
    const gate = join(folder, "gate");
    const code = `${HOST} console.log("began"); const fs = require("fs");
      setInterval(() => fs.existsSync(${JSON.stringify(gate)}) && process.exit(0), 20)`;
    const input = inputOf({ machines: machinesOf("a", "b", "c", "d", "e") });
    const run = start(perMachine(code, 3), { input });
    await until("three programs", async () => livingOfRun(run.input.run).length === 3);
    await until("three lines", async () => run.tails.at(-1)?.length === 3);
    expect(livingOfRun(run.input.run)).toHaveLength(3);
    writeFileSync(gate, "");
    const { end, output } = await endOf(run);
    expect(end).toEqual({ kind: "ok" });
    expect(output.match(/began/g)).toHaveLength(5);
  });

  test("after the first failure nothing more is started, and those that run finish", async () => {
    const gate = join(folder, "failed");
    const code = `${HOST} const fs = require("fs");
      if (host === "b") process.exitCode = 3;
      else setInterval(() => fs.existsSync(${JSON.stringify(gate)}) && process.exit(0), 20)`;
    const run = start(perMachine(code, 2), { input: inputOf({ machines: machinesOf("a", "b", "c", "d") }) });
    const failed = expect.objectContaining({ machine: "b", end: expect.anything() });
    await until("the end of b", async () => run.logged.some((line) => failed.asymmetricMatch(line)));
    writeFileSync(gate, "");
    const { end, hosts } = await endOf(run);
    expect(end).toEqual({
      kind: "failed",
      code: 3,
      signal: null,
      words: "b: Exit code 3. It was not started on 2 of 4 machines.",
    });
    expect(hosts.map(({ how }) => how)).toEqual(["ok", "failed", "not_run", "not_run"]);
  });

  test("the time limit counts for the whole run", async () => {
    const run = start(perMachine(WAITS, 1, { timeLimitMs: 1_000 }));
    const { end, hosts } = await endOf(run);
    expect(end).toMatchObject({ kind: "ended", why: "time_limit" });
    expect(end).toHaveProperty(
      "words",
      "web-01: Its time limit is over. SIGTERM ended node. It was not started on 1 of 2 machines.",
    );
    expect(hosts.map(({ how }) => how)).toEqual(["unknown", "not_run"]);
  });

  test("where no program could be started the run was not started", async () => {
    const { end, hosts } = await runToEnd(runbookOf(["none"], { where: { kind: "machine", atOnce: 1 } }));
    expect(end.kind).toBe("not_started");
    expect(hosts.map(({ how }) => how)).toEqual(["not_run", "not_run"]);
  });
});

describe("what is shown of a run", () => {
  test("the newest lines come while it runs, and the last of them at its end", async () => {
    const run = start(
      runbookOf(
        script(
          `console.log("one"); process.on("SIGTERM", () => { console.log("two"); process.exit() }); ${WAITS}`,
        ),
      ),
    );
    await run.shows("ready");
    expect(run.tails[0]).toContain("one");
    run.abort();
    await endOf(run);
    expect(run.tails.at(-1)).toEqual(["one", "ready", "two"]);
  });

  test("standard output and standard error are one", async () => {
    const { output } = await runToEnd(runbookOf(script('console.log("a"); console.error("b")')));
    expect(output.split("\n").toSorted()).toEqual(["", "a", "b"]);
  });

  test("secrets are hidden in the output, in the newest lines and in the log", async () => {
    const code = 'console.log(process.env.KEY, "bot-secret"); process.exitCode = 1';
    const run = start(runbookOf(script(code), { secretEnv: ["KEY"] }), {
      env: { KEY: "hunter2" },
      secrets: ["bot-secret"],
    });
    const { output } = await endOf(run);
    expect(output).toBe("[secret] [secret]\n");
    expect(run.tails.at(-1)).toEqual(["[secret] [secret]"]);
    expect(JSON.stringify(run.logged)).not.toMatch(/hunter2|bot-secret/);
  });

  test("each start and each end of a program is in the log", async () => {
    const run = start(runbookOf(script("process.exit(3)")));
    await run.result;
    expect(run.logged).toEqual([
      { run: run.input.run, runbook: "test", machine: null, text: "a program of a run is started" },
      expect.objectContaining({ run: run.input.run, end: expect.objectContaining({ code: 3 }) }),
    ]);
  });

  test("a flood is bounded: beginning and end are kept, and between them stands how much is left out", async () => {
    const code = `let n = 0; const line = "x".repeat(99) + "\\n"; const many = line.repeat(1000);
      console.log("first");
      const more = () => { n += 1; process.stdout.write(n < 300 ? many : "last\\n", n < 300 ? more : () => {}); };
      more();`;
    const { end, output } = await endOf(start(runbookOf(script(code))));
    expect(end).toEqual({ kind: "ok" });
    expect(output.length).toBeLessThan(4 * 1024 * 1024 + 200);
    expect(output.startsWith("first\nx")).toBe(true);
    expect(output.endsWith("x\nlast\n")).toBe(true);
    expect(output).toMatch(/\n\[… 2\d{7} bytes of the output are left out here …\]\n/);
  });
});

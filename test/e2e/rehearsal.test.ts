import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { createMaster } from "../../src/mesos/master.js";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { startDemo } from "../support/demo.js";
import { suiteFor } from "../support/require.js";

const EXAMPLE = resolve("config/rehearsal.example.yaml");

const WEB_06 = { hostname: "web-06", ip: "10.20.1.16" };

/** Runs it to an end that comes by itself. */
function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/rehearsal.js", ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("mistakes in the file are told with their places, and it exits 78 as the configuration does", () => {
  const folder = mkdtempSync(join(tmpdir(), "mmb-rehearsal-"));
  const file = join(folder, "lab.yaml");
  writeFileSync(file, "machines:\n  - hosts: web-1\n    frist_ip: 10.0.0.1\n");
  const { status, stderr } = run("--port", "0", "--file", file);
  rmSync(folder, { recursive: true });
  expect(stderr).toContain("did you mean first_ip?");
  expect(stderr).toContain("Every setting is described in docs/rehearsal.md.");
  expect(status).toBe(78);
});

test("what it cannot do is told in a sentence", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const busy = run("--port", String(port));
  taken.close();
  expect(busy.stderr).toMatch(
    /^The master cannot listen on 127\.0\.0\.1:\d+ .* Give it another --port or --host\.\n$/,
  );
  expect(busy.status).toBe(1);
  expect(run("--port", "http").stderr).toBe(
    "--port is a whole number from 0 to 65535. Nothing was started.\n",
  );
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--file FILE") });
});

suiteFor(
  "npm run rehearsal -- --slack",
  localSlackAvailable(),
)(() => {
  test("what it prints for .env is what the bot needs to start; calls that change something are told, and Ctrl-C ends it all", async (context) => {
    const args = ["--port", "0", "--file", EXAMPLE, "--slack"];
    const rehearsal = await startDemo(context, args, { play: "rehearsal" });
    await rehearsal.prints(/Ctrl-C ends everything/);
    const printed = [...rehearsal.out().matchAll(/^([A-Z_]+)=(.+)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    const env: Record<string, string> = Object.fromEntries(printed);

    const folder = mkdtempSync(join(tmpdir(), "mmb-rehearsal-"));
    const checked = spawnSync(process.execPath, [resolve("dist/main.js"), "--check"], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH, ...env },
    });
    rmSync(folder, { recursive: true });
    expect(checked.stdout).toContain("9 agents, 4 frameworks");
    expect(checked).toMatchObject({ status: 0, stderr: "" });

    const masters = [env.MESOS_MASTERS ?? ""];
    const master = createMaster({ cluster: "lab", masters, credentials: null, ca: null });
    await master.updateSchedule({ windows: [{ machines: [WEB_06], start: 1n, duration: null }] });
    await master.startMaintenance([WEB_06]);
    await master.close();
    await rehearsal.prints(
      /\d\d:\d\d:\d\d {2}UPDATE_MAINTENANCE_SCHEDULE {2}accepted\n.*START_MAINTENANCE {2}accepted/,
    );
    rehearsal.interrupt();
    expect(await rehearsal.ended()).toEqual({ code: 0, files: [], processes: [] });
    expect(rehearsal.err()).toBe("");
  });
});

test("the page of the rehearsal names the options and the settings that there are", () => {
  const page = readFileSync("docs/rehearsal.md", "utf8");
  const help = run("--help").stdout;
  const rows = [...page.matchAll(/^\| (`--.+)$/gm)].map(([, row = ""]) => row.split(" | ")[0] ?? "");
  expect(rows).toHaveLength(3);
  for (const option of rows.join().match(/--[a-z]+/g) ?? []) expect(help).toContain(`${option} `);
  const example = readFileSync(EXAMPLE, "utf8");
  for (const [, setting = ""] of page.matchAll(/^\| `(\w+)`/gm)) expect(example).toContain(`${setting}:`);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { startProgram } from "../../src/rehearsal/demo/program.js";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { type Installation, install } from "../support/installation.js";
import { suiteFor } from "../support/require.js";
import { ALICE } from "../support/surroundings.js";
import { until } from "../support/until.js";

const MAIN = resolve("dist/main.js");

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in an empty folder with nothing set, as a newcomer does. */
async function run(folder: string, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { PATH: process.env.PATH } });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

describe("the program from the command line", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mmb-cli-"));
    return () => rm(folder, { recursive: true, force: true });
  });

  test("the program without any settings says what to set, mentions the demo and exits 78", async () => {
    const { code, err } = await run(folder);
    expect(code).toBe(78);
    for (const name of ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "MESOS_MASTERS"]) expect(err).toContain(name);
    expect(err).toContain("npm run demo");
    expect(err).not.toMatch(/\n\s+at /);
  });

  test("the program takes no setting from .env where it is told --no-env-file, as demo, tests and bench do", async () => {
    const own = await mkdtemp(join(folder, "own-"));
    await writeFile(join(own, ".env"), "LOG_LEVEL=loud\n");
    const [read, notRead] = await Promise.all([run(own), run(own, "--no-env-file")]);
    expect(read.err).toContain("LOG_LEVEL");
    expect(notRead.code).toBe(78);
    expect(notRead.err).toContain("SLACK_BOT_TOKEN");
    expect(notRead.err).not.toContain("LOG_LEVEL");
  });

  test("the program prints its help and its version and exits 0", async () => {
    const [help, version] = await Promise.all([run(folder, "--help"), run(folder, "--version")]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toContain("--role");
    expect(version.code).toBe(0);
    const { version: own } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(version.out.trim()).toBe(own);
  });

  test.each([
    { args: ["--rolle", "bot"], words: /rolle/, exit: 64 },
    { args: ["bot"], words: /bot/, exit: 64 },
    { args: ["--role", "boss"], words: /--role is one of bot, worker, all, not "boss"/, exit: 64 },
  ])("refuses $args in a sentence, without a stack, and exits $exit", async ({ args, words, exit }) => {
    const { code, err } = await run(folder, ...args);
    expect(code).toBe(exit);
    expect(err).toMatch(words);
    expect(err).toContain("Usage: npm start -- [--role bot|worker|all] [--no-env-file]");
    expect(err).not.toMatch(/\n\s+at /);
  });
});

let running: Installation | null = null;
afterEach(async () => {
  await running?.dispose();
  running = null;
});

suiteFor(
  "one process on the embedded store",
  localSlackAvailable(),
)(() => {
  test("a second process is refused and told why; the first goes on, and SIGTERM ends it with 0 and nothing left open", async () => {
    const bot = await install({ store: "embedded" });
    running = bot;
    await bot.start();
    const second = startProgram({ ...bot.env, OPS_PORT: "0" }, "all", { main: MAIN });
    const refusal = await second.then(
      () => "it started",
      (error: Error) => error.message,
    );
    expect(refusal).toMatch(/ended with 1 before it was ready/);
    expect(refusal).toMatch(/another process|in use|already/i);
    expect(refusal).not.toMatch(/\n\s+at /);

    await bot.type(ALICE, "drain web-01 2h");
    await bot.thread(/Scheduled/);
    const [program] = bot.programs();
    if (program === undefined) throw new Error("The program is not running.");
    const { subscribers } = bot.master.state();
    expect(subscribers).toBe(1);
    await bot.stop();
    const last = program.log().trimEnd().split("\n").at(-1) ?? "";
    expect(JSON.parse(last)).toMatchObject({ msg: "shut down", reason: "SIGTERM" });
    expect(program.log()).not.toContain("shutdown step failed");
    await until("the event stream is closed", async () => bot.master.state().subscribers === 0);

    // The lock went with it: the next one takes the maintenance up again.
    await bot.start();
    await bot.question();
  });
});

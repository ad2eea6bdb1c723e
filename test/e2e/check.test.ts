import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../src/rehearsal/free-port.js";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { suiteFor } from "../support/require.js";
import { type Surroundings, startSurroundings } from "../support/surroundings.js";

/** What `npm start -- --check` runs once the program is built. */
const CHECK = [resolve("dist/main.js"), "--check"];

suiteFor(
  "npm start -- --check",
  localSlackAvailable(),
)(() => {
  let around: Surroundings;
  beforeEach(async () => {
    around = await startSurroundings({ clusters: { test: {} } });
  });
  afterEach(() => around.dispose());

  async function check(env: Readonly<Record<string, string>> = {}, ...args: readonly string[]) {
    const own = { PATH: process.env.PATH, DATA_DIR: join(around.folder, "data"), ...around.env, ...env };
    const child = spawn(process.execPath, [...CHECK, ...args], { cwd: around.folder, env: own });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        text += chunk;
      });
    const [code] = (await once(child, "close")) as [number | null];
    return { code, text };
  }

  test("where all is well it says so, exits 0, and leaves no trace: no folder, no message, no write", async () => {
    const before = await readdir(around.folder);
    const { code, text } = await check();
    expect(text).toMatch(/^ok .*configuration .*clusters: test\.$/m);
    expect(text).toMatch(/^ok +store /m);
    expect(text).toMatch(/^ok +test: master 127\.0\.0\.1:\d+ +It leads/m);
    expect(text).toMatch(/^ok +Slack: app token /m);
    expect(text).toMatch(/^ok +Slack: bot token +It is good/m);
    expect(text).toMatch(/^unknown +Slack: channel C01OPS +test: it is there\./m);
    expect(text).toContain("Nothing was changed, posted or started.");
    expect(code).toBe(0);
    expect(await readdir(around.folder)).toEqual(before);
    const { master, slack } = around.in("test");
    expect(master.calls().filter(({ type }) => !type?.startsWith("GET_"))).toEqual([]);
    expect(await slack.messages("C01OPS")).toEqual([]);
  });

  test.each([
    [
      "the store",
      (nobody: number) => ({ REDIS_URL: `redis://127.0.0.1:${nobody}` }),
      /^mend +store .*not reachable.* → /m,
    ],
    [
      "Slack",
      (nobody: number) => ({ SLACK_API_URL: `http://127.0.0.1:${nobody}/api/` }),
      /^mend +Slack: bot token .*could not be reached.* → /m,
    ],
  ])("with %s broken its line says what to do, and it exits 1", async (_, env, line) => {
    const { code, text } = await check(env(await freePort()));
    expect(text).toMatch(line);
    expect(text).toMatch(/to mend\./);
    expect(code).toBe(1);
  });

  test("with the master broken its line says what to do, and it exits 1; a bot does not ask it", async () => {
    await around.in("test").master.stop();
    const { code, text } = await check();
    expect(text).toMatch(/^mend +test: master 127\.0\.0\.1:\d+ .* → /m);
    expect(code).toBe(1);
    const bot = await check({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` }, "--role", "bot");
    expect(bot.text).not.toContain("master");
    expect(bot.text).toMatch(/^ok +Slack: bot token/m);
  });

  test("with the channel broken its line says what to do, and it exits 1", async () => {
    const file = around.env.CLUSTERS_FILE ?? "";
    await writeFile(file, (await readFile(file, "utf8")).replace("C01OPS", "C01GONE"));
    const { code, text } = await check();
    expect(text).toMatch(/^mend +Slack: channel C01GONE +test: .*no such channel.* → Use the channel's id/m);
    expect(code).toBe(1);
  });

  test("with the configuration broken it exits 78, as a start does", async () => {
    await writeFile(around.env.CLUSTERS_FILE ?? "", "clusters: {}\n");
    const { code, text } = await check();
    expect(text).toContain("The configuration has 1 problem; nothing was started.");
    expect(code).toBe(78);
  });
});

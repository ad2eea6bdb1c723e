import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { livingOfRun } from "../runbooks/support/run.js";
import { ansibleAvailable } from "../support/ansible.js";
import { type Installation, type InstallationOptions, install } from "../support/installation.js";
import { redisAvailable } from "../support/redis.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB, CAROL } from "../support/surroundings.js";
import { until } from "../support/until.js";

/** Fails on web-02 as long as there is a file `broken` beside it; says on each machine that it was there. */
const PLAYBOOK = `
- hosts: maintenance
  gather_facts: false
  tasks:
    - name: Upgrade
      ansible.builtin.shell: test "{{ inventory_hostname }}" != web-02 || test ! -e {{ playbook_dir }}/broken
    - name: Say so
      ansible.builtin.shell: echo {{ inventory_hostname }} >> {{ playbook_dir }}/done
`;

/** Says that it was started, and goes on until it is ended. */
const ENDLESS = `
require("fs").appendFileSync("started", "x");
console.log("working on it");
setInterval(() => {}, 1e6);
`;

let folder = "";
let running: Installation | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mmb-playbooks-"));
  writeFileSync(join(folder, "kernel.yml"), PLAYBOOK);
  writeFileSync(join(folder, "endless.cjs"), ENDLESS);
});

afterEach(async () => {
  await running?.dispose();
  running = null;
  await rm(folder, { recursive: true });
});

/** Both runbooks, for Alice and Carol. */
function runbooks() {
  const who = [ALICE, CAROL];
  const ansible = [
    "ansible-playbook",
    "-c",
    "local",
    "-i",
    "{inventory}",
    "--limit",
    "@{limit}",
    "kernel.yml",
  ];
  return {
    "kernel-update": { run: ansible, folder, who, then: "up" },
    endless: { run: [process.execPath, "endless.cjs"], folder, who, then: "up" },
  };
}

async function start(options: InstallationOptions): Promise<Installation> {
  const bot = await install({ ...options, cluster: { runbooks: runbooks() } });
  running = bot;
  await bot.start();
  return bot;
}

/** Drains three machines with a runbook, and approves their Down. */
async function approved(bot: Installation, runbook: string): Promise<string> {
  await bot.type(ALICE, `drain web-0[1-3] 4h --run ${runbook}`);
  const question = await bot.question();
  expect(question.text).toContain(`Runbook  \`${runbook}\` is run on the worker once they are Down`);
  await bot.click(BOB, question.message, "approve");
  return /m-\w+/.exec(question.text)?.[0] ?? "";
}

const read = (name: string) => readFileSync(join(folder, name), "utf8");

const down = (bot: Installation) =>
  [...bot.master.state().modes.values()].filter((mode) => mode === "DOWN").length;

const available =
  ansibleAvailable !== true
    ? ansibleAvailable
    : redisAvailable !== true
      ? redisAvailable
      : localSlackAvailable();

suiteFor(
  "a runbook between Down and Up",
  available,
)(() => {
  describe.each<InstallationOptions>([
    { store: "embedded", mode: "socket" },
    { store: "redis", mode: "http", roles: "apart" },
  ])("$store, $mode", (variant) => {
    test("is run by Ansible on the machines that are Down, and they come back without a click beyond the approval", async () => {
      const bot = await start(variant);
      const id = await approved(bot, "kernel-update");
      await bot.thread(/Down: 3 machines.*runbook `kernel-update` is next/);
      await bot.thread(/Done[\s\S]*PLAY RECAP[\s\S]*web-03 +: ok=2/);
      await bot.thread(/Done after .*: runbook `kernel-update`/);
      await bot.thread(/All are back/);
      await bot.root(/Back in service/);
      expect(read("done").trim().split("\n").sort()).toEqual(["web-01", "web-02", "web-03"]);
      expect(bot.master.state().schedule.windows).toEqual([]);
      expect(livingOfRun(`${id}.b1r1`)).toEqual([]);
    });
  });

  test("that fails leaves the machines Down: Retry with success brings them back", async () => {
    writeFileSync(join(folder, "broken"), "");
    const bot = await start({ store: "embedded" });
    await approved(bot, "kernel-update");
    const failed = await bot.thread(/Failed after .*: runbook/);
    expect(failed.text).toMatch(/Well {2}`web-01`, `web-03`/);
    expect(failed.text).toMatch(/Failed {2}`web-02`/);
    const card = await bot.root(/Waiting.*kernel-update failed on web-01, web-02, web-03/);
    expect(card.buttons.map((id) => id.split(":")[0])).toEqual(
      expect.arrayContaining(["retry_run", "up", "leave_down"]),
    );
    expect(down(bot)).toBe(3);
    await bot.click(BOB, card.message, "retry_run");
    await bot.told(BOB, /You may not use the runbook kernel-update/);
    await rm(join(folder, "broken"));
    await bot.click(ALICE, card.message, "retry_run");
    await bot.root(/Back in service/);
    expect(read("done").trim().split("\n").sort()).toEqual([
      "web-01",
      "web-01",
      "web-02",
      "web-03",
      "web-03",
    ]);
  });

  test("that fails is left at that with Leave down, and Up is asked for later", async () => {
    writeFileSync(join(folder, "broken"), "");
    const bot = await start({ store: "embedded" });
    const id = await approved(bot, "kernel-update");
    const card = await bot.root(/Waiting.*kernel-update failed/);
    await bot.click(BOB, card.message, "leave_down");
    await bot.thread(/@bob leaves the machines Down/);
    expect(down(bot)).toBe(3);
    await bot.type(BOB, `up ${id}`);
    await bot.root(/Back in service/);
  });

  test("that is stopped ends with all its processes, also when the worker shuts down, and is not started again", async () => {
    const bot = await start({ store: "embedded" });
    const id = await approved(bot, "endless");
    const message = await bot.thread(/Running[\s\S]*working on it/);
    expect(livingOfRun(`${id}.b1r1`)).toHaveLength(1);
    await bot.click(CAROL, message.message, "stop_run");
    const card = await bot.root(/Waiting.*endless was ended/);
    expect(livingOfRun(`${id}.b1r1`)).toEqual([]);
    await bot.click(ALICE, card.message, "retry_run");
    await until("the second run", async () => livingOfRun(`${id}.b1r2`).length === 1);
    await bot.stop();
    expect(livingOfRun(`${id}.b1r2`)).toEqual([]);
    await bot.start();
    await bot.thread(/Ended after .*: runbook `endless`.*shut/i);
    expect(read("started")).toBe("xx");
    expect(down(bot)).toBe(3);
  });

  test("whose worker is killed is unknown and never started again; a Retry is another run", async () => {
    const bot = await start({ store: "redis", roles: "apart" });
    const id = await approved(bot, "endless");
    await bot.thread(/Running[\s\S]*working on it/);
    const [pid = ""] = livingOfRun(`${id}.b1r1`);
    await bot.killWorker();
    // Nothing of ours is there to end it; that is what the bot says of such a run.
    process.kill(Number(pid), "SIGKILL");
    await lockRunsOut(bot);
    await bot.startWorker();
    const card = await bot.root(/Waiting.*not known what became of the runbook endless/);
    await bot.thread(/Unknown after .*went away while it ran; it may still be running there/);
    expect(read("started")).toBe("x");
    expect(livingOfRun(`${id}.b1r1`)).toEqual([]);
    await bot.click(ALICE, card.message, "retry_run");
    await until("the second run", async () => livingOfRun(`${id}.b1r2`).length === 1);
    const again = await bot.thread(/Running.*b1r2/);
    await bot.click(BOB, again.message, "stop_run");
    await bot.root(/Waiting.*endless was ended/);
    expect(livingOfRun(`${id}.b1r2`)).toEqual([]);
    expect(read("started")).toBe("xx");
  });
});

/** As five minutes do: the worker that is gone does not renew it. */
async function lockRunsOut({ redis }: Installation): Promise<void> {
  const client = new Redis(redis?.url ?? "");
  try {
    const locks = await client.keys("*:runs-test:*:lock");
    expect(locks).toHaveLength(1);
    await client.del(...locks);
  } finally {
    client.disconnect();
  }
}

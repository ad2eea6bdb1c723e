import { describe, expect, test } from "vitest";
import type { Runbook } from "../../../src/config/runbook.js";
import { BOT_SECRET, useEngine } from "../support/engine.js";
import type { MemoryStore } from "../support/memory-store.js";
import { ALICE, BOB, CAROL } from "../support/people.js";
import type { TestCluster, TestMaintenance } from "../support/test-cluster.js";
import { failedWith, OK } from "../support/test-program.js";

const UPDATE: Runbook = {
  name: "kernel-update",
  argv: ["ansible-playbook", "kernel.yml"],
  folder: "/srv/playbooks",
  timeLimitMs: 3_600_000,
  env: [],
  secretEnv: [],
  who: [ALICE, CAROL],
  where: { kind: "batch" },
  then: "up",
};

const LINE = "web-0[1-2] 2h --run kernel-update";

describe("a drain with a runbook", () => {
  const engine = useEngine();
  const start = (runbook: Partial<Runbook> = {}) =>
    engine().cluster({ config: { runbooks: [{ ...UPDATE, ...runbook }] } });
  const program = () => engine().program;
  const programs = (count: number) => program().starts.length === count;

  /** Its machines are Down under an approval. */
  async function approved(cluster: TestCluster, line = LINE): Promise<TestMaintenance> {
    const maintenance = await cluster.drainToQuestion(line);
    await maintenance.click(BOB, "approve");
    return maintenance;
  }

  /** The same, and its runbook runs until the test ends it. */
  async function running(cluster: TestCluster, line = LINE): Promise<TestMaintenance> {
    program().result = null;
    const maintenance = await approved(cluster, line);
    await cluster.until("a started program", () => programs(1));
    await maintenance.thread(/Running/);
    return maintenance;
  }

  const kinds = ({ id, cluster }: TestMaintenance) =>
    (cluster.maintenance(id).card()?.buttons ?? []).map(({ decision }) => decision.kind);

  const outcomes = async (maintenance: TestMaintenance) =>
    (await maintenance.record()).runs.map(({ outcome }) => outcome?.kind ?? null);

  test("goes from the approval to back in service without another click, and the run is told what it is about", async () => {
    const cluster = await start();
    const maintenance = await cluster.drainToQuestion(`${LINE} --reason CVE --ticket OPS-1`);
    expect((await maintenance.question()).text).toMatch(
      /Runbook.*kernel-update.* once for all machines, for at most 1 h; its success brings them Up/,
    );
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Done.* runbook .kernel-update./);
    await maintenance.root(/Back in service/);
    expect(program().starts).toHaveLength(1);
    expect(program().last.runbook).toEqual(UPDATE);
    expect(program().last.secrets).toEqual([BOT_SECRET]);
    expect(program().last.input).toMatchObject({
      run: `${maintenance.id}.b1r1`,
      maintenance: maintenance.id,
      cluster: cluster.name,
      requester: ALICE,
      reason: "CVE",
      ticket: "OPS-1",
      machines: [
        { hostname: "web-01", ip: "10.0.0.1" },
        { hostname: "web-02", ip: "10.0.0.2" },
      ],
    });
    expect(program().last.input.machines.map(({ agents }) => agents.length)).toEqual([1, 1]);
    expect(await outcomes(maintenance)).toEqual(["ok"]);
  });

  test("shows the newest lines of the output in one message, and all of it as one file in the thread", async () => {
    const cluster = await start();
    const maintenance = await running(cluster);
    program().last.prints("TASK [reboot]", "ok: [web-01]");
    await maintenance.thread(/Running[\s\S]*TASK \[reboot\]\nok: \[web-01\]/);
    program().last.prints("ok: [web-02]");
    await maintenance.thread(/Running[\s\S]*ok: \[web-02\]/);
    expect(maintenance.texts().filter((text) => text.includes("Running"))).toHaveLength(1);
    program().last.ends({ ...OK, output: "TASK [reboot]\nok: [web-01]\nok: [web-02]\n" });
    await maintenance.root(/Back in service/);
    const files = engine().slack.files.filter(({ name }) => name.includes("output"));
    expect(files).toMatchObject([
      {
        thread: maintenance.card()?.ts,
        name: `${maintenance.id}-b1r1-output.txt`,
        title: `Output of kernel-update (b1r1 of ${maintenance.id})`,
        text: "TASK [reboot]\nok: [web-01]\nok: [web-02]\n",
      },
    ]);
    expect(maintenance.texts().join()).not.toContain("Running");
  });

  test("can be stopped by anybody: the program is ended, the machines stay Down, and Up waits for that", async () => {
    const cluster = await start();
    const maintenance = await running(cluster);
    expect(kinds(maintenance)).not.toContain("up");
    await cluster.type(BOB, `up ${maintenance.id}`);
    await cluster.told(BOB, /the runbook kernel-update is running on the machines/);
    await maintenance.click(BOB, "stop_run");
    await maintenance.thread(/@bob stops the runbook/);
    await cluster.until("the end of the program", () => program().last.told() === "stopped");
    await maintenance.root(/Waiting.*kernel-update was ended on web-01, web-02: Ended: stopped/);
    expect(kinds(maintenance)).toEqual(expect.arrayContaining(["retry_run", "up", "leave_down"]));
    expect(cluster.mode("web-01")).toBe("DOWN");
    expect(program().starts).toHaveLength(1);
  });

  test("stays Down when the runbook fails, until somebody who may use it has it run again with success", async () => {
    program().result = failedWith(2);
    const cluster = await start();
    const maintenance = await approved(cluster);
    await maintenance.root(/Waiting.*kernel-update failed on web-01, web-02: Exit code 2/);
    await maintenance.click(BOB, "retry_run");
    await cluster.told(BOB, /You may not use the runbook kernel-update/);
    program().result = OK;
    await maintenance.click(CAROL, "retry_run");
    await maintenance.root(/Back in service/);
    expect(program().starts.map(({ input }) => input.run)).toEqual(
      ["b1r1", "b1r2"].map((run) => `${maintenance.id}.${run}`),
    );
    expect(await outcomes(maintenance)).toEqual(["failed", "ok"]);
  });

  test("comes Up anyway, or is left Down, when somebody says so after a failure", async () => {
    program().result = failedWith(4);
    const cluster = await start();
    const maintenance = await approved(cluster);
    await maintenance.root(/Waiting.*failed/);
    await maintenance.click(BOB, "leave_down");
    await maintenance.thread(/@bob leaves the machines Down/);
    await maintenance.root(/^(?![\s\S]*Waiting)/);
    await cluster.looks(3);
    expect(cluster.mode("web-01")).toBe("DOWN");
    await maintenance.click(BOB, "up");
    await maintenance.root(/Back in service/);
    expect(program().starts).toHaveLength(1);
  });

  test("two clicks on Retry, of two people, are one run", async () => {
    program().result = failedWith(2);
    const cluster = await start();
    const maintenance = await approved(cluster);
    const { value } = await maintenance.button("retry_run");
    program().result = null;
    await cluster.click(ALICE, value);
    await cluster.click(ALICE, value);
    await cluster.click(CAROL, value);
    await cluster.told(CAROL, /@alice has asked for it/);
    await cluster.until("the Retry", () => programs(2));
    await cluster.looks(3);
    expect(program().starts).toHaveLength(2);
  });

  test("ends the program and tells it when the worker is shut down, and the next worker does not start it again", async () => {
    const cluster = await start();
    const maintenance = await running(cluster);
    await cluster.restart();
    expect(program().last.told()).toBe("shutdown");
    await maintenance.root(/Waiting.*was ended on web-01, web-02: Ended: shutdown/);
    await cluster.looks(3);
    expect(program().starts).toHaveLength(1);
    expect(await outcomes(maintenance)).toEqual(["ended"]);
  });

  test("is unknown when the lock of its worker ran out: another worker tells it, starts nothing, and what the first one says comes too late", async () => {
    const cluster = await start();
    const maintenance = await running(cluster);
    await cluster.addWorker();
    (engine().store as MemoryStore).locksRunOut();
    await maintenance.root(/Waiting.*not known what became of the runbook.*went away while it ran/);
    const retry = await maintenance.button("retry_run");
    program().starts[0]?.ends(OK);
    await cluster.looks(3);
    expect(await outcomes(maintenance)).toEqual(["unknown"]);
    expect(program().starts).toHaveLength(1);
    program().result = OK;
    await cluster.click(ALICE, retry.value);
    await maintenance.root(/Back in service/);
    expect(await outcomes(maintenance)).toEqual(["unknown", "ok"]);
  });

  test("is run by one of several workers", async () => {
    const cluster = await start();
    await cluster.addWorker();
    await cluster.addWorker();
    const maintenance = await approved(cluster);
    await maintenance.root(/Back in service/);
    expect(program().starts).toHaveLength(1);
  });

  test("holds nothing else up while it runs: another maintenance goes Down and Up", async () => {
    const cluster = await start();
    const maintenance = await running(cluster);
    const other = await cluster.drainToQuestion("web-03 2h");
    await other.click(BOB, "approve");
    await other.thread(/Down: 1 machine/);
    await other.click(ALICE, "up");
    await other.root(/Back in service/);
    expect(await outcomes(maintenance)).toEqual([null]);
  });

  test("goes on though Slack is away all the while; the message of the run and its output come later", async () => {
    const cluster = await start();
    program().result = null;
    const maintenance = await approved(cluster);
    await cluster.until("a started program", () => programs(1));
    engine().webApi.always("chat.postMessage", { status: 503 });
    engine().webApi.always("chat.update", { status: 503 });
    program().last.prints("half way");
    program().last.ends({ ...OK, output: "all of it\n" });
    await cluster.until("the end", async () => (await maintenance.record()).end !== null);
    expect(engine().slack.files).toEqual([]);
    engine().webApi.always("chat.postMessage", null);
    engine().webApi.always("chat.update", null);
    await maintenance.root(/Back in service/);
    await maintenance.thread(/Done/);
    await cluster.until("the output", () => engine().slack.files.some(({ text }) => text === "all of it\n"));
  });

  test("runs for each batch after its own Down, and the next batch waits for the one before to be back", async () => {
    const cluster = await start();
    const maintenance = await approved(cluster, "web-0[1-4] 2h --batch 2 --confirm 4 --run kernel-update");
    await maintenance.thread(/Done.* runbook .kernel-update. \(batch 1 of 2\)/);
    await maintenance.thread(/Back: .* All are back/);
    await cluster.type(ALICE, `down ${maintenance.id}`);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Done.* runbook .kernel-update. \(batch 2 of 2\)/);
    await maintenance.root(/Back in service/);
    expect(program().starts.map(({ input }) => [input.batch, input.machines.map((m) => m.hostname)])).toEqual(
      [
        ["b1", ["web-01", "web-02"]],
        ["b2", ["web-03", "web-04"]],
      ],
    );
  });

  test("is shown by a dry run with its inventory, its limit and its input, and refused where it cannot be used", async () => {
    const cluster = await start();
    await cluster.type(ALICE, `drain ${LINE} --dry-run`);
    const shown = await cluster.told(ALICE, /kernel-update would be run once, for at most 1 h/);
    for (const words of [
      "[maintenance]\nweb-01 ansible_host=10.0.0.1\nweb-02 ansible_host=10.0.0.2",
      "LIMIT\nweb-01\nweb-02",
      '"hostname": "web-01"',
    ])
      expect(shown).toContain(words);
    await cluster.type(BOB, `drain ${LINE}`);
    await cluster.told(BOB, /runbooks.kernel-update.who does not name @bob/);
    await cluster.type(ALICE, `drain ${LINE.replace("kernel-update", "kernel-upgrade")}`);
    await cluster.told(ALICE, /has no runbook kernel-upgrade; there are kernel-update/);
    expect(program().starts).toEqual([]);
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { UNCLAIMED_LOOK_JOB } from "../../../src/engine/lanes/jobs.js";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

const FOREIGN = {
  machines: [{ hostname: "web-06", ip: "10.0.0.6" }],
  start: 1795195128662822401n,
  duration: null,
};

/** Three batches of two, all announced. */
const BY_TWO = "web-0[1-6] 2h --batch 2 --horizon 3 --confirm 6";

describe("down, up and cancel for hosts", () => {
  const engine = useEngine();

  test("down and up decide on the whole maintenance that the hosts are", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-0[1-2] 2h");
    await maintenance.question();
    await maintenance.click(BOB, "deny");
    await maintenance.thread(/denied Down/);
    await cluster.type(ALICE, "down web-01,web-02");
    await cluster.told(ALICE, /approval is asked for in the thread/);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 2 machines/);
    // The master has no agents there any more, but their maintenance knows the machines.
    await cluster.type(BOB, "up web-0[1-2]");
    await cluster.told(BOB, /are being brought up/);
    await maintenance.root(/Back in service/);
  });

  test("hosts, status and drain find machines that are Down, though the master has no agent for them", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
    await cluster.type(ALICE, "hosts web-0[1-2]");
    expect(await cluster.told(ALICE, /2 machines: 1 up, 1 Down/)).toMatch(/web-01 .*down/);
    await cluster.type(ALICE, "status web-01");
    await cluster.told(ALICE, /1 machine: 1 Down/);
    await cluster.type(ALICE, "drain web-01 2h");
    const refused = await cluster.told(ALICE, /web-01 is already Down, by m-\w+ of @alice/);
    expect(refused).toContain(`/mesos up ${maintenance.id}`);
  });

  test("up of a part of a maintenance advises nothing that would be refused for the whole", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
    await cluster.type(ALICE, "up web-01");
    const told = await cluster.told(
      ALICE,
      /its machines are not down\. The machines of one maintenance go together/,
    );
    expect(told).toContain(`/mesos cancel ${maintenance.id}`);
    expect(told).not.toContain("/mesos up");
  });

  test("machines that were given back can be drained again at once, while their maintenance still looks after its window", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-01 2h");
    await maintenance.thread(/Scheduled/);
    await maintenance.click(ALICE, "cancel");
    await cluster.until("no window", async () => cluster.master.state().schedule.windows.length === 0);
    const again = await cluster.drain("web-01 2h");
    await again.thread(/Scheduled/);
    await maintenance.thread(/Cancelled/);
    expect(cluster.master.state().schedule.windows).toHaveLength(1);
  });

  test("cancel decides on each of several maintenances", async () => {
    const cluster = await engine().cluster();
    const first = await cluster.drainToQuestion("web-01 2h");
    const second = await cluster.drainToQuestion("web-0[2-3] 2h");
    await cluster.type(ALICE, "cancel web-0[1-3]");
    await first.root(/Cancelled/);
    await second.root(/Cancelled/);
    expect(cluster.master.state().schedule.windows).toEqual([]);
  });

  test("down and cancel refuse a part of a maintenance and name its id", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-0[1-3] 2h");
    for (const verb of ["down", "cancel"]) {
      await cluster.type(ALICE, `${verb} web-01`);
      const told = await cluster.told(ALICE, /also holds web-02, web-03, and its machines go together/);
      expect(told).toContain(`/mesos ${verb} ${maintenance.id}`);
    }
    expect((await maintenance.record()).cancel).toBeNull();
  });

  test.each([
    { verb: "down", next: "Open one first: /mesos drain web-04" },
    { verb: "up", next: "Nothing: it is up." },
    { verb: "cancel", next: "Nothing: it is up." },
  ])("$verb says of a machine in no window what there is to do", async ({ verb, next }) => {
    const cluster = await engine().cluster();
    cluster.master.postSchedule({ windows: [FOREIGN] });
    await cluster.type(ALICE, `${verb} web-04`);
    const told = await cluster.told(ALICE, /web-04 is in no maintenance/);
    expect(told).toContain(next);
    expect(told).not.toContain("somebody else");
  });

  test("down, up and cancel refuse machines of others and say whose they seem to be (invariant 12)", async () => {
    const cluster = await engine().cluster();
    cluster.master.postSchedule({ windows: [FOREIGN] });
    for (const verb of ["down", "up", "cancel"]) {
      await cluster.type(ALICE, `${verb} web-0[5-6]`);
      const told = await cluster.told(ALICE, /only done for machines of our own maintenances/);
      expect(told).toContain("web-05 is in no maintenance");
      expect(told).toContain("web-06 stands in a window of somebody else from 2026-11-20");
      expect(told).toContain("without an end");
    }
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
    expect(cluster.calls("STOP_MAINTENANCE")).toBe(0);
  });

  test("down names the nearest hosts when nothing matches", async () => {
    const cluster = await engine().cluster();
    await cluster.type(ALICE, "up wbe-01");
    await cluster.told(ALICE, /Nothing in \w+ matches .wbe-01. \(nearest: .*web-01/);
  });
});

describe("a drain that cannot be", () => {
  const engine = useEngine();

  test.each([
    { line: "wbe-01 2h", words: /wbe-01.*\n?.*web-01/s },
    { line: "web-01:!web-01 2h", words: /leaves no machine in|matches nothing/ },
    { line: "@rack=r9 2h", words: /rack=r9/ },
  ])("a drain of `$line` is refused to the person alone; nothing is posted", async ({ line, words }) => {
    const cluster = await engine().cluster();
    await cluster.type(ALICE, `drain ${line}`);
    const told = await cluster.told(ALICE, /No window was posted/);
    expect(told).toMatch(words);
    expect(cluster.messages()).toEqual([]);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
  });

  test("a drain of a host in the inventory that the master does not know is refused by name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mmb-inventory-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const inventoryFile = join(folder, "hosts.ini");
    await writeFile(inventoryFile, "[web]\nweb-0[1:3]\nweb-77\n");
    const cluster = await engine().cluster({ config: { inventoryFile } });
    await cluster.type(ALICE, "drain web 2h");
    await cluster.told(ALICE, /The master of \w+ has no agent for web-77\. No window was posted/);
    await cluster.drainToQuestion("web:!web-77 2h");
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
  });

  test.each(["drain web-01 2h", "drain web-01 2h --dry-run", "hosts web-01", "status web-01", "up web-01"])(
    "`%s` with an inventory that cannot be read says to mend the file, not the pattern",
    async (line) => {
      const cluster = await engine().cluster({ config: { inventoryFile: "/nowhere/hosts.ini" } });
      await cluster.type(ALICE, line);
      const told = await cluster.told(ALICE, /\(hosts\.ini\) cannot be read: it is not there \(ENOENT\)/);
      expect(told).not.toContain("/nowhere");
      expect(told).toMatch(
        /Next: Have that file mended where the worker runs, then (ask|send the \w+) again\./,
      );
    },
  );

  test("a mistake in an inventory is told with its line, and without a word of the file or its folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mmb-inventory-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const inventoryFile = join(folder, "hosts.ini");
    await writeFile(inventoryFile, "[web]\nweb-01 ansible_password='corr3ct\n");
    const cluster = await engine().cluster({ config: { inventoryFile } });
    await cluster.type(ALICE, "drain web-01 2h");
    const told = await cluster.told(ALICE, /has mistakes/);
    expect(told).toContain(
      `The inventory of ${cluster.name} (hosts.ini) has mistakes: hosts.ini, line 2: A quote is not closed.`,
    );
    expect(told).not.toMatch(/corr3ct|ansible_password|mmb-inventory/);
  });

  test("a drain of machines in a window says whose it is, and overwrites nothing (invariant 12)", async () => {
    const cluster = await engine().cluster();
    cluster.master.postSchedule({ windows: [FOREIGN] });
    const first = await cluster.drainToQuestion('web-01 2h --reason "kernel update"');
    const { windows } = cluster.master.state().schedule;
    await cluster.type(BOB, "drain web-01 4h");
    await cluster.told(
      BOB,
      new RegExp(`web-01 is already draining, by ${first.id} of @alice \\(kernel update\\)`),
    );
    await cluster.type(BOB, "drain web-0[5-6] 4h");
    await cluster.told(BOB, /web-06 is already draining, in a window of somebody else from 2026-11-20/);
    await first.click(BOB, "approve");
    await first.thread(/Down: 1 machine,/);
    await cluster.type(BOB, "drain web-01|10.0.0.1 4h");
    await cluster.told(BOB, new RegExp(`web-01 is already Down, by ${first.id}`));
    expect(cluster.master.state().schedule.windows).toEqual(windows);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
  });

  test("one of two drains at the same time for the same machine is posted, the other is refused", async () => {
    const cluster = await engine().cluster();
    await Promise.all([cluster.type(ALICE, "drain web-01 2h"), cluster.type(BOB, "drain web-0[1-2] 3h")]);
    const queued = [await cluster.told(ALICE, /m-\w+: /), await cluster.told(BOB, /m-\w+: /)];
    const both = queued.map((text) => cluster.maintenance(/m-\w+/.exec(text)?.[0] ?? ""));
    const refused = await cluster.until("one of the two refused", async () => {
      const records = await Promise.all(both.map((maintenance) => maintenance.record()));
      return records.find((record) => record.end !== null);
    });
    expect(refused.end?.why).toMatch(/web-01 is (already draining|planned)/);
    const other = both.find((maintenance) => maintenance.id !== refused.id);
    await other?.question();
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
  });
});

describe("a command that is not understood", () => {
  const engine = useEngine();

  test.each([
    "drian web-01",
    "drain",
    "drain web-01 4x",
    "drain web-01 0h",
    "drain web-01 -1h",
    "drain web-01 999d",
    "drain web-01 2h --cluster nowhere",
    'drain web-01 2h --reason "kernel',
    "drain web-[01 2h",
    "drain ~web-(01 2h",
    "up",
  ])("`%s` is answered to the person alone with an example, and places no job", async (line) => {
    const cluster = await engine().cluster();
    await cluster.type(ALICE, line);
    const [told = "", ...more] = cluster.toldTo(ALICE);
    expect(more).toEqual([]);
    expect(told).toMatch(/^(❗|🚫|ℹ️)/);
    expect(told).toMatch(/\/mesos \w+/);
    const placed = await cluster.records.queue.getJobs(["active", "waiting", "prioritized", "delayed"]);
    expect(placed.map(({ name }) => name)).toEqual([UNCLAIMED_LOOK_JOB]);
    expect((await cluster.records.open()).records).toEqual([]);
    expect(cluster.messages()).toEqual([]);
  });
});

describe("down, up and cancel for the hosts of one batch", () => {
  const engine = useEngine();

  test("up brings that batch back", async () => {
    const cluster = await engine().cluster();
    const roll = await cluster.drainToQuestion(BY_TWO);
    await roll.click(BOB, "approve");
    await roll.thread(/Down \(batch 1 of 3\)/);
    await cluster.type(ALICE, "up web-0[3-4]");
    await cluster.told(ALICE, /batch 2 of 3 is draining, not Down/);
    await cluster.type(ALICE, "up web-01,web-02");
    await cluster.told(ALICE, /are being brought up/);
    await roll.thread(/Up \(batch 1 of 3\)/);
  });

  test("down asks about that batch when it is its turn, and says what it waits for when it is not", async () => {
    const cluster = await engine().cluster();
    const roll = await cluster.drainToQuestion(BY_TWO);
    for (const hosts of ["web-0[3-4]", "web-0[5-6]"]) {
      await cluster.type(ALICE, `down ${hosts}`);
      await cluster.told(ALICE, /it is not the turn of batch \d of 3; batch 1 of 3 is not back yet/);
    }
    await roll.click(BOB, "deny");
    await roll.thread(/denied Down/);
    await cluster.type(ALICE, "down web-0[1-2]");
    await cluster.told(ALICE, /approval is asked for in the thread/);
  });

  test("cancel says that Skip is for one batch and Cancel for all, and gives nothing back", async () => {
    const cluster = await engine().cluster();
    const roll = await cluster.drainToQuestion(BY_TWO);
    await cluster.type(ALICE, "cancel web-0[1-2]");
    const now = await cluster.told(ALICE, /the machines of batch 1 of 3 of m-\w+, and Cancel gives back all/);
    expect(now).toContain(
      `For all: /mesos cancel ${roll.id}. To skip batch 1 of 3 alone: /mesos skip ${roll.id}.`,
    );
    await cluster.type(ALICE, "cancel web-0[3-4]");
    const later = await cluster.told(ALICE, /the machines of batch 2 of 3/);
    expect(later).toContain("Skip is for one batch alone, when it is its turn");
    expect(later).not.toContain("/mesos skip");
    expect((await roll.record()).cancel).toBeNull();
  });

  test("hosts of parts of batches are refused, and those of all batches mean the whole", async () => {
    const cluster = await engine().cluster();
    const roll = await cluster.drainToQuestion(BY_TWO);
    await cluster.type(ALICE, "down web-0[2-3]");
    await cluster.told(ALICE, /also holds web-01, web-04, .*the machines of a batch go together/);
    await cluster.type(ALICE, "up web-01");
    await cluster.told(ALICE, /its machines are not down\. The machines of one batch go together/);
    await cluster.type(ALICE, "cancel web-0[1-4]");
    const part = await cluster.told(
      ALICE,
      /also holds web-05, web-06, and the machines of a batch go together/,
    );
    expect(part).toContain(`Name all machines of one batch. For all of them: /mesos cancel ${roll.id}.`);
    await cluster.type(ALICE, "down web-03");
    await cluster.told(
      ALICE,
      /m-\w+: batch 2 of 3 also holds web-04, and the machines of a batch go together/,
    );
    await cluster.type(ALICE, "cancel web-0[1-6]");
    await roll.root(/Cancelled/);
  });
});

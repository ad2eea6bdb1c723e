import { beforeEach, describe, expect, test } from "vitest";
import { VERSION } from "../../../src/base/version.js";
import { maintenanceId, threadJobId } from "../../../src/engine/lanes/ids.js";
import {
  DECISION_JOB,
  HOSTS_JOB,
  hostsJob,
  MAINTENANCE_JOB,
  NOTIFY_QUEUE,
  RETIRE_JOB,
  retireJob,
  threadJob,
} from "../../../src/engine/lanes/jobs.js";
import { encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { recordOf } from "../../support/world.js";
import { botOf } from "../support/bot.js";
import { MemoryStore } from "../support/memory-store.js";
import { ALICE, BOB } from "../support/people.js";

let store: MemoryStore;

let bot: ReturnType<typeof botOf>;
beforeEach(() => {
  store = new MemoryStore(Date.now);
  bot = botOf(store, "prod");
});

test("help names the version of this program", async () => {
  expect((await bot.type(ALICE, "help"))?.text).toContain(`Version ${VERSION}.`);
});

test("down with an override is one job that carries both, also when the command is delivered twice", async () => {
  const id = await bot.opened(() => bot.type(ALICE, "drain web-01 1h"));
  for (const _ of [1, 2]) await bot.type(BOB, `down ${id} --override "urgent"`, "the-same");
  const jobs = (await bot.records.queue.getJobs(["waiting"])).filter(({ name }) => name === HOSTS_JOB);
  expect(jobs.map(({ data }) => hostsJob.parse(data))).toMatchObject([
    { verb: "down", target: { kind: "id", id }, override: "urgent", person: { user: BOB } },
  ]);
});

describe("the id of a new maintenance", () => {
  const TRIGGER = "13.37";

  /** Bob's maintenances have the first ids that Alice's command could get. */
  async function takenByBob(count: number): Promise<void> {
    for (let attempt = 0; attempt < count; attempt++) {
      const id = maintenanceId(TRIGGER, attempt);
      const record = encodeMaintenance(recordOf({ id, requester: BOB, hosts: "db-*" }));
      await bot.records.queue.add(MAINTENANCE_JOB, record, { jobId: id });
    }
  }

  test("a new maintenance gets another id when the first is taken", async () => {
    await takenByBob(7);
    const id = await bot.opened(() => bot.type(ALICE, "drain web-01 1h", TRIGGER));
    expect(id).toBe(maintenanceId(TRIGGER, 7));
    expect(await bot.records.find(id)).toMatchObject({ requester: ALICE, hosts: "web-01" });
  });

  test("a drain that is delivered twice gets one id and is one maintenance", async () => {
    await takenByBob(1);
    const ids = [];
    for (const _ of [1, 2]) ids.push(await bot.opened(() => bot.type(ALICE, "drain web-01 1h", TRIGGER)));
    expect(ids).toEqual([maintenanceId(TRIGGER, 1), maintenanceId(TRIGGER, 1)]);
    expect((await bot.records.open()).records).toHaveLength(2);
  });

  test("is one that no cluster has: the card, the thread and every command go by it alone", async () => {
    const staging = botOf(store, "staging");
    const theirs = await staging.opened(() => staging.type(BOB, "drain web-01 1h", TRIGGER));
    const ours = await bot.opened(() => bot.type(ALICE, "drain web-01 1h", TRIGGER));
    expect(theirs).toBe(maintenanceId(TRIGGER, 0));
    expect(ours).toBe(maintenanceId(TRIGGER, 1));
    const threads = await store.queue(NOTIFY_QUEUE).getJobs(["waiting"]);
    expect(threads.map(({ data }) => threadJob.parse(data).cluster).sort()).toEqual(["prod", "staging"]);
  });

  test("is not said to be queued when another command has got it in the same moment", async () => {
    const { queue } = bot.records;
    const add = queue.add.bind(queue);
    const theirs = encodeMaintenance(recordOf({ id: maintenanceId(TRIGGER), requester: BOB, hosts: "db-*" }));
    Object.assign(queue, {
      add: async (...args: Parameters<typeof add>) => {
        await add(MAINTENANCE_JOB, theirs, { jobId: maintenanceId(TRIGGER) });
        return await add(...args);
      },
    });
    const reply = await bot.type(ALICE, "drain web-01 1h", TRIGGER);
    expect(reply).toMatchObject({ tone: "error", notDone: "Nothing was queued and nothing was posted." });
    expect(await bot.records.find(maintenanceId(TRIGGER))).toMatchObject({ requester: BOB });
  });

  test("a drain without a free id is refused, says so and touches nobody else's maintenance (invariants 10 and 12)", async () => {
    await takenByBob(12);
    const before = (await bot.records.open()).records;
    const reply = await bot.type(ALICE, "drain web-01 1h", TRIGGER);
    expect(reply).toMatchObject({
      tone: "error",
      text: "The drain of web-01 in prod got no id: each of the 8 that were tried belongs to another maintenance.",
      notDone: "Nothing was queued and nothing was posted.",
      next: "Send the drain again: it then gets other ids.",
    });
    expect((await bot.records.open()).records).toEqual(before);
    expect(await store.queue(NOTIFY_QUEUE).getJobs(["waiting"])).toEqual([]);
  });
});

describe("a click on a card", () => {
  const decisions = async () =>
    (await bot.records.queue.getJobs(["waiting"])).filter(({ name }) => name === DECISION_JOB);

  const retired = async () => {
    const jobs = await store.queue(NOTIFY_QUEUE).getJobs(["waiting"]);
    return jobs.filter(({ name }) => name === RETIRE_JOB).map(({ data }) => retireJob.parse(data));
  };

  async function drained(): Promise<string> {
    const id = await bot.opened(() => bot.type(ALICE, "drain web-01 1h"));
    const job = await store.queue(NOTIFY_QUEUE).getJob(threadJobId(id));
    await job?.updateData({ ...threadJob.parse(job.data), rootTs: "9.9" });
    return id;
  }

  test("that is the maintenance's own decides", async () => {
    const id = await drained();
    await bot.cancel(id, "9.9");
    expect(await decisions()).toHaveLength(1);
    expect(await retired()).toEqual([]);
  });

  test("that was posted twice decides nothing, says so, and has it lose its buttons", async () => {
    const id = await drained();
    const reply = await bot.cancel(id, "1.1");
    expect(reply).toMatchObject({ tone: "refused", notDone: "Nothing was decided." });
    expect(await decisions()).toEqual([]);
    expect(await retired()).toEqual([{ maintenance: id, channel: "C1", ts: "1.1" }]);
  });

  test("whose record is gone says so, and has it lose its buttons", async () => {
    const reply = await bot.cancel("m-lost1", "1.1");
    expect(reply?.text).toContain("m-lost1");
    expect(reply?.tone).not.toBe("done");
    expect(await retired()).toEqual([{ maintenance: "m-lost1", channel: "C1", ts: "1.1" }]);
  });
});

describe("the button Adopt", () => {
  test("opens a maintenance that means the machines as the message showed them", async () => {
    const id = await bot.opened(() => bot.adopt(ALICE, "prod"));
    const shown = { startNs: "1", durationNs: null, isDown: true };
    expect(await bot.records.find(id)).toMatchObject({
      requester: ALICE,
      hosts: "web-01",
      confirmed: 1,
      wanted: { adopt: { shown } },
    });
  });

  test("of a cluster that is not configured any more is answered, and places nothing (invariant 10)", async () => {
    expect(await bot.adopt(ALICE, "gone")).toMatchObject({
      tone: "refused",
      notDone: "Nothing was queued and nothing was posted.",
    });
    expect((await bot.records.open()).records).toEqual([]);
  });
});

describe("a line that is offered", () => {
  const asked = () => bot.type(ALICE, "drain web-01 --at 2:00 --until 3:00");

  test("is not queued before it is sent, and then as if it had been typed", async () => {
    const told = await asked();
    expect(told).toMatchObject({ notDone: "Nothing is queued yet.", offer: expect.any(String) });
    expect((await bot.records.open()).records).toEqual([]);
    const id = await bot.opened(() => bot.send(ALICE, told));
    expect(await bot.records.find(id)).toMatchObject({
      requester: ALICE,
      hosts: "web-01",
      wanted: { durationMs: 3_600_000, startMs: expect.any(Number) },
    });
  });

  test("is one maintenance however often it is clicked, and the second click says so (invariant 7)", async () => {
    const told = await asked();
    const both = await Promise.all([bot.send(ALICE, told), bot.send(ALICE, told)]);
    const again = await bot.send(ALICE, told);
    const [{ id } = { id: "none" }, ...more] = (await bot.records.open()).records;
    expect(more).toEqual([]);
    // Each of two in the same moment may be the first.
    for (const reply of both) expect(reply === null || reply.text.includes(id)).toBe(true);
    expect(again).toMatchObject({
      text: `${id}: this drain of web-01 in prod was sent already.`,
      notDone: "Nothing more was queued.",
    });
  });

  test("another time that is asked for the same is another line", async () => {
    for (const told of [await asked(), await asked()]) await bot.send(ALICE, told);
    expect((await bot.records.open()).records).toHaveLength(2);
  });

  test("counts as a command of the person", async () => {
    const limited = botOf(new MemoryStore(Date.now), "prod", { commandsPerMinute: 1 });
    const told = await limited.type(ALICE, "drain web-01 --at 2:00 --until 3:00");
    await limited.type(ALICE, "drain web-02 1h");
    expect(await limited.send(ALICE, told)).toMatchObject({ tone: "refused" });
  });

  test("a mistake offers no line to send", async () => {
    expect(await bot.type(ALICE, "drian web-01 1h")).toMatchObject({
      line: "/mesos drain web-01 1h",
      offer: null,
    });
  });
});

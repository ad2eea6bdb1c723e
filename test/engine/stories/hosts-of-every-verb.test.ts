import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

const FOREIGN = {
  machines: [{ hostname: "web-06", ip: "10.0.0.6" }],
  start: 1795195128662822401n,
  duration: null,
};

describe("every verb on a maintenance takes its hosts", () => {
  const engine = useEngine();

  test("hold, release and extend decide on the maintenance that the hosts are", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
    await cluster.type(ALICE, "hold web-01, web-02 kafka is slow");
    await maintenance.thread(/kafka is slow/);
    expect((await maintenance.record()).held).toMatchObject({ reason: "kafka is slow" });
    await cluster.type(ALICE, "release web-0[1-2]");
    await cluster.until("released", async () => (await maintenance.record()).held === null);
    await cluster.type(ALICE, "extend web-0[1-2] 1h");
    await cluster.told(ALICE, /the window is made 1 h longer/);
  });

  test("a part of it is refused with the whole line about it", async () => {
    const cluster = await engine().cluster();
    const { id } = await cluster.drainToQuestion("web-0[1-2] 2h");
    await cluster.type(ALICE, "hold web-01 kafka is slow");
    const told = await cluster.told(ALICE, /also holds web-02, and its machines go together/);
    expect(told).toContain(`For all of them: /mesos hold ${id} kafka is slow.`);
    await cluster.type(ALICE, "extend web-01 90m");
    await cluster.told(ALICE, new RegExp(`/mesos extend ${id} 1h30m`));
  });

  test("hosts of several maintenances are told with a line for each, and nothing is done", async () => {
    const cluster = await engine().cluster();
    const first = await cluster.drainToQuestion("web-01 2h");
    const second = await cluster.drainToQuestion("web-02 2h");
    await cluster.type(ALICE, "extend web-0[1-2] 1h");
    const told = await cluster.told(ALICE, /These hosts are in 2 maintenances: .* Extend is for one of them/);
    for (const { id } of [first, second]) expect(told).toContain(`/mesos extend ${id} 1h`);
    expect((await first.record()).events.some(({ kind }) => kind === "extended")).toBe(false);
  });

  test("machines in no maintenance are told", async () => {
    const cluster = await engine().cluster();
    await cluster.type(ALICE, "hold web-04");
    await cluster.told(ALICE, /web-04 is in no maintenance\.(.|\n)*See what is open with \/mesos status/);
  });

  test("the hosts of one batch mean that batch where the verb is about one, else the whole is named", async () => {
    const cluster = await engine().cluster();
    const roll = await cluster.drainToQuestion("web-0[1-6] 2h --batch 2 --horizon 3 --confirm 6");
    await cluster.type(ALICE, "hold web-0[1-2] not yet");
    const held = await cluster.told(
      ALICE,
      /the machines of batch 1 of 3 of m-\w+, and hold is for all of it/,
    );
    expect(held).toContain(`For all: /mesos hold ${roll.id} not yet.`);
    await cluster.type(ALICE, "skip web-0[3-4]");
    await cluster.told(ALICE, /it is the turn of batch 1 of 3/);
    await cluster.type(ALICE, "extend web-0[3-4] 1h");
    await cluster.told(ALICE, /extend is for the batch whose turn it is/);
    await cluster.type(ALICE, "skip web-0[1-2]");
    await roll.thread(/Skipped|skipped/);
  });
});

describe("a pattern that is partly ours", () => {
  const engine = useEngine();

  test("has the line about the maintenance that all the others make up", async () => {
    const cluster = await engine().cluster();
    const { id } = await cluster.drainToQuestion("web-0[1-2] 2h");
    cluster.master.postSchedule({ windows: [...cluster.master.state().schedule.windows, FOREIGN] });
    await cluster.type(ALICE, "cancel web-0[1-2],web-0[5-6]");
    const told = await cluster.told(ALICE, /Cancel is only done for machines of our own maintenances/);
    expect(told).toContain(`The others are all of ${id}; its line stands below.`);
    expect(told).toMatch(new RegExp(`\\n/mesos cancel ${id}\\n`));
  });

  test("has none where some of its machines were not named: that would give back more", async () => {
    const cluster = await engine().cluster();
    const { id } = await cluster.drainToQuestion("web-0[1-2] 2h");
    await cluster.type(ALICE, "cancel web-01,web-05");
    const told = await cluster.told(ALICE, /web-05 is in no maintenance/);
    expect(told).not.toContain(`/mesos cancel ${id}`);
  });
});

describe("a window that is announced later", () => {
  const engine = useEngine();

  test("is planned at once, posted then, and its machines are nobody else's meanwhile", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-01 2h --in 5h --announce 2h");
    await maintenance.thread(/posted 2 h before it starts/);
    await maintenance.root(/announced/);
    await cluster.type(ALICE, "status");
    await cluster.told(ALICE, /in 5 h, announced in 3 h|in 4 h .*, announced in 2 h/);
    await cluster.type(BOB, "drain web-01 1h");
    await cluster.told(BOB, /web-01 is planned/);
    cluster.moveOn(2 * 3_600_000);
    await cluster.type(ALICE, "status web-01");
    await cluster.told(ALICE, /web-01/);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
    cluster.moveOn(3_600_000);
    await maintenance.thread(/Scheduled/);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
  });

  test("can be held and cancelled before, and then nothing is ever posted", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-01 2h --in 5h --announce 2h");
    await maintenance.thread(/posted 2 h before it starts/);
    await cluster.type(ALICE, "hold web-01 not tonight");
    await maintenance.thread(/not tonight/);
    cluster.moveOn(4 * 3_600_000);
    await cluster.type(ALICE, `cancel ${maintenance.id}`);
    await maintenance.root(/Cancelled/);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
  });

  test("is posted by a worker that starts in between", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-01 2h --in 5h --announce 2h");
    await maintenance.thread(/posted 2 h before it starts/);
    await cluster.restart();
    cluster.moveOn(3 * 3_600_000);
    await maintenance.thread(/Scheduled/);
    expect((await maintenance.record()).unwatched).toBeNull();
  });
});

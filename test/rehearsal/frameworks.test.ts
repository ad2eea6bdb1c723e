import { describe, expect, onTestFinished, test } from "vitest";
import { byHand, call, DB_01, read, scheduleOf, startCluster, WEB_01, WEB_02 } from "./cluster.js";

describe("frameworks answer by their habits", () => {
  test.each([
    ["mover", ["ACCEPT"]],
    ["stayer", ["ACCEPT"]],
    ["decliner", ["DECLINE"]],
    ["silent", []],
  ] as const)("a %s", async (habit, answers) => {
    const master = await startCluster(onTestFinished, { frameworks: [byHand("f", habit, "web-01")] });
    master.postSchedule(scheduleOf(WEB_01));
    expect(master.state().inverseOffers).toEqual([{ framework: "f", machine: "web-01|10.0.0.1" }]);
    master.tick();
    expect(master.state().answers.map(({ answer }) => answer)).toEqual(answers);
    expect(master.state().inverseOffers).toHaveLength(answers.length === 0 ? 1 : 0);
  });

  test("a mover takes one task at a time off promised machines, to machines that stay", async () => {
    const master = await startCluster(onTestFinished, {
      frameworks: [byHand("f", "mover", "web-01", "web-01", "web-02")],
    });
    master.postSchedule(scheduleOf(WEB_01));
    const left = () => master.state().tasks.filter(({ host }) => host === "web-01").length;
    const seen = [left()];
    for (let tick = 0; tick < 3; tick++) {
      master.tick();
      seen.push(left());
    }
    // The promise and the first move come in one tick.
    expect(seen).toEqual([2, 1, 0, 0]);
    expect(master.state().tasks.map(({ host }) => host)).toEqual(["web-02", "db-01", "web-02"]);
  });

  test("a mover with nowhere to go stays", async () => {
    const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "mover", "web-01")] });
    master.postSchedule(scheduleOf(WEB_01, WEB_02, DB_01));
    master.tick();
    expect(master.state().tasks.map(({ host }) => host)).toEqual(["web-01"]);
  });

  test("a framework that only holds offers on a machine is asked and answers there too", async () => {
    const holder = { ...byHand("holder", "stayer"), holdsOffersOn: ["web-01"] };
    const master = await startCluster(onTestFinished, { frameworks: [holder] });
    master.postSchedule(scheduleOf(WEB_01));
    master.tick();
    expect(master.state().answers).toMatchObject([{ framework: "holder", answer: "ACCEPT" }]);
  });

  test("nobody is asked for an entry without an IP: it matches no agent", async () => {
    const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "stayer", "web-01")] });
    master.postSchedule({ windows: [{ machines: [{ hostname: "web-01" }], start: 1n, duration: null }] });
    expect(master.state().inverseOffers).toEqual([]);
  });

  test("with intervals they act by themselves", async () => {
    const quick = {
      ...byHand("f", "mover", "web-01", "web-01"),
      answerAfterMs: 5,
      moveEveryMs: 5,
      askAgainMs: 5,
    };
    const master = await startCluster(onTestFinished, { frameworks: [quick] });
    master.postSchedule(scheduleOf(WEB_01));
    await expect.poll(() => master.state().answers.length).toBe(1);
    await expect.poll(() => master.state().tasks.filter(({ host }) => host === "web-01").length).toBe(0);
  });

  test("an accepted offer is asked again, so its timestamp moves; a declined one is not", async () => {
    const again = [
      { ...byHand("yes", "stayer", "web-01"), answerAfterMs: 0, askAgainMs: 5 },
      { ...byHand("no", "decliner", "web-01"), answerAfterMs: 0, askAgainMs: 5 },
    ];
    const master = await startCluster(onTestFinished, { frameworks: again });
    master.postSchedule(scheduleOf(WEB_01));
    const at = (name: string) => master.state().answers.find(({ framework }) => framework === name)?.at;
    const [yes, no] = [at("yes"), at("no")];
    await expect.poll(() => at("yes")).not.toBe(yes);
    expect(at("no")).toBe(no);
  });
});

describe("a schedule post", () => {
  test("erases all answers on all scheduled machines, changed or not, and asks anew", async () => {
    const master = await startCluster(onTestFinished, {
      frameworks: [byHand("f", "stayer", "web-01", "db-01")],
    });
    master.postSchedule(scheduleOf(WEB_01));
    master.tick();
    expect(master.state().answers).toHaveLength(1);
    master.postSchedule({ windows: [...scheduleOf(WEB_01).windows, ...scheduleOf(DB_01).windows] });
    expect(master.state().answers).toEqual([]);
    expect(master.state().inverseOffers).toHaveLength(2);
    master.tick();
    master.postSchedule(master.state().schedule);
    expect(master.state().answers).toEqual([]);
  });

  test("that is refused erases nothing", async () => {
    const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "stayer", "web-01")] });
    master.postSchedule(scheduleOf(WEB_01));
    master.tick();
    expect(() => master.postSchedule(scheduleOf(WEB_01, WEB_01))).toThrow("appears more than once");
    expect(master.state().answers).toHaveLength(1);
  });

  test("counts as accepted even when it is empty and the caller has no rights", async () => {
    const master = await startCluster(onTestFinished, { principals: [{ name: "n", secret: "s", may: [] }] });
    master.postSchedule(scheduleOf(WEB_01));
    const response = await fetch(`${master.url}/maintenance/schedule`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("n:s")}` },
      body: "{}",
    });
    expect(response.status).toBe(200);
    expect(master.state().schedule.windows).toEqual([]);
    expect(master.calls()).toMatchObject([
      { type: "UPDATE_MAINTENANCE_SCHEDULE", via: "v0", principal: "n", status: 200, outcome: "accepted" },
    ]);
  });

  test("keeps the case it was posted in; the status lower-cases it, also for an unknown machine", async () => {
    const master = await startCluster(onTestFinished);
    const unknown = { hostname: "NEW-01", ip: "10.9.9.9" };
    master.postSchedule(scheduleOf(unknown));
    expect(master.state().schedule.windows[0]?.machines).toEqual([unknown]);
    expect((await read(master, "GET_MAINTENANCE_STATUS")).status).toEqual({
      draining_machines: [{ id: { hostname: "new-01", ip: "10.9.9.9" } }],
    });
  });

  test("keeps the nanoseconds of somebody else's window bit for bit (invariant 1)", async () => {
    const master = await startCluster(onTestFinished);
    master.postSchedule(scheduleOf(DB_01));
    const { text } = await call(master, { type: "GET_MAINTENANCE_SCHEDULE" });
    expect(text).toContain('{"start":{"nanoseconds":1795195128662822401}}');
    expect(master.state().schedule.windows[0]).toMatchObject({ start: 1795195128662822401n, duration: null });
  });
});

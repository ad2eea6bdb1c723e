import { describe, expect, onTestFinished, test } from "vitest";
import { byHand, DB_01, scheduleOf, startCluster, WEB_01, WEB_02 } from "../support/cluster.js";

describe("frameworks answer by their habits", () => {
  test.each([
    ["mover", ["ACCEPT"]],
    ["stayer", ["ACCEPT"]],
    ["decliner", ["DECLINE"]],
    ["silent", []],
  ] as const)("a %s answers once with %j", async (habit, answers) => {
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

  test("a framework with intervals acts by itself", async () => {
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

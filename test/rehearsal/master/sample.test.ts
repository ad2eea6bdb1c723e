import { describe, expect, onTestFinished, test } from "vitest";
import { sampleCluster } from "../../../src/rehearsal/master/sample.js";
import { byHand, read, scheduleOf, startCluster } from "../support/cluster.js";

describe("the sample cluster", () => {
  test("a drain of web-01 to web-03 ends with one refusal, one silent framework and tasks that stay", async () => {
    const master = await startCluster(onTestFinished, sampleCluster({ speed: 200 }));
    const { agents } = master.state();
    const machines = agents.filter(({ hostname }) => /^web-0[1-3]$/.test(hostname));
    master.postSchedule(scheduleOf(...machines.map(({ hostname, ip }) => ({ hostname, ip }))));
    const left = () => {
      const drained = new Set(machines.map(({ hostname }) => hostname));
      return master.state().tasks.filter(({ host }) => drained.has(host));
    };
    expect(left()).toHaveLength(11);
    await expect
      .poll(() =>
        left()
          .map(({ name }) => name)
          .sort(),
      )
      .toEqual(["broker-3", "nightly-report"]);
    expect(master.state().answers.filter(({ answer }) => answer === "DECLINE")).toMatchObject([
      { framework: "kafka", machine: "web-03|10.20.1.13" },
    ]);
    expect(master.state().inverseOffers).toEqual([{ framework: "batch", machine: "web-02|10.20.1.12" }]);
    expect((await read(master, "GET_AGENTS")).agents).toHaveLength(12);
  });

  test("a task on a host without an agent is a clear error", async () => {
    const frameworks = [byHand("f", "mover", "web-99")];
    await expect(startCluster(onTestFinished, { frameworks })).rejects.toThrow(
      "Framework f is on web-99, where there is no agent; the master was not started.",
    );
  });
});

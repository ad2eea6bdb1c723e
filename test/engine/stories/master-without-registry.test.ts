import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

describe("a master with its registry in memory that is started again while machines drain (invariant 13)", () => {
  const engine = useEngine();

  test("a drain takes machines whose agents are not back for unknown, asks nothing by itself, and goes on when they are back", async () => {
    const cluster = await engine().cluster({
      master: {
        frameworks: [
          {
            name: "kafka",
            habit: "mover",
            tasks: [{ name: "broker", on: "web-01" }],
            answerAfterMs: null,
            moveEveryMs: null,
            askAgainMs: null,
          },
        ],
      },
    });
    const { master } = cluster;
    const maintenance = await cluster.drain("web-0[1-2] 2h");
    await maintenance.thread(/Scheduled: 2 machines/);
    master.failOver({ registry: "in_memory", reregisterMs: null });
    expect(
      await maintenance.thread(
        /no longer shows the agent of `web-01`, `web-02`\. 1 task was last seen there/,
      ),
    ).toContain("What runs there now is unknown");
    await maintenance.root(/1 of 1 left.*the agents of 2 machines.*as last seen/);
    await cluster.looks(5);
    await cluster.type(ALICE, `status ${maintenance.id}`);
    expect(await cluster.told(ALICE, /is draining/)).toMatch(
      /What runs on web-01, web-02 has been unknown for .*Last seen there: 1 task\.[\s\S]*web-01 .*1 away +1\?\n.*web-02 .*1 away +\?/,
    );
    for (const line of ["hosts web-0[1-2]", "status web-0[1-2]"]) {
      await cluster.type(ALICE, line);
      expect(await cluster.told(ALICE, /2 machines/)).toMatch(
        /web-01 .*0, 1 away +1\? +m-\w+.*\n.*web-02 .*0, 1 away +\? +m-\w+/,
      );
    }
    // The schedule went with the registry; posted again the window stands, and still nobody knows what runs there.
    await maintenance.click(BOB, "retry");
    await cluster.until("the window is posted again", () => cluster.mode("web-01") === "DRAINING");
    await cluster.looks(5);
    expect(maintenance.texts().filter((text) => /Empty|Take \d+ machine/.test(text))).toEqual([]);
    expect(master.state().tasks).toHaveLength(1);

    master.reregister();
    await maintenance.thread(/[Rr]egistered again/);
    await cluster.until("kafka is asked", async () => master.state().inverseOffers.length > 0);
    master.answer("kafka", "web-01", "accept");
    await maintenance.thread(/kafka: promised 1/);
    expect(maintenance.texts().filter((text) => /Empty|Take \d+ machine/.test(text))).toEqual([]);
    master.tick();
    await maintenance.thread(/Empty/);
    await maintenance.question();
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 2 machines, 0 tasks lost/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });
});

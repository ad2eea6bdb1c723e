import { expect, test } from "vitest";
import { suiteFor } from "../../support/require.js";
import { PLACES } from "../store/places.js";
import { useRealEngine } from "../support/engine.js";
import { BOB, CAROL } from "../support/people.js";

/** The thread of a drain up to Down. */
const STORY = [
  /Scheduled/,
  /Empty/,
  /Take 2 machines down/,
  /approved Down/,
  /Taking down/,
  /Down: 2 machines/,
];

/** Each lane on the stores that the bot runs on, by the clock on the wall; the other stories go on step by step. */
for (const { name, available, make } of PLACES) {
  suiteFor(
    `the lanes on ${name}`,
    available,
  )(() => {
    const engine = useRealEngine(make);

    test("two people who approve at the same moment are one approval, and the other is told (invariant 5)", async () => {
      const cluster = await engine().cluster();
      const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
      const { value } = await maintenance.button("approve");
      await Promise.all([BOB, CAROL].map((user) => cluster.click(user, value)));
      await maintenance.thread(/Down: 2 machines/);
      await cluster.told(BOB, /You approved|has already approved/);
      await cluster.told(CAROL, /You approved|has already approved/);
      const told = [...cluster.toldTo(BOB), ...cluster.toldTo(CAROL)];
      expect(told.filter((text) => text.includes("You approved"))).toHaveLength(1);
      expect(told.filter((text) => text.includes("has already approved"))).toHaveLength(1);
      expect(maintenance.texts().filter((text) => text.includes("approved Down"))).toHaveLength(1);
      expect(cluster.calls("START_MAINTENANCE")).toBe(1);
    });

    test("a double click is one decision, and a later click changes nothing", async () => {
      const cluster = await engine().cluster();
      const maintenance = await cluster.drainToQuestion("web-01 2h");
      const { value } = await maintenance.button("approve");
      await Promise.all([1, 2, 3].map(() => cluster.click(BOB, value)));
      await maintenance.thread(/Down: 1 machine,/);
      await cluster.click(BOB, value);
      await cluster.told(BOB, /You approved m-\w+; (it is down now|the machines are being taken down)/);
      expect(maintenance.texts().filter((text) => text.includes("approved Down"))).toHaveLength(1);
      expect(cluster.calls("START_MAINTENANCE")).toBe(1);
    });

    test("a click that could not be decided because the master was away can be repeated", async () => {
      const cluster = await engine().cluster();
      const maintenance = await cluster.drainToQuestion("web-01 2h");
      const { value } = await maintenance.button("approve");
      await cluster.master.stop();
      await cluster.click(BOB, value);
      const told = await cluster.told(BOB, /Nothing listens at/);
      expect(told).toContain("Nothing was decided");
      expect(told).toMatch(/decide again (then|when)/i);
      await cluster.master.start();
      await cluster.click(BOB, value);
      await maintenance.thread(/Down: 1 machine,/);
      expect(cluster.calls("START_MAINTENANCE")).toBe(1);
    });

    test("the query lane answers a question to the one who asked", async () => {
      const cluster = await engine().cluster();
      const maintenance = await cluster.drainToQuestion("web-01 2h");
      await cluster.type(CAROL, "status");
      await cluster.told(CAROL, maintenance.id);
      await cluster.type(CAROL, "hosts web-0[1-2]");
      await cluster.told(CAROL, /2 machines: 1 up, 1 draining/);
    });

    test("the notify lane shows a thread in order, each message once", async () => {
      const cluster = await engine().cluster();
      const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
      await maintenance.click(BOB, "approve");
      await maintenance.thread(/Down: 2 machines/);
      await maintenance.root(/· down/);
      const texts = maintenance.texts();
      const places = STORY.map((words) => texts.findIndex((text) => words.test(text)));
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      for (const words of STORY) expect(texts.filter((text) => words.test(text))).toHaveLength(1);
    });
  });
}

import { expect, test } from "vitest";
import { watchClockDifferences } from "../../src/engine/clock-differences.js";
import { openStore } from "../../src/engine/store/open-store.js";
import { createMaster } from "../../src/mesos/master.js";
import { startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import { suiteFor } from "../support/require.js";
import { keepLog, PLACES, UNHURRIED_MS } from "./store/places.js";
import { TestClock } from "./support/test-clock.js";

const HOUR = 3_600_000;

test("a clock that differs by more than a minute is told, until it agrees again", async () => {
  let aheadMs: number | null = null;
  const log = { ...keepLog(), debug() {} };
  const others = [
    { name: "the master of prod", aheadMs: () => aheadMs },
    {
      name: "the queue's store",
      aheadMs: () => Promise.reject(new Error("away")),
    },
  ];
  const differences = watchClockDifferences(others, new TestClock(), log);
  const after = async (ms: number | null) => {
    aheadMs = ms;
    await differences.look();
    return differences.warnings();
  };
  expect(await after(null)).toEqual([]);
  expect(await after(-60_000)).toEqual([]);
  expect(await after(-2 * HOUR)).toEqual([
    expect.stringContaining("The clock of the master of prod is 2 h behind that of this process"),
  ]);
  expect(await after(61_000)).toEqual([expect.stringContaining("ahead of that of this process")]);
  expect(await after(null)).toHaveLength(1);
  expect(await after(0)).toEqual([]);
  differences.stop();
});

test("how far the clock of a master is ahead is known from its answers", async () => {
  const master = await startRehearsalMaster({ agents: [], frameworks: [] });
  const client = createMaster({
    cluster: "prod",
    masters: [master.url],
    credentials: null,
    ca: null,
    wall: () => Date.now() - 2 * HOUR,
  });
  expect(client.clockAheadMs()).toBeNull();
  await client.version();
  expect(Math.abs((client.clockAheadMs() ?? 0) - 2 * HOUR)).toBeLessThan(HOUR);
  await client.close();
  await master.close();
});

for (const { name, available, make } of PLACES) {
  suiteFor(
    `the clock of ${name}`,
    available,
  )(() => {
    test("is compared with ours where it is another one", async () => {
      const place = await make();
      const store = await openStore(place.settings, { ...keepLog(), debug() {} }, UNHURRIED_MS);
      const aheadMs = await store.clockAheadMs();
      if (store.kind === "embedded") expect(aheadMs).toBeNull();
      else expect(Math.abs(aheadMs ?? Number.NaN)).toBeLessThan(HOUR);
      await store.close();
      await place.dispose();
    });
  });
}

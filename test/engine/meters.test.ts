import { expect, test } from "vitest";
import { workerMeters } from "../../src/engine/meters.js";
import { createMetrics } from "../../src/ops/metrics.js";
import { keptOf, NOW } from "../support/world.js";

test("the metrics tell how many records are kept and since when, and no time where none is kept (invariant 13)", async () => {
  const metrics = createMetrics();
  const meters = workerMeters(metrics);
  const since = "mesos_bot_history_since_timestamp_seconds{";
  meters.kept(keptOf({ finished: 7, refused: 200, sinceMs: NOW }));
  const text = await metrics.registry.metrics();
  expect(text).toContain('mesos_bot_history_records{cluster="prod",kind="finished"} 7\n');
  expect(text).toContain('mesos_bot_history_records{cluster="prod",kind="refused"} 200\n');
  expect(text).toContain(`${since}cluster="prod"} ${NOW / 1_000}\n`);
  meters.kept(keptOf());
  expect(await metrics.registry.metrics()).not.toContain(since);
});

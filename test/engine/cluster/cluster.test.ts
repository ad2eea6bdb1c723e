import { expect, test } from "vitest";
import { SETTLE_MS } from "../../../src/engine/cluster/cluster.js";
import { DEFAULT_TIMEOUTS } from "../../../src/mesos/transport.js";

test("the world is taken as the outcome of a call only when the call can no longer be under way (invariant 7)", () => {
  expect(SETTLE_MS).toBeGreaterThan(DEFAULT_TIMEOUTS.writeMs);
});

import { expect, it } from "vitest";
import type { Cluster } from "../../src/engine/cluster.js";
import { tick } from "../../src/engine/tick.js";
import type { Maintenance } from "../../src/maintenance/record.js";
import { millisToNanos } from "../../src/maintenance/time.js";
import { mesosError } from "../../src/mesos/errors.js";
import { batchOf, HOUR, NOW, policyOf, recordOf, windowOn, worldOf } from "../support/world.js";

it("an effect after a call without an answer waits, so that the open call is not taken for settled (invariant 7)", async () => {
  // Cancelled in the middle of an extension: one machine stands at the old time, one at the new, so two posts are due.
  const world = worldOf({ windows: [windowOn(["web-01"], NOW, HOUR), windowOn(["web-02"], NOW, 2 * HOUR)] });
  const time = (hours: number) => ({ start: millisToNanos(NOW), duration: millisToNanos(hours * HOUR) });
  const record = recordOf({
    batches: [batchOf({ phase: "draining", window: time(2), movingFrom: time(1) })],
    cancel: { by: "U0ALICE", atMs: NOW },
  });
  let posts = 0;
  const cluster = {
    name: "prod",
    policy: policyOf(),
    world: async () => world,
    forget() {},
    pauseMs: () => 0,
    master: {
      leader: () => world.leader,
      schedule: async () => world.schedule,
      async updateSchedule() {
        posts += 1;
        if (posts === 1) throw mesosError("connection_lost", { cluster: "prod" }, { sent: "maybe" });
      },
    },
  } as unknown as Cluster;
  const saved: Maintenance[] = [];
  const { record: after } = await tick(record, {
    cluster,
    save: async (next) => void saved.push(next),
    fence: async () => {},
    others: async () => [],
    finished: async () => [],
    now: () => NOW,
  });
  expect(posts).toBe(1);
  expect(after.unsettledUntilMs).toBe(NOW + policyOf().settleMs);
  expect(saved.at(-1)?.unsettledUntilMs).toBe(NOW + policyOf().settleMs);
});

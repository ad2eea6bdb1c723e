import { describe, test } from "vitest";
import type { CallType } from "../../src/rehearsal/master/call.js";
import type { Engine } from "../engine/support/engine.js";
import type { TestCluster } from "../engine/support/test-cluster.js";
import { expectNothingLost, lived, STORIES } from "./support/mortal-stories.js";
import { chosen, Tally } from "./support/tally.js";

describe.each(STORIES)("$name: a process that dies once", (story) => {
  test("between any two things that it does to the store and in Slack changes everything once and says everything (invariants 5, 7, 8 and 11)", async () => {
    const whole = await lived(story);
    const tally = new Tally(`Process died between two steps of "${story.name}"`);
    for (const point of chosen(whole.passed, 32)) {
      await tally.inject(`${point.when} ${point.what} no. ${point.time}`, async () => {
        await lived(story, { point }, (outcome) => expectNothingLost(story, whole.said, outcome));
      });
    }
    tally.close();
  });

  test("while the master has any of its calls, carried out or not, changes everything once and says everything (invariants 5, 7, 8 and 11)", async () => {
    const { cluster, said } = await lived(story);
    const tally = new Tally(`Process died during a call to the master in "${story.name}"`);
    const times = new Map<CallType, number>();
    const calls = cluster.master.calls().flatMap(({ type }) => {
      if (type === null) return [];
      const skip = times.get(type) ?? 0;
      times.set(type, skip + 1);
      return [{ type, skip }];
    });
    const reads = calls.filter(({ type }) => !(type in story.writes));
    const writes = calls.filter(({ type }) => type in story.writes);
    for (const { type, skip } of [...writes, ...chosen(reads, 60)])
      for (const kind of ["hang_before", "hang_after"] as const) {
        await tally.inject(`${type} no. ${skip + 1}, ${kind}`, async () => {
          const meet = (engine: Engine, { master }: TestCluster) =>
            master.fault(type, { kind, skip, onHit: () => engine.process.die() });
          await lived(story, { meet }, (outcome) => expectNothingLost(story, said, outcome));
        });
      }
    tally.close();
  });
});

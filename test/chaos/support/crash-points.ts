import { describe, test } from "vitest";
import type { CallType } from "../../../src/rehearsal/master/call.js";
import type { Engine } from "../../engine/support/engine.js";
import { gapsOf } from "../../engine/support/mortal.js";
import type { TestCluster } from "../../engine/support/test-cluster.js";
import { expectNothingLost, lived, type Story } from "./mortal-stories.js";
import { chosen, isWhole, Tally } from "./tally.js";

const HANGS = ["hang_before", "hang_after"] as const;

/** One of so many reads: those of one look leave the same behind, and so each kind of read has its turn in some look. */
const EACH_READ = isWhole ? 5 : 30;

/** The two tests of a story: a process that dies between two things that it does, and one that dies during a call. */
export function crashPointsOf(story: Story): void {
  describe(`${story.name}: a process that dies once`, () => {
    test("between any two things that it does to the store and in Slack changes everything once and says everything (invariants 5, 7, 8 and 11)", async () => {
      const whole = await lived(story);
      const tally = new Tally(`Process died between two steps of "${story.name}"`);
      for (const point of chosen(gapsOf(whole.passed), 64)) {
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
      const writes = calls.filter(({ type }) => type in story.writes);
      const reads = calls.filter(({ type }) => !(type in story.writes));
      const deaths = [
        ...writes.flatMap((call) => HANGS.map((kind) => ({ ...call, kind }))),
        // Nothing comes of a read, whether it was carried out or not.
        ...reads
          .filter((_, at) => at % EACH_READ === 0)
          .map((call, at) => ({ ...call, kind: HANGS[at % 2] ?? HANGS[0] })),
      ];
      for (const { type, skip, kind } of chosen(deaths, 3)) {
        await tally.inject(`${type} no. ${skip + 1}, ${kind}`, async () => {
          const meet = (engine: Engine, { master }: TestCluster) =>
            master.fault(type, { kind, skip, onHit: () => engine.process.die() });
          await lived(story, { meet }, (outcome) => expectNothingLost(story, said, outcome));
        });
      }
      tally.close();
    });
  });
}

import { test } from "vitest";
import type { Kind } from "../../engine/store/places.js";
import { startEngine } from "../../engine/support/engine.js";
import { suiteFor } from "../../support/require.js";
import { expectNothingLost, type Fault, lived, type Outcome, STORIES, type Story } from "./mortal-stories.js";
import { isWhole, Tally } from "./tally.js";

/** How many lives go on side by side: most of each is waiting until the locks of the dead process have run out. */
const SIDE_BY_SIDE = 8;

const ALL = Object.values(STORIES);

const stories = isWhole ? ALL : ALL.slice(0, 1);

/** Each life takes as long as locks last; where an engine goes on step by step every point is tried. */
const DEATHS = isWhole ? 5 : 1;

/**
 * Which of so many points that a whole life passes. By the clock on the wall no two lives go through the same ones: all pass so many
 * before they end, whatever these are.
 */
const momentsOf = (count: number) =>
  Array.from({ length: DEATHS }, (_, at) => Math.ceil((0.8 * count * (at + 0.5)) / DEATHS));

/** The stories on a real store, by the clock on the wall. */
export function crashPointsOn({ name, available, make }: Kind): void {
  suiteFor(
    `a process that dies once on the ${name}, by the clock on the wall`,
    available,
  )(() => {
    async function livedHere(story: Story, fault?: Fault, check?: (outcome: Outcome) => void) {
      const place = await make();
      try {
        const start = () => startEngine(place.settings);
        return await lived(story, fault, check, { start, pollMs: 1_000 });
      } finally {
        await place.dispose();
      }
    }

    test("between two things that it does changes everything once and says everything (invariants 5, 7, 8 and 11)", async () => {
      const tally = new Tally(`Process on the ${name} died between two steps`);
      const all = await Promise.all(
        stories.map(async (story) => {
          const whole = await livedHere(story);
          return momentsOf(whole.passed.length).map((moment) => ({ story, moment, said: whole.said }));
        }),
      );
      const deaths = all.flat().values();
      const oneAfterAnother = async () => {
        for (const { story, moment, said } of deaths)
          await tally.inject(`${story.name}, moment no. ${moment}`, async () => {
            await livedHere(story, { moment }, (outcome) => expectNothingLost(story, said, outcome));
          });
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, oneAfterAnother));
      tally.close();
    });
  });
}

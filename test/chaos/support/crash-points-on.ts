import { test } from "vitest";
import type { Kind } from "../../engine/store/places.js";
import { startEngine } from "../../engine/support/engine.js";
import { gapsOf, type Point } from "../../engine/support/mortal.js";
import { suiteFor } from "../../support/require.js";
import { expectNothingLost, type Fault, lived, type Outcome, STORIES, type Story } from "./mortal-stories.js";
import { isWhole, Tally } from "./tally.js";

/** How many lives go on side by side: most of each is waiting until the locks of the dead process have run out. */
const SIDE_BY_SIDE = 8;

const ALL = Object.values(STORIES);

const stories = isWhole ? ALL : ALL.slice(0, 1);

/** Each takes as long as locks last; where an engine goes on step by step all of them are tried. */
const someOf = (points: readonly Point[]) =>
  isWhole ? points.filter((_, at) => at % 16 === 8) : points.slice(points.length / 2, points.length / 2 + 1);

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
          return someOf(gapsOf(whole.passed)).map((point) => ({ story, point, said: whole.said }));
        }),
      );
      const deaths = all.flat().values();
      const oneAfterAnother = async () => {
        for (const { story, point, said } of deaths)
          await tally.inject(`${story.name}, ${point.when} ${point.what} no. ${point.time}`, async () => {
            await livedHere(story, { point }, (outcome) => expectNothingLost(story, said, outcome));
          });
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, oneAfterAnother));
      tally.close();
    });
  });
}

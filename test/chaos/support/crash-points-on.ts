import { test } from "vitest";
import { PLACES } from "../engine/store/places.js";
import { startEngine } from "../engine/support/engine.js";
import type { Point } from "../engine/support/mortal.js";
import { suiteFor } from "../support/require.js";
import {
  expectNothingLost,
  type Fault,
  lived,
  type Outcome,
  STORIES,
  type Story,
} from "./support/mortal-stories.js";
import { isWhole, Tally } from "./support/tally.js";

/** How many lives go on side by side: most of each is waiting until the locks of the dead process have run out. */
const SIDE_BY_SIDE = 6;

const stories = isWhole ? STORIES : STORIES.slice(0, 1);

/** Each takes as long as locks last; the steps are those of `crash-points.test.ts`, where all of them are tried. */
const someOf = (points: readonly Point[]) =>
  isWhole ? points.filter((_, at) => at % 6 === 0) : points.slice(points.length / 2, points.length / 2 + 1);

for (const { name, available, make } of PLACES) {
  suiteFor(
    `a process that dies once on the ${name}, by the clock on the wall`,
    available,
  )(() => {
    async function livedHere(story: Story, fault?: Fault, check?: (outcome: Outcome) => void) {
      const place = await make();
      try {
        return await lived(story, fault, check, () => startEngine(place.settings));
      } finally {
        await place.dispose();
      }
    }

    test("between two things that it does changes everything once and says everything (invariants 5, 7, 8 and 11)", async () => {
      const tally = new Tally(`Process on the ${name} died between two steps`);
      const all = await Promise.all(
        stories.map(async (story) => {
          const whole = await livedHere(story);
          return someOf(whole.passed).map((point) => ({ story, point, said: whole.said }));
        }),
      );
      const deaths = all.flat();
      for (let at = 0; at < deaths.length; at += SIDE_BY_SIDE) {
        const together = deaths.slice(at, at + SIDE_BY_SIDE).map(({ story, point, said }) =>
          tally.inject(`${story.name}, ${point.when} ${point.what} no. ${point.time}`, async () => {
            await livedHere(story, { point }, (outcome) => expectNothingLost(story, said, outcome));
          }),
        );
        await Promise.all(together);
      }
      tally.close();
    });
  });
}

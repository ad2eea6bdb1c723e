import { expect, test } from "vitest";
import { answer, NOW, task } from "../../support/world.js";
import { drainingWorld, inPhase, lastEvent, news, tick } from "../support/flow.js";

const planned = inPhase("scheduled", { drainingSinceMs: null });

const busy = { tasks: [task("k1", "kafka", "web-01")] };

test("answers that are there at the first look that shows the window are told", () => {
  const world = drainingWorld({ ...busy, answers: { "web-01": [answer("kafka", "decline", NOW)] } });
  const { record } = tick(planned, world);
  expect(news(record)).toEqual(["scheduled", "answers_changed"]);
  expect(lastEvent(record, "answers_changed").frameworks).toMatchObject([
    { name: "kafka", refused: 1, refusedOn: ["web-01"] },
  ]);
  expect(news(tick(record, world).record, record)).toEqual([]);
});

test("a first look without answers tells none", () => {
  expect(news(tick(planned, drainingWorld(busy)).record)).toEqual(["scheduled"]);
});

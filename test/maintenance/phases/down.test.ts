import { describe, expect, test } from "vitest";
import { HOUR, NOW, windowOn } from "../../support/world.js";
import { downWorld, drainingWorld, first, goneWorld, inPhase, news, tick } from "../support/flow.js";

describe("down", () => {
  const down = inPhase("down");

  test("a maintenance that is Down waits for a person; the end of the window is told once (invariant 11)", () => {
    const step = tick(down, downWorld());
    expect(step.effects).toEqual([]);
    expect(news(step.record)).toEqual([]);
    const late = tick(down, downWorld(), NOW + 4 * HOUR).record;
    expect(news(late)).toEqual(["overdue"]);
    expect(news(tick(late, downWorld(), NOW + 5 * HOUR).record, late)).toEqual([]);
  });

  test("machines that somebody else brought Up are told, and their agents are awaited", () => {
    const { record } = tick(down, goneWorld({ agents: [] }));
    expect(first(record)).toMatchObject({ phase: "up", upAtMs: NOW });
    expect(news(record)).toEqual(["foreign_change", "up"]);
    expect(record.end).toBeNull();
  });

  test("the rest stay ours when somebody else brought some machines Up", () => {
    expect(
      first(
        tick(down, drainingWorld({ windows: [windowOn(["web-01"], NOW, 4 * HOUR)], down: ["web-01"] }))
          .record,
      ).phase,
    ).toBe("down");
  });
});

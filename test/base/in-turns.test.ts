import { expect, test } from "vitest";
import { inTurns } from "../../src/base/in-turns.js";

test("work in turns gives way to everything else", async () => {
  let turns = 0;
  let isDone = false;
  const others = () => {
    turns += 1;
    if (!isDone) setImmediate(others);
  };
  setImmediate(others);
  function* slow(): Generator<number, string, void> {
    for (let at = 0; at < 5; at += 1) {
      const untilMs = performance.now() + 20;
      while (performance.now() < untilMs);
      yield 1;
    }
    return "done";
  }
  expect(await inTurns(slow())).toBe("done");
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(5);
});

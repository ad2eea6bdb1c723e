import { expect, test } from "vitest";
import { useEngine } from "../support/engine.js";

const engine = useEngine();

test("how long a drain took to be placed is measured once, and how old each look is that its card shows", async () => {
  const cluster = await engine().cluster();
  const { measured } = engine();
  await cluster.drainToQuestion("web-01 6h");
  expect(measured.placed).toHaveLength(1);
  const [placedMs = Number.NaN] = measured.placed;
  expect(placedMs).toBeGreaterThanOrEqual(0);
  await cluster.looks(5);
  expect(measured.placed).toHaveLength(1);
  expect(measured.shown.length).toBeGreaterThan(0);
  expect(measured.shown.every((ms) => ms >= 0 && ms < 60_000)).toBe(true);
});

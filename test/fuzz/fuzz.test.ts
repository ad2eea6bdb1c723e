import { afterAll, beforeAll, expect, test } from "vitest";
import { isFuzzing } from "../support/fast-check.js";
import type { Figures } from "./case-runner.js";
import { KINDS } from "./kinds.js";
import { Watchdog } from "./watchdog.js";

/** Of all kinds together: of what a kind's `share` is a part. */
const CASES = 100_000;

/** `npm run fuzz` runs a million. */
const FACTOR = isFuzzing ? 10 : 1;

const rows: string[] = [];

let watchdog: Watchdog;

beforeAll(() => {
  watchdog = new Watchdog();
});

afterAll(async () => {
  await watchdog.close();
  console.log(["| kind | cases | refused | longest case |", "| --- | --- | --- | --- |", ...rows].join("\n"));
});

test("the kinds share all cases", () => {
  expect(KINDS.reduce((sum, { share }) => sum + share, 0)).toBe(CASES);
});

test.each(KINDS)(
  "$name: no case crashes or takes over 50 ms, and each is told in a sentence if it is refused",
  async (kind) => {
    const figures = await kind.run(kind.share * FACTOR, watchdog);
    rows.push(rowOf(kind.name, figures));
    // Cases that are all refused, or none, are of no use.
    expect(figures.refused).toBeGreaterThan(0);
    expect(figures.refused).toBeLessThan(figures.cases);
  },
);

function rowOf(name: string, { cases, refused, longestMs }: Figures): string {
  const share = `${((refused / cases) * 100).toFixed(0)} %`;
  return `| ${name} | ${cases.toLocaleString("en")} | ${share} | ${longestMs.toFixed(1)} ms |`;
}

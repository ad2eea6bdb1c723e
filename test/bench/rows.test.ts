import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MEASUREMENTS } from "./rows.js";

const page = readFileSync("docs/performance.md", "utf8");

const names = MEASUREMENTS.map(({ name }) => name).toSorted();

test("docs/performance.md lists the names that --only takes", () => {
  expect(page).toContain(`# some of ${names.join(", ")}\n`);
});

test("docs/performance.md says of every row what is measured, and of no other", () => {
  const what = page.slice(page.indexOf("## What is measured"), page.indexOf("## Last figures"));
  const told = [...what.matchAll(/^\| `([a-z0-9]+)`/gm)].map(([, name]) => name);
  expect([...new Set(told)].toSorted()).toEqual(names);
});

import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KINDS } from "../fuzz/kinds.js";

const page = readFileSync("docs/reliability.md", "utf8");

const [faults = "", inputs = ""] = page.split("\n## Inputs\n");

/** The rows of all tables of faults: what goes wrong, and the test that shows what happens then. */
const rows = faults
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:fault|---) \|/.test(line))
  .map((line) => {
    const [, fault = "", , held = ""] = line
      .split(" | ")
      .map((cell) => cell.replace(/^\| | \|$/g, ""))
      .toSpliced(0, 0, "");
    const [, file = "", title = ""] = /^`(test\/[\w./-]+\.ts)` "(.+)"$/.exec(held) ?? [];
    return { fault, file, title };
  });

test("the page of faults has rows", () => {
  expect(rows.length).toBeGreaterThan(50);
});

test.each(rows)("$fault: $file has the test that is named", ({ file, title }) => {
  expect(existsSync(file), file).toBe(true);
  // A title may be made of pieces, so that its quotes and blanks are those of the source.
  expect(readFileSync(file, "utf8")).toContain(title);
});

test("each suite of faults stands on the page", () => {
  const suites = [
    "crash-points-of-drains",
    "crash-points-of-batches",
    "crash-points-of-kills",
    "crash-points-on-embedded",
    "crash-points-on-redis",
    "scale-out",
    "masters",
    "zookeeper",
    "stores",
    "clock",
    "kill",
    "model",
    "adversary",
    "filtered",
  ];
  for (const suite of suites) expect(page).toContain(`test/chaos/${suite}.test.ts`);
});

test("the table of inputs has each kind that is tried, and no other, and a million cases together", () => {
  const table = inputs
    .split("\n")
    .filter((line) => /^\| .* ms \|/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  expect(table.map(([, kind]) => kind)).toEqual(KINDS.map(({ name }) => name));
  expect(table.map(([, , cases = ""]) => Number(cases.replaceAll(",", "")))).toEqual(
    KINDS.map(({ share }) => share * 10),
  );
  for (const [, kind, , , longest = ""] of table)
    expect(Number.parseFloat(longest), kind).toBeLessThanOrEqual(50);
});

test("the commands of the page are those of package.json", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  expect(page).toContain("npm run chaos");
  expect(scripts.chaos).toMatch(/^CHAOS=1 vitest run /);
  expect(inputs).toContain("FUZZ=1 npx vitest run --testTimeout 3600000 test/fuzz");
  expect(scripts.fuzz).toMatch(/^FUZZ=1 vitest run --testTimeout 3600000 .* test\/fuzz /);
});

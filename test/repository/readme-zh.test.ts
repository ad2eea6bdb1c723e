import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPTIONS } from "../../src/commands/options.js";
import { parseCommand } from "../../src/commands/parse.js";
import { usage, VERBS } from "../../src/commands/verbs.js";
import { VARIABLE_NAMES } from "../../src/config/environment-schema.js";
import { inProd } from "../commands/clusters.js";

const page = readFileSync("README.zh-CN.md", "utf8");

const english = readFileSync("README.md", "utf8");

/** Lines in fences, and what stands in single backticks, as it is typed. */
const typed = [
  ...[...page.matchAll(/```[a-z]*\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.split("\n")),
  ...[...page.replace(/```[\s\S]*?```/g, "").matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code),
].map((line) => line.trim());

const commands = typed.filter((line) => line.startsWith("/mesos ") && !/[<[]/.test(line.split(" ")[2] ?? ""));

test("README.zh-CN.md has lines to try", () => {
  expect(commands.length).toBeGreaterThan(8);
});

test.each(commands)("%s is understood", (line) => {
  const read = parseCommand(line, inProd);
  expect(read.ok || read.isOffer, read.ok ? "" : read.reply.text).toBe(true);
});

test.each([
  ["README.md", english],
  ["README.zh-CN.md", page],
])("the table of commands in %s has every verb as the parser takes it, and no other", (_, text) => {
  const rows = [...text.matchAll(/^\| `(\/mesos [^`]*)` \| \S.* \|$/gm)].map(([, row = ""]) => row);
  expect(rows.map((row) => row.replaceAll("\\|", "|"))).toEqual(VERBS.map(usage));
});

test("its options, variables and scripts exist", () => {
  const options = typed.flatMap((line) => [...line.matchAll(/(?<=\s)--([a-z-]+)/g)].map(([, name]) => name));
  expect(OPTIONS.map(({ name }) => name)).toEqual(expect.arrayContaining(options));
  expect(options.length).toBeGreaterThan(3);
  const variables = typed.filter((word) => /^[A-Z]+(?:_[A-Z]+)+$/.test(word));
  expect(VARIABLE_NAMES).toEqual(expect.arrayContaining(variables));
  expect(variables.length).toBeGreaterThan(3);
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object };
  const run = typed
    .flatMap((line) => [...line.matchAll(/npm (?:run )?(demo|test|start)\b/g)])
    .map(([, name]) => name);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(run));
  expect(typed).toEqual(expect.arrayContaining(["npm ci && npm run demo", "npm ci && npm test"]));
});

test("it is found from the README, and names the same Node", () => {
  expect(english.split("\n").slice(0, 6).join("\n")).toContain("(README.zh-CN.md)");
  const node = /Node\.js ([\d.]+)/;
  expect(node.exec(page)?.[1]).toBe(node.exec(english)?.[1]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { parseInventory } from "../../../src/hosts/inventory/parse.js";
import { runs } from "../../support/fast-check.js";
import { GOOD_INI, problems } from "./read.js";

const GOOD_YAML = `all:
  children:
    web:
      hosts:
        web[01:03].example.com:
        edge: { ansible_host: 10.0.0.9, note: "a # b" }
      vars: { color: blue }
    racks: &racks
      children:
        db:
          hosts:
            db-[a:b]:
more: *racks
`;

/** Never a part of our own words. */
const secret = fc
  .string({ unit: fc.constantFrom(..."QZXq7%/+=_:&*#!'\"[]{}, ".split("")), minLength: 8 })
  .map((text) => `Zq7${text.trim()}Xj9`);

/** Ways in which a secret stands in an inventory, and in which that is wrong. */
const AROUND: readonly ((secret: string) => string)[] = [
  (text) => text,
  (text) => `ansible_password='${text}`,
  (text) => `ansible_password=${text}`,
  (text) => `web-01 ansible_password="${text}" ${text}`,
  (text) => `[${text}]`,
  (text) => `[${text}:kids]`,
  (text) => `[${text}:children]`,
  (text) => `[web:${text}]`,
  (text) => `${text}:`,
  (text) => `${text}: [`,
  (text) => `- ${text}`,
  (text) => `*${text}`,
  (text) => `&${text} *${text}`,
  (text) => `!${text} x`,
  (text) => `<<: ${text}`,
  (text) => `plugin: ${text}`,
  (text) => `"${text}`,
  (text) => `web: { hosts: ["${text}`,
  (text) => `web:\n  hosts:\n    - ${text}`,
  (text) => `web:\n  children:\n    ${text}:\n      children: { web: }`,
  (text) => `a[${text}]`,
  (text) => `a[9:1]${text}`,
];

test("no problem of an inventory repeats a word of it, wherever in it a secret stands (invariant 10)", () => {
  let told = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(GOOD_INI, GOOD_YAML, ""),
      fc.constantFrom(...AROUND),
      secret,
      fc.nat(),
      fc.boolean(),
      fc.constantFrom("hosts.ini", "hosts.yml", "hosts"),
      (good, around, text, place, isLine, name) => {
        const at = place % (good.length + 1);
        // Whole lines, and anywhere inside of one.
        const start = isLine ? good.lastIndexOf("\n", at - 1) + 1 : at;
        const piece = isLine ? `${around(text)}\n` : around(text);
        const content = good.slice(0, start) + piece + good.slice(start);
        const parsed = parseInventory(content, name);
        if (parsed.ok) return;
        told += 1;
        for (const problem of parsed.problems) {
          expect(problem).not.toMatch(/Zq7|Xj9/);
          expect(problem).toMatch(/^hosts(\.\w+)?(, line \d+)?: ?.*\.$|^hosts is a program/);
        }
      },
    ),
    { numRuns: runs(2_000) },
  );
  expect(told).toBeGreaterThan(500);
});

test("a file of words that are in no problem of ours is not repeated by a single one", () => {
  const words = /Grgl/;
  const text = (line: string) => `[web]\n${line}\n`;
  for (const line of [
    "Grgl Grgl",
    "Grgl='Grgl",
    "[Grgl Grgl]",
    "[Grgl:Grgl]",
    "[Grgl:children]\nGrgl\n[Grgl:vars]\nGrgl",
    "Grgl[9:Grgl]",
  ]) {
    const told = problems(text(line), "hosts.ini");
    expect(told.length).toBeGreaterThan(0);
    expect(told.join()).not.toMatch(words);
  }
});

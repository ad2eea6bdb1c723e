import fc from "fast-check";
import { expect, test } from "vitest";
import { parseInventory } from "../../../src/hosts/inventory/parse.js";
import { atOnce } from "../../../src/maintenance/at-once.js";
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

const name = fc.constantFrom("hosts.ini", "hosts.yml", "hosts");

function expectNoSecret(content: string, file: string): boolean {
  const parsed = atOnce(parseInventory(content, file));
  if (parsed.ok) return false;
  for (const problem of parsed.problems) {
    expect(problem).not.toMatch(/Zq7|Xj9/);
    expect(problem).toMatch(/^hosts(\.\w+)?(, line \d+)?: ?.*\.$|^hosts(\.\w+)? is a program/);
  }
  return true;
}

test("no problem of an inventory repeats a word of it, wherever in it a secret stands (invariant 10)", () => {
  let told = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(GOOD_INI, GOOD_YAML, ""),
      fc.constantFrom(...AROUND),
      secret,
      fc.nat(),
      fc.boolean(),
      name,
      (good, around, text, place, isLine, file) => {
        const at = place % (good.length + 1);
        // Whole lines, and anywhere inside of one.
        const start = isLine ? good.lastIndexOf("\n", at - 1) + 1 : at;
        const piece = isLine ? `${around(text)}\n` : around(text);
        if (expectNoSecret(good.slice(0, start) + piece + good.slice(start), file)) told += 1;
      },
    ),
    { numRuns: runs(2_000) },
  );
  expect(told).toBeGreaterThan(500);
});

/** What editors, other systems and slips of the keyboard make of a file. */
const SPOILT: readonly ((content: string, place: number) => string)[] = [
  (content) => content,
  (content) => content.replaceAll("\n", "\r\n"),
  (content) => content.replaceAll("\n", "\r"),
  (content) => `\ufeff${content}`,
  (content) => content.replaceAll("  ", "\t"),
  (content) => content.replaceAll("\n", "\n\n "),
  (content, place) => content.slice(0, place) + content.slice(place + 1),
  (content, place) => content.slice(place),
  (content, place) => content.slice(0, place),
  (content, place) => `${content.slice(0, place)}\u0000${content.slice(place)}`,
  (content, place) => `${content.slice(0, place)}\n---\n${content.slice(place)}`,
  (content, place) => `${content.slice(0, place)}\u2028\u202e${content.slice(place)}`,
];

test("nor where several stand in it, of any letters, in a file that is spoilt in other ways as well", () => {
  const letters = fc
    .string({ unit: "binary", maxLength: 20 })
    .filter((text) => !/^[\s\S]*(Zq7|Xj9)/.test(text))
    .map((text) => `Zq7${text}Xj9`);
  const planted = fc.record({
    around: fc.constantFrom(...AROUND),
    text: fc.oneof(secret, letters),
    place: fc.nat(),
  });
  let told = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(GOOD_INI, GOOD_YAML, ""),
      fc.array(planted, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...SPOILT),
      fc.nat(),
      name,
      (good, secrets, spoilt, place, file) => {
        let content: string = good;
        for (const { around, text, place: at } of secrets) {
          const start = content.lastIndexOf("\n", at % (content.length + 1)) + 1;
          content = `${content.slice(0, start)}${around(text)}\n${content.slice(start)}`;
        }
        if (expectNoSecret(spoilt(content, place % (content.length + 1)), file)) told += 1;
      },
    ),
    { numRuns: runs(300) },
  );
  expect(told).toBeGreaterThan(100);
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

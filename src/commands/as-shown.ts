import { parsePattern } from "../hosts/pattern.js";
import type { Positional } from "./line.js";
import { Mistake } from "./mistake.js";

/** A machine as tables and records show it. */
const SHOWN = /^([\w.-]+) ?\((\d{1,3}(?:\.\d{1,3}){3})\)$/;

/**
 * The mistake of machines that were copied from a table or a record, `web-01 (10.0.0.1), web-02 (10.0.0.2)`, at the beginning of
 * these words; `null` for anything else.
 */
export function asShown(words: readonly Positional[]): Mistake | null {
  const end = words.findLastIndex(({ text }) => text.includes("("));
  const shown = words.slice(0, end + 1);
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined || shown.some(({ quoted }) => quoted)) return null;
  const machines = shown
    .map(({ text }) => text)
    .join(" ")
    .split(/ ?, ?/)
    .filter((one) => one !== "");
  const meant = machines.map((one) => one.replace(SHOWN, "$1|$2")).join(",");
  if (!machines.every((one) => SHOWN.test(one)) || !parsePattern(meant).ok) return null;
  const problem = `A machine with its IP is written host|ip: ${meant}.`;
  return new Mistake(problem, { from: first.from, to: last.to, meant });
}

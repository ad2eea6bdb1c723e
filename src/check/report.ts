import { counted } from "../maintenance/text/list.js";
import type { Finding } from "./finding.js";

/** All is well, as far as can be told. */
export const WELL_EXIT_CODE = 0;

/** Something is to be mended. */
export const MEND_EXIT_CODE = 1;

/** The findings for a terminal, one line each, with a last line that says what they come to; and the exit code. */
export function reportOf(findings: readonly Finding[]): { readonly text: string; readonly code: number } {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.map(({ state, about, found, next }) => {
    const advice = next === null ? "" : ` → ${next}`;
    return `${state.padEnd("unknown".length)}  ${about.padEnd(width)}  ${oneLine(found)}${oneLine(advice)}`;
  });
  const toMend = findings.filter(({ state }) => state === "mend").length;
  return {
    text: `${[...lines, "", verdict(findings, toMend)].join("\n")}\n`,
    code: toMend === 0 ? WELL_EXIT_CODE : MEND_EXIT_CODE,
  };
}

function verdict(findings: readonly Finding[], toMend: number): string {
  const open = findings.filter(({ state }) => state === "unknown").length;
  const notKnown = open === 0 ? "" : ` ${counted(open, "thing")} not known: see above.`;
  const nothing = "Nothing was changed, posted or started.";
  if (toMend === 0) return `All is well, as far as can be seen.${notKnown} ${nothing}`;
  return `${counted(toMend, "thing")} to mend.${notKnown} ${nothing}`;
}

/** What others said may have line breaks in it. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ");
}

import { parseEvents, YAMLException } from "js-yaml";

/** Deeper mappings than this are no file of ours. */
const DEEPEST = 200;

/**
 * What stands where in a YAML text, as numbers (yaml-events.d.ts). It is JavaScript so that the thread that runs it
 * (engine/cluster/inventory/yaml-thread.js) is the same file with and without a build.
 */
export function eventsOf(text) {
  try {
    const events = parseEvents(text, { maxDepth: DEEPEST });
    const rows = new Int32Array(events.length * COLUMNS);
    let at = 0;
    for (const event of events) {
      rows[at] = event.type;
      rows[at + 1] = event.valueStart ?? event.start ?? -1;
      rows[at + 2] = event.valueEnd ?? -1;
      rows[at + 3] = event.anchorStart ?? -1;
      rows[at + 4] = event.anchorEnd ?? -1;
      rows[at + 5] = event.tagStart ?? -1;
      rows[at + 6] = event.tagEnd ?? -1;
      rows[at + 7] = event.style ?? 0;
      rows[at + 8] = event.chomping ?? 0;
      rows[at + 9] = event.indent ?? -1;
      rows[at + 10] = event.fast ? 1 : 0;
      at += COLUMNS;
    }
    return { ok: true, rows };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return {
      ok: false,
      code: codeOf(error.reason),
      line: error.mark === undefined ? null : error.mark.line + 1,
    };
  }
}

export const COLUMNS = 11;

/** By the beginning of the library's sentence, which may go on with what stands in the text. */
const CODES = [
  ["tab characters", "TAB_AS_INDENT"],
  ["nesting exceeded", "TOO_DEEP"],
  ["unexpected end", "MISSING_CHAR"],
  ["missed comma", "MISSING_CHAR"],
  ["expected ':'", "MISSING_CHAR"],
  ["can not read a block mapping entry", "MISSING_CHAR"],
  ["bad indentation", "BAD_INDENT"],
  ["deficient indentation", "BAD_INDENT"],
];

function codeOf(reason) {
  return CODES.find(([words]) => reason.startsWith(words))?.[1] ?? "INVALID";
}

import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import { yamlMistake } from "../hosts/yaml-mistake.js";
import type { Checked, Problem } from "./config-error.js";

/** The least that a clusters file holds, to show what one looks like. */
export const LEAST_FILE = "clusters: { prod: { masters: [http://10.0.0.1:5050] } }";

/** A YAML text as data that still knows on which line each key stands. */
export interface YamlSource {
  readonly data: unknown;
  /** Line (from 1) of the key or item at a path; of the nearest one above it if there is none. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Reads YAML 1.2 with merge keys (`<<`), so that clusters can share settings by an anchor. */
export function parseYaml(text: string, file: string): Checked<YamlSource> {
  const lines = new LineCounter();
  // Warnings quote the text as well, and would go past us to standard error.
  const options = { prettyErrors: false, merge: true, logLevel: "error" } as const;
  const document = parseDocument(text, { ...options, lineCounter: lines });
  if (document.errors.length > 0) {
    return { ok: false, problems: document.errors.map((error) => syntaxProblem(error, file, lines)) };
  }
  const odd = keysThatAreNone(document, file, lines);
  if (odd.length > 0) return { ok: false, problems: odd };
  try {
    return { ok: true, value: { data: document.toJS(), lineOf: (path) => lineOf(document, path, lines) } };
  } catch {
    // Nothing but an alias without an end, or an "alias bomb", fails after a clean parse.
    return {
      ok: false,
      problems: [
        {
          where: file,
          what: "has an alias (*name) that cannot be resolved: its anchor (&name) has to stand before it",
          example: "prod: &prod { … }, then staging: { <<: *prod, … }",
        },
      ],
    };
  }
}

/** A key that is a list or a map would be told as a text, with whatever stands in it. */
function keysThatAreNone(document: Document, file: string, lines: LineCounter): Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key)) return;
      const where = `${file}:${lines.linePos(startOf(key) ?? 0).line}`;
      found.push({ where, what: "has a key that is no word", example: LEAST_FILE });
    },
  });
  return found;
}

function syntaxProblem(error: YAMLError, file: string, lines: LineCounter): Problem {
  const where = `${file}:${lines.linePos(error.pos[0]).line}`;
  return { where, what: yamlMistake(error), example: LEAST_FILE };
}

function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => keyOf(item.key) === step);
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    }
  }
  return lines.linePos(offset).line;
}

function keyOf(key: unknown): string {
  return isNode(key) ? String(key) : "";
}

function startOf(node: unknown): number | null {
  return isNode(node) && node.range ? node.range[0] : null;
}

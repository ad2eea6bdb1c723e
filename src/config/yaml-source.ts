import { eventsOf } from "../hosts/yaml/yaml-events.js";
import { yamlMistake } from "../hosts/yaml/yaml-mistake.js";
import { isList, isMapping, treeOf, type YamlTree } from "../hosts/yaml/yaml-tree.js";
import { atOnce } from "../maintenance/at-once.js";
import type { Checked, Problem } from "./config-error.js";

/** The least that a clusters file holds, to show what one looks like. */
export const LEAST_FILE = "clusters: { prod: { masters: [http://10.0.0.1:5050] } }";

/** A YAML text as data that still knows on which line each key stands. */
export interface YamlSource {
  readonly data: unknown;
  /** Line (from 1) of the key or item at a path; of the nearest one above it if there is none. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Aliases may nest what the text does not. */
const DEEPEST = 200;

/** With aliases a short text can stand for more than any memory holds. */
const MOST_VALUES = 100_000;

/** Reads YAML 1.2 with merge keys (`<<`), so that clusters can share settings by an anchor. */
export function parseYaml(text: string, file: string): Checked<YamlSource> {
  const tree = atOnce(treeOf(text, eventsOf(text), "1.2"));
  if (!tree.ok) return refused(tree.line === null ? file : `${file}:${tree.line}`, yamlMistake(tree));
  const { root } = tree;
  const reader = new Reader(file);
  const data = reader.dataOf(root);
  if (reader.isEndless) return refused(file, ENDLESS, "prod: &prod { … }, then staging: { <<: *prod, … }");
  if (reader.odd.length > 0) return { ok: false, problems: reader.odd };
  return { ok: true, value: { data, lineOf: (path) => lineOf(root, path) } };
}

const ENDLESS = "has aliases (*name) that stand for more than can be read, or for what they are in";

function refused(where: string, what: string, example = LEAST_FILE): Checked<YamlSource> {
  return { ok: false, problems: [{ where, what, example }] };
}

class Reader {
  /** Keys that are a list or a map: they would be told as a text, with whatever stands in it. */
  readonly odd: Problem[] = [];
  readonly #file: string;
  #values = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get isEndless(): boolean {
    return this.#values > MOST_VALUES;
  }

  /** As plain data. */
  dataOf(tree: YamlTree, depth = 0): unknown {
    this.#values += depth > DEEPEST ? MOST_VALUES : 1;
    if (this.isEndless) return null;
    if (isList(tree)) return tree.items.map(([, value]) => this.dataOf(value, depth + 1));
    if (!isMapping(tree)) return tree;
    // Defined one by one: a key may be called `__proto__`.
    return Object.fromEntries(
      tree.entries.map(([key, line, value]) => {
        const isOdd = typeof key === "object" && key !== null;
        if (isOdd)
          this.odd.push({
            where: `${this.#file}:${line}`,
            what: "has a key that is no word",
            example: LEAST_FILE,
          });
        return [isOdd ? "" : String(key), this.dataOf(value, depth + 1)];
      }),
    );
  }
}

function lineOf(root: YamlTree, path: readonly PropertyKey[]): number {
  let tree = root;
  let line = 1;
  for (const step of path) {
    let at: { readonly line: number; readonly value: YamlTree } | undefined;
    if (isMapping(tree)) {
      const entry = tree.entries.find(([key]) => String(key) === step);
      if (entry !== undefined) at = { line: entry[1], value: entry[2] };
    } else if (isList(tree)) {
      const item = tree.items[Number(step)];
      if (item !== undefined) at = { line: item[0], value: item[1] };
    }
    if (at === undefined) break;
    ({ line, value: tree } = at);
  }
  return line;
}

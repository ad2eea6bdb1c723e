import {
  boolCoreTag,
  boolYaml11Tag,
  EVENT_ID,
  floatCoreTag,
  floatYaml11Tag,
  getScalarValue,
  intCoreTag,
  intYaml11Tag,
  NOT_RESOLVED,
  nullCoreTag,
  nullYaml11Tag,
  SCALAR_STYLE,
  type ScalarEvent,
  type ScalarTagDefinition,
  timestampTag,
} from "js-yaml";
import { COLUMNS, type YamlEvents } from "./yaml-events.js";

/** A YAML value as plain data. Aliases are the same object as what they stand for, which may be inside of itself. */
export type YamlTree = string | number | boolean | null | YamlMapping | YamlList;

export interface YamlMapping {
  /** Keys with the lines they stand in, in the order of the file; what is merged in comes last. */
  readonly entries: (readonly [key: YamlTree, line: number, value: YamlTree])[];
}

export interface YamlList {
  readonly items: (readonly [line: number, value: YamlTree])[];
}

/** Lines count from 1. Codes are those of `yamlMistake`. */
export type YamlText =
  | { readonly ok: true; readonly root: YamlTree }
  | { readonly ok: false; readonly code: string; readonly line: number | null };

/** What words without quotes mean: `1.2` as YAML has it today, `1.1` as Python's library and so Ansible do. */
export type YamlVersion = "1.1" | "1.2";

/** The letters y and n alone, which YAML 1.1 counts among the words for yes and no, are texts to Python's library. */
const boolOfPython: ScalarTagDefinition = {
  ...boolYaml11Tag,
  resolve: (text, isExplicit, name) =>
    text.length === 1 ? NOT_RESOLVED : boolYaml11Tag.resolve(text, isExplicit, name),
};

/** What words without quotes may be, in the order in which it is tried; all others are texts. */
const TAGS: Readonly<Record<YamlVersion, readonly ScalarTagDefinition[]>> = {
  // What Python makes a date of is no text either.
  "1.1": [nullYaml11Tag, boolOfPython, intYaml11Tag, floatYaml11Tag, timestampTag],
  "1.2": [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag],
};

/** So many events take a few milliseconds at most. */
const EVENTS_AT_ONCE = 2_000;

/** One text can merge a large mapping into each of many. */
const MOST_MERGED = 1_000_000;

/** The text as a tree, from its events; yields how many of them it has done since. */
export function* treeOf(
  text: string,
  events: YamlEvents,
  version: YamlVersion,
): Generator<number, YamlText, void> {
  if (!events.ok) return events;
  const builder = new Builder(text, TAGS[version]);
  try {
    for (let at = 0, done = 0; at < events.rows.length; at += COLUMNS) {
      builder.take(events.rows, at);
      if (++done % EVENTS_AT_ONCE === 0) yield EVENTS_AT_ONCE;
    }
    return { ok: true, root: builder.root };
  } catch (error) {
    if (error instanceof TreeMistake) return { ok: false, code: error.code, line: error.line };
    throw error;
  }
}

export function isMapping(tree: YamlTree): tree is YamlMapping {
  return typeof tree === "object" && tree !== null && "entries" in tree;
}

export function isList(tree: YamlTree): tree is YamlList {
  return typeof tree === "object" && tree !== null && "items" in tree;
}

class TreeMistake extends Error {
  constructor(
    readonly code: string,
    readonly line: number,
  ) {
    super(code);
  }
}

/** The key `<<`: what stands there is merged in. */
const MERGE = Symbol("<<");

/** A mapping or a list whose end has not come. */
interface Open {
  readonly tree: YamlMapping | YamlList;
  readonly line: number;
  readonly keys: Set<YamlTree>;
  readonly merged: YamlTree[];
  /** The key whose value comes next. */
  key: { readonly of: YamlTree | typeof MERGE; readonly line: number } | null;
}

class Builder {
  root: YamlTree = null;
  readonly #text: string;
  readonly #tags: readonly ScalarTagDefinition[];
  readonly #open: Open[] = [];
  readonly #anchored = new Map<string, YamlTree>();
  #documents = 0;
  #merged = 0;
  /** Events come in the order of the text, so lines are counted once. */
  #line = 1;
  #lineOffset = 0;

  constructor(text: string, tags: readonly ScalarTagDefinition[]) {
    this.#text = text;
    this.#tags = tags;
  }

  /** Takes the event that begins at this place in the rows. */
  take(rows: Int32Array, at: number): void {
    const type = rows[at];
    if (type === EVENT_ID.DOCUMENT) {
      this.#documents += 1;
      if (this.#documents > 1) throw new TreeMistake("MULTIPLE_DOCS", this.#lineOfDocument(rows, at));
    } else if (type === EVENT_ID.POP) {
      this.#close();
    } else {
      this.#node(rows, at);
    }
  }

  #node(rows: Int32Array, at: number): void {
    const type = rows[at];
    const anchorStart = rows[at + 3] ?? -1;
    const line = this.#lineAt(Math.max(rows[at + 1] ?? -1, anchorStart));
    const anchor = anchorStart === -1 ? null : this.#text.slice(anchorStart, rows[at + 4]);
    if (type === EVENT_ID.ALIAS) {
      const known = this.#anchored.get(anchor ?? "");
      if (known === undefined) throw new TreeMistake("BAD_ALIAS", line);
      this.#put(known, line);
    } else if (type === EVENT_ID.SCALAR) {
      const event = scalarAt(rows, at);
      const value = this.#isMergeKey(event) ? MERGE : this.#scalar(event);
      if (anchor !== null && value !== MERGE) this.#anchored.set(anchor, value);
      this.#put(value, line);
    } else {
      const tree: YamlMapping | YamlList = type === EVENT_ID.MAPPING ? { entries: [] } : { items: [] };
      // Anchors stand for what they are on, also inside of it.
      if (anchor !== null) this.#anchored.set(anchor, tree);
      this.#open.push({ tree, line, keys: new Set(), merged: [], key: null });
    }
  }

  /** A value that is whole goes to where it stands. */
  #put(value: YamlTree | typeof MERGE, line: number): void {
    const into = this.#open.at(-1);
    if (into === undefined) {
      this.root = value === MERGE ? "<<" : value;
      return;
    }
    const { tree, key } = into;
    if ("items" in tree) {
      tree.items.push([line, value === MERGE ? "<<" : value]);
      return;
    }
    if (key === null) {
      if (value !== MERGE && into.keys.has(value)) throw new TreeMistake("DUPLICATE_KEY", line);
      into.key = { of: value, line };
      return;
    }
    into.key = null;
    const content = value === MERGE ? "<<" : value;
    if (key.of === MERGE) {
      into.merged.push(content);
      return;
    }
    into.keys.add(key.of);
    tree.entries.push([key.of, key.line, content]);
  }

  #close(): void {
    const closed = this.#open.pop();
    if (closed === undefined) return;
    for (const value of closed.merged) {
      const all = isList(value) ? value.items.map(([, one]) => one) : [value];
      for (const one of all) this.#merge(closed, one);
    }
    this.#put(closed.tree, closed.line);
  }

  /** What is merged in gives way to what stands there. */
  #merge({ tree, keys, line }: Open, value: YamlTree): void {
    if (!isMapping(value) || !isMapping(tree)) return;
    this.#merged += value.entries.length;
    if (this.#merged > MOST_MERGED) throw new TreeMistake("TOO_MUCH_MERGED", line);
    for (const entry of value.entries) {
      if (keys.has(entry[0])) continue;
      keys.add(entry[0]);
      tree.entries.push(entry);
    }
  }

  #isMergeKey(event: ScalarEvent): boolean {
    const into = this.#open.at(-1);
    const isKey = into !== undefined && "entries" in into.tree && into.key === null;
    const { style, tagStart, valueStart, valueEnd } = event;
    const isPlain = isKey && style === SCALAR_STYLE.PLAIN && tagStart === -1 && valueEnd - valueStart === 2;
    return isPlain && this.#text.startsWith("<<", valueStart);
  }

  #scalar(event: ScalarEvent): YamlTree {
    const value = getScalarValue(this.#text, event);
    const { tagStart, tagEnd, style } = event;
    if (tagStart !== -1) return this.#tagged(value, this.#text.slice(tagStart, tagEnd));
    if (style !== SCALAR_STYLE.PLAIN) return value;
    const first = value.charAt(0);
    for (const tag of this.#tags) {
      if (tag.implicitFirstChars?.includes(first) === false) continue;
      const found = resolved(tag, value, false);
      if (found !== undefined) return found;
    }
    return value;
  }

  /** Tags that nobody here knows, such as Ansible's `!vault`, leave a text. */
  #tagged(value: string, name: string): YamlTree {
    const tag = this.#tags.find(({ tagName }) => tagName === name.replace(/^!!/, "tag:yaml.org,2002:"));
    return tag === undefined ? value : (resolved(tag, value, true) ?? value);
  }

  #lineAt(offset: number): number {
    for (;;) {
      const end = this.#text.indexOf("\n", this.#lineOffset);
      if (end === -1 || end >= offset) return this.#line;
      this.#lineOffset = end + 1;
      this.#line += 1;
    }
  }

  /** The line of the `---` before what comes first in it. */
  #lineOfDocument(rows: Int32Array, at: number): number {
    for (let next = at + COLUMNS; next < rows.length; next += COLUMNS) {
      const offset = rows[next + 1] ?? -1;
      if (offset !== -1) return this.#lineAt(Math.max(0, this.#text.lastIndexOf("\n---", offset) + 1));
    }
    return this.#lineAt(this.#text.lastIndexOf("\n---") + 1);
  }
}

/** `undefined` where it is not what the tag says. */
function resolved(tag: ScalarTagDefinition, text: string, isExplicit: boolean): YamlTree | undefined {
  const value = tag.resolve(text, isExplicit, tag.tagName);
  if (value === NOT_RESOLVED) return undefined;
  return typeof value === "boolean" || value === null ? value : Number(value);
}

function scalarAt(rows: Int32Array, at: number): ScalarEvent {
  const number = (column: number) => rows[at + column] ?? -1;
  return {
    type: EVENT_ID.SCALAR,
    valueStart: number(1),
    valueEnd: number(2),
    anchorStart: number(3),
    anchorEnd: number(4),
    tagStart: number(5),
    tagEnd: number(6),
    style: number(7) as ScalarEvent["style"],
    chomping: number(8) as ScalarEvent["chomping"],
    indent: number(9),
    fast: number(10) === 1,
  };
}

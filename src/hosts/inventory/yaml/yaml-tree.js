import { Composer, isAlias, isMap, isScalar, Lexer, LineCounter, Parser } from "yaml";

/** Deeper mappings than this are no inventory, and the parser's own stack would not hold them. */
const DEEPEST = 200;

/**
 * A YAML text as plain data, with the lines of its keys (yaml-tree.d.ts). It is JavaScript so that the thread that runs it
 * (yaml-thread.js) is the same file with and without a build.
 */
export function treeOf(text) {
  const lines = new LineCounter();
  const mistake = (code, offset) => ({
    ok: false,
    mistakes: [{ code, line: offset === null ? null : lines.linePos(offset).line }],
  });
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > DEEPEST) return mistake("TOO_DEEP", parser.offset);
  }
  for (const token of parser.end()) tokens.push(token);
  // Duplicate keys are found below: the library compares each key with all before it.
  const composer = new Composer({ merge: true, uniqueKeys: false, logLevel: "error" });
  const [document, second] = composer.compose(tokens, true, text.length);
  const mistakes = document.errors.map(({ code, pos }) => ({ code, line: lines.linePos(pos[0]).line }));
  if (mistakes.length > 0) return { ok: false, mistakes };
  if (second) return mistake("MULTIPLE_DOCS", second.range[0]);
  try {
    return { ok: true, root: new Trees(lines).of(document.contents) };
  } catch (error) {
    if (error instanceof TreeMistake) return mistake(error.code, error.offset);
    throw error;
  }
}

class TreeMistake extends Error {
  constructor(code, offset) {
    super(code);
    this.code = code;
    this.offset = offset;
  }
}

class Trees {
  #lines;
  /** What an anchor stands for, as far as the text is read. */
  #anchored = new Map();

  constructor(lines) {
    this.#lines = lines;
  }

  of(node) {
    if (isAlias(node)) {
      if (!this.#anchored.has(node.source)) throw new TreeMistake("BAD_ALIAS", node.range[0]);
      return this.#anchored.get(node.source);
    }
    if (isScalar(node)) return this.#anchor(node, plain(node.value));
    if (!isMap(node)) return node === null ? null : this.#anchor(node, { list: true }, node.items);
    const tree = this.#anchor(node, { entries: [] });
    const own = new Set();
    const merged = [];
    for (const { key, value } of node.items) {
      const offset = key?.range?.[0] ?? node.range[0];
      const name = isScalar(key) && key.source === "<<" && key.type === "PLAIN" ? MERGE : this.of(key);
      if (name === MERGE) {
        merged.push(value);
        continue;
      }
      if (own.has(name)) throw new TreeMistake("DUPLICATE_KEY", offset);
      own.add(name);
      tree.entries.push([name, this.#lines.linePos(offset).line, this.of(value)]);
    }
    for (const value of merged.flatMap((one) => one?.items ?? [one])) this.#merge(tree, own, value);
    return tree;
  }

  /** Anchors stand for what they are on, also inside of it. */
  #anchor(node, tree, items = []) {
    if (node.anchor) this.#anchored.set(node.anchor, tree);
    for (const item of items) this.of(item);
    return tree;
  }

  /** What is merged in gives way to what stands there. */
  #merge(tree, own, value) {
    for (const entry of this.of(value)?.entries ?? []) {
      if (own.has(entry[0])) continue;
      own.add(entry[0]);
      tree.entries.push(entry);
    }
  }
}

const MERGE = Symbol("<<");

function plain(value) {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : value === null
      ? null
      : String(value);
}

/**
 * JSON whose integers are exact: `JSON.parse` would round an int64 of nanoseconds. An integer is a bigint, any other
 * number a number. A field that is `undefined` is left out when it is written; none is ever read.
 */
export type Json = null | boolean | string | bigint | number | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** The text was not JSON; the message is the master's. */
export class JsonSyntaxError extends Error {}

const SPACE = /[ \t\r\n]*/y;

/** A string up to its closing quote, or up to what is wrong in it: control characters end before the space. */
const STRING = /"(?:[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y;

const LITERAL = /true|false|null/y;

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

/** Deeper nesting is an error, not a stack overflow. */
const DEEPEST = 200;

/** Refuses what a Mesos master refuses, with its words (picojson's). Throws a `JsonSyntaxError`. */
export function parseExactJson(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value(0);
  const rest = reader.rest();
  if (rest === "") return value;
  throw new JsonSyntaxError(`Parsed JSON included non-whitespace trailing characters: ${rest}`);
}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  rest(): string {
    this.matched(SPACE);
    return this.text.slice(this.at);
  }

  value(depth: number): Json {
    this.matched(SPACE);
    if (depth > DEEPEST) this.fail();
    if (this.took("{")) return Object.fromEntries(this.items("}", () => this.field(depth + 1)));
    if (this.took("[")) return this.items("]", () => this.value(depth + 1));
    if (this.text[this.at] === '"') return this.string();
    const literal = this.matched(LITERAL);
    if (literal !== null) return JSON.parse(literal[0]);
    const [number, fraction, exponent] = this.matched(NUMBER) ?? this.fail();
    return fraction === undefined && exponent === undefined ? BigInt(number) : Number(number);
  }

  private items<T>(end: "}" | "]", item: () => T): T[] {
    const found: T[] = [];
    if (this.took(end)) return found;
    do found.push(item());
    while (this.took(","));
    if (!this.took(end)) this.fail();
    return found;
  }

  private field(depth: number): [string, Json] {
    this.matched(SPACE);
    const key = this.string();
    if (!this.took(":")) this.fail();
    return [key, this.value(depth)];
  }

  private string(): string {
    const [opened] = this.matched(STRING) ?? this.fail();
    // What is wrong with an escape stands behind its backslash.
    if (this.text[this.at] === "\\") this.at++;
    else if (this.text[this.at] === '"') {
      this.at++;
      return JSON.parse(`${opened}"`);
    }
    return this.fail();
  }

  /** Whether this character comes next, after white space; then it is behind us. */
  private took(char: string): boolean {
    this.matched(SPACE);
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private matched(what: RegExp): RegExpExecArray | null {
    what.lastIndex = this.at;
    const match = what.exec(this.text);
    if (match !== null) this.at = what.lastIndex;
    return match;
  }

  private fail(): never {
    const line = this.text.slice(0, this.at).split("\n").length;
    const near = this.text.slice(this.at).split("\n", 1)[0] ?? "";
    throw new JsonSyntaxError(`syntax error at line ${line} near: ${near}`);
  }
}

/** The inverse of `parseExactJson`: bigints become plain integers of any size. */
export function stringifyExactJson(value: Json): string {
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(stringifyExactJson).join(",")}]`;
  const fields = Object.entries(value).flatMap(([key, field]) =>
    field === undefined ? [] : [`${JSON.stringify(key)}:${stringifyExactJson(field)}`],
  );
  return `{${fields.join(",")}}`;
}

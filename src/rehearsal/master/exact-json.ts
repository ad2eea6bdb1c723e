/**
 * JSON whose integers are exact: `JSON.parse` would round an int64 of nanoseconds. An integer is a bigint, any other
 * number a number. Refuses what a Mesos master refuses, with its words (picojson's).
 */
export type Json = null | boolean | string | bigint | number | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** The text was not JSON; the message is the master's. */
export class JsonSyntaxError extends Error {}

const LITERALS: readonly (readonly [string, Json])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Deeper nesting is an error, not a stack overflow. */
const DEEPEST = 200;

/** Throws a `JsonSyntaxError`. */
export function parseExactJson(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value(0);
  const rest = reader.rest();
  if (rest !== "")
    throw new JsonSyntaxError(`Parsed JSON included non-whitespace trailing characters: ${rest}`);
  return value;
}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  rest(): string {
    this.space();
    return this.text.slice(this.at);
  }

  value(depth: number): Json {
    this.space();
    if (depth > DEEPEST) this.fail();
    const char = this.text[this.at];
    if (char === "{") return this.object(depth);
    if (char === "[") return this.array(depth);
    if (char === '"') return this.string();
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  private object(depth: number): JsonObject {
    const found: [string, Json][] = [];
    this.at++;
    if (this.took("}")) return {};
    do {
      this.space();
      if (this.text[this.at] !== '"') this.fail();
      const key = this.string();
      this.must(":");
      found.push([key, this.value(depth + 1)]);
    } while (this.took(","));
    this.must("}");
    return Object.fromEntries(found);
  }

  private array(depth: number): Json[] {
    const found: Json[] = [];
    this.at++;
    if (this.took("]")) return found;
    do found.push(this.value(depth + 1));
    while (this.took(","));
    this.must("]");
    return found;
  }

  private string(): string {
    let out = "";
    for (this.at++; this.text[this.at] !== '"'; this.at++) {
      const char = this.text[this.at];
      if (char === undefined || char < " ") this.fail();
      out += char === "\\" ? this.escape() : char;
    }
    this.at++;
    return out;
  }

  private escape(): string {
    this.at++;
    const char = this.text[this.at];
    if (char === "u") {
      const hex = this.text.slice(this.at + 1, this.at + 5);
      if (!/^[0-9a-f]{4}$/i.test(hex)) this.fail();
      this.at += 4;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    if (char === '"' || char === "\\" || char === "/") return char;
    return ESCAPES[char ?? ""] ?? this.fail();
  }

  private number(): bigint | number {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) return this.fail();
    this.at = NUMBER.lastIndex;
    const isInteger = match[1] === undefined && match[2] === undefined;
    return isInteger ? BigInt(match[0]) : Number(match[0]);
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? "")) this.at++;
  }

  private took(char: string): boolean {
    this.space();
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private must(char: string): void {
    if (!this.took(char)) this.fail();
  }

  private fail(): never {
    const line = this.text.slice(0, this.at).split("\n").length;
    const near = this.text.slice(this.at).split("\n", 1)[0] ?? "";
    throw new JsonSyntaxError(`syntax error at line ${line} near: ${near}`);
  }
}

/** What can be written: `undefined` is left out of objects. */
export type Writable =
  | null
  | undefined
  | boolean
  | string
  | bigint
  | number
  | readonly Writable[]
  | WritableObject;

export interface WritableObject {
  readonly [key: string]: Writable;
}

/** The inverse of `parseExactJson`: bigints become plain integers of any size. */
export function stringifyExactJson(value: Writable): string {
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  if (isList(value)) return `[${value.map(stringifyExactJson).join(",")}]`;
  const fields: string[] = [];
  for (const [key, field] of Object.entries(value)) {
    if (field !== undefined) fields.push(`${JSON.stringify(key)}:${stringifyExactJson(field)}`);
  }
  return `{${fields.join(",")}}`;
}

function isList(value: readonly Writable[] | WritableObject): value is readonly Writable[] {
  return Array.isArray(value);
}

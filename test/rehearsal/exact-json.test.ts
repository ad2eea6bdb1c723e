import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  JsonSyntaxError,
  parseExactJson,
  stringifyExactJson,
} from "../../src/rehearsal/master/exact-json.js";
import {
  int64,
  message,
  optional,
  readMessage,
  repeated,
  required,
  text,
} from "../../src/rehearsal/master/shape.js";

describe("exact JSON", () => {
  test("agrees with JSON.parse wherever a number cannot lose digits", () => {
    const noIntegers = fc
      .jsonValue()
      .filter((value) => !/[\d]/.test(JSON.stringify(value).replace(/"[^"]*"/g, "")));
    fc.assert(
      fc.property(noIntegers, (value) => {
        expect(parseExactJson(JSON.stringify(value, null, 1))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("keeps every digit of an integer", () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(parseExactJson(stringifyExactJson({ value }))).toEqual({ value });
      }),
    );
  });

  test("reads back what it writes", () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        fc.string(),
        fc.bigInt(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("tree"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const written = stringifyExactJson(value as string);
        expect(parseExactJson(written)).toEqual(value);
      }),
    );
  });

  test.each([
    ["", "syntax error at line 1 near: "],
    ['{"a":', "syntax error at line 1 near: "],
    ["\n[tru]", "syntax error at line 2 near: tru]"],
    ["[1,]", "syntax error at line 1 near: ]"],
    ['"\\x"', 'syntax error at line 1 near: x"'],
    ["{} x", "Parsed JSON included non-whitespace trailing characters: x"],
  ])("%j is refused", (json, words) => {
    expect(() => parseExactJson(json)).toThrow(new JsonSyntaxError(words));
  });

  test("deep nesting is refused, not a crash", () => {
    expect(() => parseExactJson("[".repeat(100_000))).toThrow(JsonSyntaxError);
  });
});

describe("a message from JSON", () => {
  const time = message({ nanoseconds: required(int64) });
  const type = message({ name: optional(text), times: repeated(time) });

  test("names every required field that is missing", () => {
    const json = parseExactJson('{"times":[{},{"nanoseconds":1},{"nanoseconds":null}]}');
    expect(() => readMessage(type, json)).toThrow(
      "Missing required fields: times[0].nanoseconds, times[2].nanoseconds",
    );
  });

  test.each([
    ['{"name":1}', "Not expecting a JSON number for field 'name'"],
    ['{"name":["a"]}', "Not expecting a JSON array for field 'name'"],
    ['{"times":[true]}', "Not expecting a JSON boolean for field 'times'"],
    ['{"times":["x"]}', "Not expecting a JSON string for field 'times'"],
  ])("%s is refused", (json, words) => {
    expect(() => readMessage(type, parseExactJson(json))).toThrow(words);
  });

  test.each([
    ["9223372036854775807", 9223372036854775807n],
    ["9223372036854775808", -9223372036854775808n],
    ['"12"', 12n],
    ["1.5", 1n],
    ["1.795193630662822400e18", 1795193630662822400n],
  ])("%s as an int64 is %s", (json, value) => {
    expect(readMessage(time, parseExactJson(`{"nanoseconds":${json}}`))).toEqual({ nanoseconds: value });
  });

  test("unknown keys are ignored", () => {
    expect(readMessage(type, parseExactJson('{"windoze":[]}'))).toEqual({ name: null, times: [] });
  });
});

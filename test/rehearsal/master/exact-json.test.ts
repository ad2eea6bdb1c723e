import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  JsonSyntaxError,
  parseExactJson,
  stringifyExactJson,
} from "../../../src/rehearsal/master/exact-json.js";

describe("exact JSON", () => {
  test("a text is read as JSON.parse reads it wherever a number cannot lose digits", () => {
    const noIntegers = fc
      .jsonValue()
      .filter((value) => !/[\d]/.test(JSON.stringify(value).replace(/"[^"]*"/g, "")));
    fc.assert(
      fc.property(noIntegers, (value) => {
        expect(parseExactJson(JSON.stringify(value, null, 1))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("an integer keeps every digit", () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(parseExactJson(stringifyExactJson({ value }))).toEqual({ value });
      }),
    );
  });

  test("what was written is read back", () => {
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
  ])("the text %j is refused", (json, words) => {
    expect(() => parseExactJson(json)).toThrow(new JsonSyntaxError(words));
  });

  test("deep nesting is refused and does not overflow the stack", () => {
    expect(() => parseExactJson("[".repeat(100_000))).toThrow(JsonSyntaxError);
  });
});

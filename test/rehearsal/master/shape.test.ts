import { describe, expect, test } from "vitest";
import { parseExactJson } from "../../../src/rehearsal/master/exact-json.js";
import {
  int64,
  message,
  optional,
  readMessage,
  repeated,
  required,
  text,
} from "../../../src/rehearsal/master/shape.js";

describe("a message from JSON", () => {
  const time = message({ nanoseconds: required(int64) });
  const type = message({ name: optional(text), times: repeated(time) });

  test("a refusal names every required field that is missing", () => {
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
  ])("the message %s is refused for a wrong type", (json, words) => {
    expect(() => readMessage(type, parseExactJson(json))).toThrow(words);
  });

  test.each([
    ["9223372036854775807", 9223372036854775807n],
    ["9223372036854775808", -9223372036854775808n],
    ['"12"', 12n],
    ["1.5", 1n],
    ["1.795193630662822400e18", 1795193630662822400n],
  ])("the number %s is read as the int64 %s", (json, value) => {
    expect(readMessage(time, parseExactJson(`{"nanoseconds":${json}}`))).toEqual({ nanoseconds: value });
  });

  test("a wrong type is told before what is missing", () => {
    expect(() => readMessage(type, parseExactJson('{"times":[{}],"name":1}'))).toThrow(
      "Not expecting a JSON number for field 'name'",
    );
  });

  test("unknown keys are ignored", () => {
    expect(readMessage(type, parseExactJson('{"windoze":[]}'))).toEqual({ name: null, times: [] });
  });
});

import { describe, expect, test } from "vitest";
import { Secret } from "../../src/base/secret.js";
import { maskOf } from "../../src/runbooks/mask.js";

describe("secrets in what a program prints", () => {
  test.each<[string, readonly string[], string, string]>([
    ["a value", ["hunter2"], "pw=hunter2!", "pw=[secret]!"],
    ["every place of it", ["hunter2"], "hunter2hunter2", "[secret][secret]"],
    ["a value that is no expression", ["a.b*(c"], "a.b*(c aXb", "[secret] aXb"],
    ["a value with space around it", [" hunter2\n"], "hunter2", "[secret]"],
    ["a short value", ["ab"], "ab-cab", "[secret]-c[secret]"],
    ["the longer of two", ["hunter", "hunter2"], "hunter2", "[secret]"],
    ["each line of a key", ["-----BEGIN KEY-----\r\nMIIabc\nx\n"], "MIIabc\nBEGIN x", "[secret]\nBEGIN x"],
    ["a value inside of JSON", ['a"b\\c'], JSON.stringify({ a: 'a"b\\c' }), '{"a":"[secret]"}'],
    [
      "a key inside of JSON",
      ["line one\nline two"],
      '{"a":"line one\\nline two"}',
      '{"a":"[secret]\\n[secret]"}',
    ],
    ["a value with a control character", ["a\u0001bc"], "abc", "[secret]"],
    ["the word that stands for secrets", ["secret"], "a secret", "a [secret]"],
    ["a token that is known by its shape", [], "xoxb-1-2 https://u:p@h", "[secret] https://[secret]@h"],
    ["nothing where there is no secret", ["", " \n "], "some text", "some text"],
  ])("%s is hidden", (_, secrets, text, shown) => {
    expect(maskOf(secrets).hide(text)).toBe(shown);
  });

  test("a secret that the run was not given but the process knows is hidden, also in base64", () => {
    new Secret("of-the-master");
    const mask = maskOf([]);
    const login = Buffer.from("bot:of-the-master").toString("base64");
    expect(mask.hide(`of-the-master ${login}`)).toBe("[secret] [secret]");
  });
});

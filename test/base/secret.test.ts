import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "../../src/base/secret.js";

const secret = new Secret("hunter2");

test("a secret gives its text only when it is asked to", () => {
  expect(secret.reveal()).toBe("hunter2");
});

test.each([
  ["a template", `${secret}`],
  ["JSON", JSON.stringify({ secret })],
  ["the console", inspect({ secret }, { depth: 9, showHidden: true })],
  ["its keys", Object.entries(secret).join()],
  ["a copy", JSON.stringify({ ...secret })],
])("%s does not show it", (_, shown) => {
  expect(shown).not.toContain("hunter2");
});

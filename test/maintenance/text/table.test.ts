import { describe, expect, test } from "vitest";
import { cut, tableOf } from "../../../src/maintenance/text/table.js";

describe("a table", () => {
  test("a table keeps one row on one line, whatever a name holds", () => {
    expect(tableOf([{ title: "A" }, { title: "B" }], [["x\ny", "z\u2028"]])).toBe("A    B\nx y  z");
  });

  test.each([
    ["web-01", 6, "web-01"],
    ["web-01.example.com", 9, "web-….com"],
    ["🐳🐳🐳🐳", 3, "🐳…🐳"],
  ])("%s cut to %d characters is %s", (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });
});

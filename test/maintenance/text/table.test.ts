import { describe, expect, test } from "vitest";
import { cut, tableOf } from "../../../src/maintenance/text/table.js";

describe("a table", () => {
  test("a table keeps one row on one line, whatever a name holds", () => {
    const columns = [
      { title: "A", cell: (row: { a: string; b: string }) => row.a },
      { title: "B", cell: (row: { a: string; b: string }) => row.b },
    ];
    expect(tableOf([{ a: "x\ny", b: "z\u2028" }], columns)).toBe("A    B\nx y  z");
  });

  test.each([
    ["web-01", 6, "web-01"],
    ["web-01.example.com", 9, "web-….com"],
    ["🐳🐳🐳🐳", 3, "🐳…🐳"],
  ])("%s cut to %d characters is %s", (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });
});

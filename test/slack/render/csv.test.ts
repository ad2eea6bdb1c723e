import { expect, test } from "vitest";
import { historyGrid } from "../../../src/maintenance/show/history.js";
import { at, tableOf } from "../../../src/maintenance/text/table.js";
import { csvOf } from "../../../src/slack/render/csv.js";
import { readerOf } from "../../support/drawn.js";
import { NOW, recordOf } from "../../support/world.js";

interface Row {
  readonly text: string;
}

const csv = (texts: readonly string[]) => {
  const grid = tableOf<Row>(
    texts.map((text) => ({ text })),
    [
      { title: "TEXT", cell: ({ text }) => text },
      { title: "AT", cell: () => at(NOW) },
      { title: "WHO", cell: () => ({ who: "U01ALICE" }) },
    ],
  );
  const reader = readerOf({ nameOf: (id) => (id === "U01ALICE" ? "Alice, of ops" : id) });
  return csvOf(grid ?? expect.fail("There is no row."), reader).split("\r\n");
};

test("a spreadsheet gets moments in UTC and people by name, with commas and quotes kept apart", () => {
  const [titles, first] = csv(['he said "no"']);
  expect(titles).toBe("\ufeffTEXT,AT,WHO");
  expect(first).toBe(`"he said ""no""",${new Date(NOW).toISOString()},"Alice, of ops"`);
});

test.each(["=1+1", "+49", "-web", "@import", "=HYPERLINK(A1)"])(
  "%s, which a spreadsheet would take for a formula, stays text",
  (text) => {
    expect(csv([text])[1]?.startsWith(`'${text},`)).toBe(true);
  },
);

test("the history for a spreadsheet has each maintenance once, newest first", () => {
  const [older, newer] = [
    recordOf({ id: "m-old", requestedAtMs: NOW - 1 }),
    recordOf({ id: "m-new", requestedAtMs: NOW }),
  ];
  const grid = historyGrid([older, newer, older]);
  expect(grid?.rows.map(([id]) => id)).toEqual([["m-new"], ["m-old"]]);
  expect(historyGrid([])).toBeNull();
});

import { describe, expect, test } from "vitest";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { at, type Column, tableOf, tablesOf } from "../../../src/maintenance/text/table.js";
import { moment } from "../../../src/maintenance/text/tokens.js";
import { renderReply } from "../../../src/slack/render/reply.js";
import { cutTo, drawTables, FILE_WIDTH, fileText } from "../../../src/slack/render/table.js";
import { drawn, readerOf } from "../../support/drawn.js";
import { HOUR, NOW } from "../../support/world.js";
import { renderText } from "../plain-text.js";

interface Row {
  readonly a: string;
  readonly b: string;
}

const A: Column<Row> = { title: "A", cell: ({ a }) => a };

const B: Column<Row> = { title: "B", cell: ({ b }) => b };

const of = (rows: readonly Row[], columns: readonly Column<Row>[] = [A, B]) =>
  tablesOf(tableOf(rows, columns)) ?? expect.fail("There is no row.");

describe("a table", () => {
  test("a table keeps one row on one line, whatever a name holds", () => {
    expect(drawn({ table: of([{ a: "x\ny", b: "z\u2028" }]) })).toBe("A    B\nx y  z");
  });

  test("columns stand under each other where names are Chinese, whose characters take two columns", () => {
    const rows = [
      { a: "王小明", b: "up" },
      { a: "alice", b: "up" },
    ];
    expect(drawn({ table: of(rows) })).toBe("A       B\n王小明  up\nalice   up");
  });

  test.each([
    ["web-01", 6, "middle", "web-01"],
    ["web-01.example.com", 9, "middle", "web-….com"],
    ["🐳🐳🐳🐳", 5, "middle", "🐳…🐳"],
    ["内核更新于周五", 6, "end", "内核…"],
    ["kernel update of Friday", 14, "end", "kernel update…"],
  ] as const)("%s cut to %d columns in its %s is %s", (text, width, where, expected) => {
    expect(cutTo(text, width, where)).toBe(expected);
  });

  test("a spare column is left out where there is no room, and a file has it", () => {
    const rows = [{ a: "x".repeat(30), b: "y".repeat(60) }];
    const table = of(rows, [A, { ...B, spare: true }]);
    expect(drawTables(table, readerOf())).toMatchObject({ text: `A\n${"x".repeat(30)}`, isWhole: false });
    const whole = drawTables(table, readerOf(), FILE_WIDTH);
    expect(whole.isWhole).toBe(true);
    expect(fileText(whole)).toContain("y".repeat(60));
  });
});

describe("what a table holds is written for whoever reads it", () => {
  const shanghai = readerOf({ zone: "Asia/Shanghai", command: "/maint" });

  test.each([
    ["this year", NOW, "20 Oct 20:00"],
    ["in the reader's next year", Date.UTC(2026, 11, 31, 17), "01 Jan 2027 01:00"],
    ["when no clock can show it", 9e15, "(out of range)"],
  ])("a moment %s", (_, ms, shown) => {
    const table = tablesOf(tableOf([ms], [{ title: "FROM", cell: (one) => at(one) }]));
    expect(drawn({ table }, 80, shanghai)).toBe(`FROM\n${shown}`);
  });

  test("people stand in it by name, in cells and in sentences, and nobody by a bare id", () => {
    const sentence = `approved by <@U02BOB> until ${moment(NOW + HOUR)}, see /mesos up`;
    const table = tablesOf(
      tableOf(
        ["U01ALICE"],
        [
          { title: "WHO", cell: (id) => ({ who: id }) },
          { title: "WHAT", cell: () => ({ sentence }) },
        ],
      ),
    );
    expect(drawn({ table }, 80, shanghai)).toBe(
      "WHO    WHAT\nalice  approved by bob until 20 Oct 21:00, see /maint up",
    );
  });

  test("the zone is named once, under the table and above a file", () => {
    const two = tablesOf(
      tableOf([NOW], [{ title: "FROM", cell: (one) => at(one) }]),
      tableOf([NOW], [{ title: "UNTIL", cell: (one) => at(one) }]),
    );
    const reply = replyOf({ tone: "info", text: "Windows:", table: two });
    expect(renderText(renderReply(reply, shanghai)).match(/Asia\/Shanghai/g)).toHaveLength(1);
    expect(fileText(drawTables(two ?? [], shanghai))).toMatch(/^Times: Asia\/Shanghai\n\nFROM\n/);
    const none = replyOf({ tone: "info", text: "Help:", table: "/mesos up" });
    expect(renderText(renderReply(none, shanghai))).not.toContain("Times");
  });

  test("a table that 0.1.0 queued as text is read, and its command is the reader's", () => {
    const { table } = replyOf({ tone: "info", text: "Help:", table: "/mesos drain  x" });
    expect(drawn({ table }, 80, shanghai)).toBe("/maint drain  x");
  });
});

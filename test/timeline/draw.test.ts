import { Resvg } from "@resvg/resvg-js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { groupBy } from "../../src/maintenance/group-by.js";
import { MOST_ROWS, type TimelineRow } from "../../src/maintenance/show/timeline.js";
import { drawTimeline } from "../../src/timeline/draw.js";
import { EXAMPLE, HOUR, lineOf, NIGHT, named, READER, rowOf } from "./example.js";

const DAY = 24 * HOUR;

const ENTITIES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' };

/** All words of a picture, each with where it stands. */
function wordsOf(svg: string) {
  const found = svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" font-size="(\d+)"[^>]*>([^<]*)<\/text>/g);
  return [...found].map(([, x, y, size, escaped = ""]) => {
    const words = escaped.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
    const left = Number(x);
    return { words, left, right: left + words.length * Number(size) * 0.6001, base: Number(y) };
  });
}

const textOf = (svg: string) => wordsOf(svg).map(({ words }) => words);

const drawn = (rows: readonly TimelineRow[], zone = READER.zone) =>
  drawTimeline(lineOf(rows), { ...READER, zone });

test("the picture of the README is what the code draws (npm run timeline makes the PNG of it)", async () => {
  await expect(drawTimeline(EXAMPLE, READER)).toMatchFileSnapshot("../fixtures/timeline.svg");
});

const anyRow = fc.record({
  head: fc.constantFrom(null, "Batch 7", "Batch 107"),
  machines: fc.integer({ min: 1, max: 500 }),
  names: fc.array(fc.oneof(fc.string({ unit: "grapheme", maxLength: 90 }), fc.domain()), {
    minLength: 1,
    maxLength: 12,
  }),
  ours: fc.option(fc.constant({ id: "m-7k3q2abc", who: "U01" })),
  down: fc.integer({ min: 0, max: 3 }),
  note: fc.constantFrom(null, "back in service"),
  startMs: fc.oneof(
    fc.integer({ min: -3 * DAY, max: 9 * DAY }).map((ms) => NIGHT + ms),
    fc.integer({ min: 0, max: Date.UTC(2262, 0, 1) }),
  ),
  endMs: fc.option(fc.integer({ min: 1, max: 90 * DAY })),
});

test("words never run into each other or out of the picture, whatever the windows are", () => {
  const any = fc.record({
    rows: fc.array(anyRow, { minLength: 1, maxLength: 60 }),
    title: fc.string({ unit: "grapheme", maxLength: 120 }),
    name: fc.string({ unit: "grapheme", maxLength: 60 }),
    zone: fc.constantFrom("UTC", "Asia/Kathmandu", "America/Argentina/ComodRivadavia", "Europe/Berlin"),
  });
  fc.assert(
    fc.property(any, ({ rows, title, name, zone }) => {
      const all = rows.map((row) => ({ ...row, endMs: row.endMs === null ? null : row.startMs + row.endMs }));
      const svg = drawTimeline(lineOf(all, { title }), { zone, nameOf: () => name });
      const { width, height } = new Resvg(svg, { font: { loadSystemFonts: false } });
      const byLine = groupBy(wordsOf(svg), ({ base }) => String(base));
      for (const [base, line] of byLine) {
        expect(Number(base)).toBeLessThan(height);
        const inOrder = line.filter(({ words }) => words !== "").toSorted((a, b) => a.left - b.left);
        for (const [at, { left, right }] of inOrder.entries()) {
          expect(left).toBeGreaterThan(inOrder[at - 1]?.right ?? 0);
          expect(right).toBeLessThan(width);
        }
      }
    }),
  );
});

test("what does not fit into one picture is counted", () => {
  const svg = drawn(Array.from({ length: 60 }, () => rowOf()));
  expect(textOf(svg).filter((words) => words === "web-01")).toHaveLength(MOST_ROWS);
  expect(textOf(svg)).toContain(`and ${60 - MOST_ROWS} later windows`);
});

describe("the words of a window", () => {
  const rightOf = (row: TimelineRow) => textOf(drawn([row])).findLast(() => true) ?? "";

  test.each([
    ["an end on the same night by its time alone", rowOf({}, 1, 5), "29 Nov 23:00 – 03:00"],
    ["an end on another day with the day", rowOf({}, 1, 30), "29 Nov 23:00 – 1 Dec 04:00"],
    ["no end", rowOf({}, 1, null), "29 Nov 23:00 – no end"],
    ["another year", rowOf({}, 3_000_000, null), "24 Feb 2369 22:00 – no end"],
    ["machines that are Down", rowOf({ ...named("web", 3), down: 3 }), "Down · 29 Nov 23:00 – 01:00"],
    ["some that are Down", rowOf({ ...named("web", 3), down: 1 }), "1 of 3 Down · 29 Nov 23:00 – 01:00"],
    ["a window that has ended", rowOf({ down: 1 }, -3, -1), "Down, overdue · 29 Nov 19:00 – 21:00"],
  ])("tell %s", (_, row, words) => {
    expect(rightOf(row)).toBe(words);
  });

  test("tell whose it is by id and name", () => {
    expect(textOf(drawn([rowOf()]))).toContain("m-7k3q2 alice");
    expect(textOf(drawn([rowOf({ ours: null })]))).toContain("not ours");
  });

  test("name as many machines as there is room for, and count all", () => {
    const found = textOf(drawn([rowOf(named("web", 12))])).find((words) => words.startsWith("12: web-01"));
    expect(found).toMatch(/^12: web-01, web-02, web-03.* and \d more$/);
  });

  test("leave out the middle of a name that is too long", () => {
    const names = ["machine-of-the-third-data-centre.with-a-very-long-domain.prod.eu-central.example.com"];
    expect(textOf(drawn([rowOf({ names })])).join()).toMatch(/machine-of-the-.*….*\.example\.com/);
  });

  test("are never markup", () => {
    const svg = drawn([rowOf({ names: ['<script>&"'] })]);
    expect(textOf(svg)).toContain('<script>&"');
    expect(svg).not.toContain("<script>");
  });

  test("have a ? for what the font cannot draw, and leave out the name of a person that has such", () => {
    const reader = { ...READER, nameOf: () => "高橋" };
    const words = textOf(drawTimeline(lineOf([rowOf({ names: ["机器-01"] })]), reader));
    expect(words).toContain("??-01");
    expect(words).toContain("m-7k3q2");
  });
});

describe("the times of the axis", () => {
  const timesOf = (svg: string) => textOf(svg).filter((words) => /^\d\d:\d\d$/.test(words));

  test("are those of the reader's zone, which is named", () => {
    const berlin = textOf(drawn([rowOf({}, 1, 5)]));
    expect(berlin).toEqual(
      expect.arrayContaining(["Times: Europe/Berlin, UTC+1", "now, 22:10", "Mon 30 Nov"]),
    );
    const kathmandu = textOf(drawn([rowOf({}, 1, 5)], "Asia/Kathmandu"));
    expect(kathmandu).toEqual(expect.arrayContaining(["Times: Asia/Kathmandu, UTC+5:45", "04:00"]));
    expect(textOf(drawn([rowOf()], "UTC"))).toContain("Times: UTC");
  });

  test("leave out the hour that the clocks skip, and name both offsets", () => {
    const nowMs = Date.UTC(2027, 2, 27, 23);
    const row = { ...rowOf(), startMs: nowMs, endMs: nowMs + 5 * HOUR };
    const svg = drawTimeline(lineOf([row], { nowMs }), READER);
    expect(timesOf(svg)).toEqual(["00:00", "01:00", "03:00", "04:00", "05:00", "06:00"]);
    expect(textOf(svg)).toContain("Times: Europe/Berlin, UTC+1 then UTC+2");
  });

  test("name an hour that comes twice once, and leave room for both", () => {
    const nowMs = Date.UTC(2026, 9, 24, 22);
    const row = { ...rowOf(), startMs: nowMs, endMs: nowMs + 5 * HOUR };
    const svg = drawTimeline(lineOf([row], { nowMs }), READER);
    expect(timesOf(svg)).toEqual(["00:00", "01:00", "02:00", "03:00", "04:00"]);
    const at = (time: string) => wordsOf(svg).find(({ words }) => words === time)?.left ?? 0;
    expect(at("03:00") - at("02:00")).toBeCloseTo(2 * (at("02:00") - at("01:00")), 0);
  });

  test("are days where windows lie days apart", () => {
    const words = textOf(drawn([rowOf({}, 24, 26), rowOf({}, 120, 122)]));
    expect(words).toEqual(expect.arrayContaining(["Tue 1 Dec", "Fri 4 Dec"]));
    expect(words.filter((one) => /^\d\d:\d\d$/.test(one))).toEqual([]);
  });

  test("are those of tonight although one window is of 2023 and one of 2255", () => {
    const far = [
      rowOf({}, (-3 * 365 * DAY) / HOUR, null),
      rowOf({}, (229 * 365 * DAY) / HOUR, (230 * 365 * DAY) / HOUR),
    ];
    expect(timesOf(drawn([rowOf({}, 1, 5), ...far]))).toContain("01:00");
  });
});

describe("what tells windows apart beside colour", () => {
  const legendOf = (rows: readonly TimelineRow[]) => {
    const words = ["ours", "not ours", "Down", "closed hours"];
    return textOf(drawn(rows)).filter((one) => words.includes(one));
  };

  test("the legend names what there is, and nothing else", () => {
    expect(legendOf([rowOf()])).toEqual(["ours"]);
    expect(textOf(drawn([rowOf({ ours: null })])).slice(2, 4)).toEqual(["not ours", "now, 22:10"]);
    expect(legendOf([rowOf({ down: 1 })])).toEqual(["ours", "Down"]);
    expect(textOf(drawTimeline(EXAMPLE, READER))).toContain("closed hours");
  });

  test("a window of somebody else is hatched, and one that is Down has a black core", () => {
    const fillsOf = (row: TimelineRow) =>
      [...drawn([row]).matchAll(/height="(?:16" rx="2"|8") fill="([^"]+)"/g)]
        .map(([, fill]) => fill)
        .filter((fill) => fill !== "#ffffff" && fill !== "#6b7280");
    expect(fillsOf(rowOf())).toEqual(["#2f6fde"]);
    expect(fillsOf(rowOf({ ours: null }))).toEqual(["url(#theirs)"]);
    expect(fillsOf(rowOf({ down: 1 }))).toEqual(["#2f6fde", "#1d1c1d"]);
  });

  test("an arrow says that a window goes on beyond the edge", () => {
    const arrows = (row: TimelineRow) =>
      drawn([rowOf({}, 1, 5), row]).match(/<path d="M[^"]*" fill="#1d1c1d"/g);
    expect(arrows(rowOf())).toBeNull();
    expect(arrows(rowOf({}, 1, null))).toHaveLength(1);
    expect(arrows(rowOf({}, -9_000, null))).toHaveLength(2);
  });
});

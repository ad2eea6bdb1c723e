import { describe, expect, test } from "vitest";
import {
  CONFIDENCES,
  FAMILIES,
  FAMILY_IDS,
  type Family,
  OTHER_WRITERS,
  ROWS,
} from "../../../src/maintenance/frameworks/table.js";

const sourced = [
  ...ROWS.map(({ family, versions, source, confidence }) => ({ who: family, versions, source, confidence })),
  ...OTHER_WRITERS.map(({ name, versions, source, confidence }) => ({
    who: name,
    versions,
    source,
    confidence,
  })),
];

describe("every row of the table of frameworks", () => {
  test.each(sourced)("$who $versions has a source and a confidence", ({ versions, source, confidence }) => {
    expect(versions).not.toBe("");
    expect(source.repository).toMatch(/^[\w.-]+\/[\w.-]+$/);
    expect(source.file).toMatch(/^[\w.-]+(?:\/[\w.-]+)*\.\w+$/);
    expect(CONFIDENCES).toContain(confidence);
  });

  test.each(ROWS)("$family $versions cannot answer exactly where it uses the old driver", (row) => {
    expect(row.answers === "cannot").toBe(row.driver === "old");
  });

  test("is low in confidence where something was not read", () => {
    const unread = ROWS.filter(({ lost, killed }) => [lost, killed].some(({ how }) => how === "not read"));
    expect(unread.length).toBeGreaterThan(0);
    for (const row of unread) expect(row.confidence, row.family).not.toBe("high");
  });
});

describe("every family of the table of frameworks", () => {
  test.each(FAMILY_IDS)("%s has a row, and signs in words if it has signs", (id) => {
    expect(ROWS.some(({ family }) => family === id)).toBe(true);
    const { signs }: Family = FAMILIES[id];
    if (signs !== null) expect(signs.inWords).toMatch(/^its \S/);
  });

  test("that a driver is a sign of has versions which use it", () => {
    for (const id of FAMILY_IDS) {
      const { signs }: Family = FAMILIES[id];
      if (signs?.driver === undefined) continue;
      expect(
        ROWS.some((row) => row.family === id && row.driver === signs.driver),
        id,
      ).toBe(true);
    }
  });
});

import { describe, expect, test } from "vitest";
import { factLines, fatesOf, rowsOf, takenFor, writesOf } from "../../../src/maintenance/frameworks/facts.js";
import { FAMILY_IDS } from "../../../src/maintenance/frameworks/table.js";

describe("what a kind stands for", () => {
  test("is told for versions that use its driver, where that is known", () => {
    expect(rowsOf({ family: "jenkins", driver: null })).toHaveLength(2);
    expect(rowsOf({ family: "jenkins", driver: "http" }).map(({ versions }) => versions)).toEqual(["2.x"]);
    expect(rowsOf({ family: "chronos", driver: "http" })).toHaveLength(1);
    expect(rowsOf({ family: null, driver: "old" })).toEqual([]);
  });

  test("says who says what it is", () => {
    expect(takenFor({ family: "storm", by: "signs" })).toBe("looks like Storm");
    expect(takenFor({ family: "storm", by: "clusters_file" })).toBe("is Storm (clusters file)");
    expect(takenFor({ family: null, by: null })).toBeNull();
  });

  test("of a family that this version does not have is not known", () => {
    expect(takenFor({ family: "of-tomorrow", by: "signs" })).toBeNull();
  });

  test("warns that Chronos starts again what is lost and not what is killed", () => {
    expect(fatesOf({ family: "chronos", driver: "old" })).toBe(
      "lost tasks are started again in part, killed ones are not started again",
    );
  });

  test("is one clause where lost and killed tasks fare alike", () => {
    expect(fatesOf({ family: "eremetic", driver: "old" })).toBe(
      "lost and killed tasks are not started again",
    );
    expect(fatesOf({ family: "dcos-commons", driver: null })).toBe(
      "lost and killed tasks wait for the machine",
    );
  });

  test("is left to the version where versions differ, and nothing is guessed", () => {
    expect(fatesOf({ family: "compose", driver: "http" })).toBe(
      "lost and killed tasks depend on its version",
    );
    expect(factLines({ family: "compose", driver: "http" })).toContain(
      "lost by Down: relaunched [up to 1.1.3]; refilled only if another instance lives [1.2.0]; not relaunched by default [after 1.2.0]",
    );
  });

  test.each(FAMILY_IDS)("%s has a line for every fact", (family) => {
    expect(factLines({ family, driver: null })).toHaveLength(6);
  });

  test("is only of Peloton that it writes the schedule", () => {
    const writers = FAMILY_IDS.filter((family) => writesOf({ family, driver: null }) !== null);
    expect(writers).toEqual(["peloton"]);
  });
});

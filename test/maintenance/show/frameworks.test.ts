import { describe, expect, test } from "vitest";
import type { Habit } from "../../../src/maintenance/answers/habits.js";
import { explanation, explanationsOf, frameworksReply } from "../../../src/maintenance/show/frameworks.js";
import { drawn, drawnLines } from "../../support/drawn.js";
import { framework, recordOf, task, worldOf } from "../../support/world.js";

const habit = (parts: Partial<Habit> = {}): Habit => ({
  framework: "jobs",
  maintenances: 5,
  accepted: 0,
  declined: 0,
  left: 0,
  leftBeforeStartMs: null,
  ...parts,
});

const eremetic = { family: "eremetic", by: "signs", driver: "old" } as const;

describe("the line on a framework", () => {
  test("says that it cannot answer only where the master shows the old driver", () => {
    expect(explanation(eremetic, null)).toBe(
      "uses the old driver, cannot answer inverse offers; looks like Eremetic; lost and killed tasks are not started again",
    );
    expect(explanation({ family: null, by: null, driver: "old" }, null)).toBe(
      "uses the old driver, cannot answer inverse offers",
    );
    expect(explanation({ ...eremetic, driver: null }, null)).not.toContain("cannot answer");
  });

  test("begins with what was seen", () => {
    expect(explanation(eremetic, habit())).toMatch(
      /^has never answered and has never left before Down \(5 maintenances\); uses the old driver/,
    );
  });

  test("says what was seen in place of what its driver or its kind says of answers", () => {
    const seen = explanation(eremetic, habit({ accepted: 5, left: 5 })) ?? "";
    expect(seen).toContain("always accepts and leaves (5 maintenances)");
    expect(seen).not.toContain("cannot answer");
    expect(seen).toContain("lost and killed tasks are not started again");
    const silent = { family: "valkey", by: "signs", driver: "http" } as const;
    expect(explanation(silent, null)).toContain("; does not answer;");
    expect(explanation(silent, habit({ accepted: 5 }))).not.toContain("does not answer");
  });

  test("is not there when nothing is known", () => {
    expect(explanation({ family: null, by: null, driver: "http" }, null)).toBeNull();
  });

  test("holds for a name only what is so of all frameworks with that name", () => {
    const row = { ...eremetic, id: "f-1", name: "jobs" };
    const other = { ...row, id: "f-2", family: "chronos", by: "clusters_file" } as const;
    const of = (...frameworks: (typeof row | typeof other)[]) =>
      explanationsOf(recordOf({ frameworks }), new Map()).get("jobs");
    expect(of(row, { ...row, id: "f-2" })).toContain("looks like Eremetic");
    expect(of(row, other)).toBe("uses the old driver, cannot answer inverse offers");
  });
});

describe("the reply to /mesos frameworks", () => {
  const world = worldOf({
    frameworks: [
      framework("web"),
      framework("Eremetic", { driver: "old" }),
      framework("valkey-framework", { driver: "http" }),
    ],
    tasks: [task("t-1", "web", "web-01"), task("t-2", "web", "web-02"), task("t-3", "Eremetic", "web-01")],
  });
  const reply = frameworksReply(world, [], new Map([["web", habit({ framework: "web" })]]));

  test("has every framework of the cluster with its tasks, driver and kind, most tasks first", () => {
    expect(drawnLines(reply).slice(0, 4)).toEqual([
      "FRAMEWORK         TASKS  DRIVER     KIND",
      "web                   2  not known  not known",
      "Eremetic              1  old        looks like Eremetic",
      "valkey-framework      0  HTTP API   looks like valkey-framework",
    ]);
    expect(reply.text).toContain("prod: 3 frameworks; what 2 of them are is known.");
    expect(reply.text).toContain("1 of them uses the old driver and cannot answer inverse offers.");
    expect(reply.next).toContain("frameworks in the clusters file");
  });

  test("has what was seen of each before what was read of its kind", () => {
    const table = drawn(reply) ?? "";
    const seen = table.indexOf("has never answered and has never left before Down (5 maintenances)");
    expect(seen).toBeGreaterThan(0);
    expect(table.indexOf("Eremetic (old)\n  answers: cannot (old driver)")).toBeGreaterThan(seen);
    expect(table).toContain(
      "valkey-framework (HTTP API)\n  answers: never\n  machines with windows: not avoided",
    );
  });

  test("asks for nothing more when all are known, and says so when there is none", () => {
    const mapping = [{ by: "name", value: "*", family: "marathon" }] as const;
    expect(frameworksReply(world, mapping, new Map()).next).toBeNull();
    const none = frameworksReply(worldOf(), [], new Map());
    expect(none.text).toContain("prod: no framework;");
    expect(none.table).toBeNull();
  });
});

import { describe, expect, test } from "vitest";
import { keepAt, mostOutAt, mostOutEver } from "../../../src/maintenance/policy/budgets.js";
import type { Budget, CalendarWindow, Cap } from "../../../src/maintenance/policy/policy.js";
import { agent, HOUR, policyOf, worldOf } from "../../support/world.js";

/** A Thursday, 12:00 UTC. */
const NOON = Date.UTC(2026, 9, 22, 12);

const hours = (from: number, to: number): CalendarWindow => ({
  days: [0, 1, 2, 3, 4, 5, 6],
  from: from * 60,
  to: to * 60,
  timeZone: "UTC",
});

const DAY = [hours(8, 20)];

const NIGHT = [hours(22, 6)];

const count = (most: number): Cap => ({ kind: "count", count: most });

const percent = (share: number): Cap => ({ kind: "percent", percent: share });

const machines = (most: Cap, open: readonly CalendarWindow[] = []): Budget => ({
  kind: "machines",
  most,
  hours: open,
});

const keep = (match: string, copies: Cap, open: readonly CalendarWindow[] = []): Budget => ({
  kind: "app",
  match,
  keep: copies,
  hours: open,
});

/** Twenty agents, two of them not active. */
const world = worldOf({
  agents: Array.from({ length: 20 }, (_, at) => agent(`web-${at}`, { active: at > 1 })),
});

const most = (budgets: readonly Budget[], atMs = NOON) =>
  mostOutAt(policyOf({ budgets }), world, atMs).machines;

describe("how many machines budgets let be out at once", () => {
  test("without a budget any number may be out", () => {
    expect(mostOutAt(policyOf(), world, NOON)).toEqual({ machines: Infinity, zones: Infinity });
  });

  test("a share is of the active agents, rounded down, and at least one", () => {
    expect(most([machines(percent(20))])).toBe(3);
    expect(most([machines(percent(1))])).toBe(1);
  });

  test("of all that hold the tightest decides", () => {
    expect(most([machines(count(5)), machines(count(2)), machines(count(9))])).toBe(2);
  });

  test("one with hours holds in its hours, beside those that always hold", () => {
    const budgets = [machines(count(5)), machines(count(2), DAY)];
    expect(most(budgets, NOON)).toBe(2);
    expect(most(budgets, NOON + 9 * HOUR)).toBe(5);
  });

  test("outside the hours of all of them the tightest holds, and not none", () => {
    const budgets = [machines(count(5), NIGHT), machines(count(2), DAY)];
    expect(most(budgets, NOON)).toBe(2);
    expect(most(budgets, NOON + 11 * HOUR)).toBe(5);
    expect(most(budgets, NOON + 9 * HOUR)).toBe(2);
  });

  test("budgets for machines say nothing about zones, and the other way round", () => {
    const budgets: Budget[] = [machines(count(5), NIGHT), { kind: "zones", most: 1, hours: DAY }];
    expect(mostOutAt(policyOf({ budgets }), world, NOON)).toEqual({ machines: 5, zones: 1 });
  });

  test("the most that is ever allowed is that of the loosest hours, under what always holds", () => {
    const ever = (budgets: readonly Budget[]) => mostOutEver(policyOf({ budgets }), world).machines;
    expect(ever([])).toBe(Infinity);
    expect(ever([machines(count(5), NIGHT), machines(count(2), DAY)])).toBe(5);
    expect(ever([machines(count(5), NIGHT), machines(count(2))])).toBe(2);
  });
});

describe("how many copies of an app budgets keep", () => {
  const kept = (budgets: readonly Budget[], copies: number, atMs = NOON) =>
    keepAt(policyOf({ budgets }), atMs)({ framework: "marathon", app: "web" }, copies);

  test("an app that no budget names may go", () => {
    expect(kept([keep("db*", count(2))], 5)).toBe(0);
  });

  test("a share is rounded up", () => {
    expect(kept([keep("web", percent(80))], 10)).toBe(8);
    expect(kept([keep("web", percent(80))], 9)).toBe(8);
    expect(kept([keep("web", percent(1))], 1)).toBe(1);
  });

  test("a number stays what it is where fewer run", () => {
    expect(kept([keep("web", count(2))], 1)).toBe(2);
  });

  test("a budget is found by the app's name and by its framework's, without regard to case", () => {
    expect(kept([keep("W?B", count(2))], 5)).toBe(2);
    expect(kept([keep("Mara*", count(3))], 5)).toBe(3);
  });

  test("of all that hold for an app the tightest decides, and outside their hours all hold", () => {
    expect(kept([keep("web", count(2)), keep("marathon", percent(50))], 10)).toBe(5);
    expect(kept([keep("web", count(2), NIGHT), keep("db", count(9))], 10)).toBe(2);
    expect(kept([keep("web", count(2)), keep("web", count(9), NIGHT)], 10)).toBe(2);
  });
});

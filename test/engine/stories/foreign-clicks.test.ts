import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { parseButton } from "../../../src/slack/render/button-value.js";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB, CAROL } from "../support/people.js";

const engine = useEngine();

const APPROVE = { kind: "approve", batch: "b1", approval: "b1a1" } as const;

/** What a button of ours never carried, or carried for something else, by the id of an open question. */
const FOREIGN: readonly (readonly [string, (id: string) => unknown])[] = [
  ["a batch that is not there", (id) => ({ v: 1, id, decision: { ...APPROVE, batch: "b2" } })],
  ["a question that was never asked", (id) => ({ v: 1, id, decision: { ...APPROVE, approval: "b1a2" } })],
  [
    "batch and question in each other's place",
    (id) => ({ v: 1, id, decision: { ...APPROVE, batch: "b1a1", approval: "b1" } }),
  ],
  ["the question of a kill", (id) => ({ v: 1, id, decision: { ...APPROVE, approval: "b1k1" } })],
  ["no question", (id) => ({ v: 1, id, decision: { kind: "approve", batch: "b1" } })],
  ["an id that names nothing", () => ({ v: 1, id: "m-zzzzz", decision: APPROVE })],
  ["the id in capitals", (id) => ({ v: 1, id: id.toUpperCase(), decision: APPROVE })],
  ["the id with a space", (id) => ({ v: 1, id: ` ${id}`, decision: APPROVE })],
  [
    "the id with a letter that looks alike",
    (id) => ({ v: 1, id: id.replace("m", "\u043c"), decision: APPROVE }),
  ],
  ["the id in a list", (id) => ({ v: 1, id: [id], decision: APPROVE })],
  ["a newer version", (id) => ({ v: 2, id, decision: APPROVE })],
  ["a decision of a newer version", (id) => ({ v: 1, id, decision: { kind: "reboot", batch: "b1" } })],
  ["a name that every object has", (id) => ({ v: 1, id, decision: { kind: "constructor" } })],
  ["several values", (id) => [{ v: 1, id, decision: APPROVE }]],
  ["a value inside of a value", (id) => ({ v: 1, value: { v: 1, id, decision: APPROVE } })],
  ["a text inside of a text", (id) => JSON.stringify({ v: 1, id, decision: APPROVE })],
  ["the value of another bot", (id) => ({ action: "approve", maintenance: id })],
  ["up of what is not down", (id) => ({ v: 1, id, decision: { kind: "up" } })],
  ["a run that never was", (id) => ({ v: 1, id, decision: { kind: "retry_run", run: "r1" } })],
  [
    "machines left behind in a batch that is not there",
    (id) => ({ v: 1, id, decision: { kind: "leave_behind", batch: "b9" } }),
  ],
];

describe("a click on a button that is not ours", () => {
  test("decides nothing, whatever it carries, and the question stands", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const posts = cluster.calls("UPDATE_MAINTENANCE_SCHEDULE");
    for (const [what, value] of FOREIGN) {
      const button = parseButton(JSON.stringify(value(maintenance.id)));
      // Whoever clicked is told that it is not understood (`clicked.ts`).
      if (button === null) continue;
      if (!("decision" in button)) return expect.unreachable(what);
      await cluster.click(BOB, button);
      await cluster.runsDue();
      expect(cluster.toldTo(BOB).length, what).toBeGreaterThan(0);
    }
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    expect(cluster.calls("STOP_MAINTENANCE")).toBe(0);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(posts);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
  });

  test("is not understood where a part of the value is cut off, wherever it is cut", () => {
    const whole = JSON.stringify({ v: 1, id: "m-7k3q2", decision: APPROVE });
    for (let at = 0; at < whole.length; at += 1) {
      expect(parseButton(whole.slice(0, at))).toBeNull();
      expect(parseButton(whole.slice(at + 1))).toBeNull();
    }
  });

  test("that is of another maintenance decides on that one alone", async () => {
    const cluster = await engine().cluster();
    const first = await cluster.drainToQuestion("web-01 2h");
    const second = await cluster.drainToQuestion("web-02 2h");
    await cluster.click(BOB, { v: 1, id: second.id, decision: APPROVE });
    await second.thread(/Down: 1 machine,/);
    expect([cluster.mode("web-01"), cluster.mode("web-02")]).toEqual(["DRAINING", "DOWN"]);
    await first.click(BOB, "approve");
    await first.thread(/Down: 1 machine,/);
  });
});

describe("an approval in the same moment as", () => {
  test.each<[string, string, Decision]>([
    ["a denial", CAROL, { kind: "deny", batch: "b1", approval: "b1a1", reason: "peak" }],
    ["a cancel", ALICE, { kind: "cancel" }],
    ["a hold", CAROL, { kind: "hold", reason: null }],
    ["another approval", CAROL, APPROVE],
    ["an approval by who asked for it", ALICE, APPROVE],
  ])("%s takes down once at most, in either order, and each person is told", async (_, other, decision) => {
    const clicks = [[BOB, APPROVE] as const, [other, decision] as const];
    for (const order of [clicks, clicks.toReversed()]) {
      const cluster = await engine().cluster();
      const { id } = await cluster.drainToQuestion("web-01 2h");
      await Promise.all(order.map(([user, decided]) => cluster.click(user, { v: 1, id, decision: decided })));
      for (const user of [BOB, other]) await cluster.told(user, /./);
      await cluster.looks(2);
      const { batches, end, held } = await cluster.maintenance(id).record();
      const isGranted = batches[0]?.approvals.some(({ outcome }) => outcome?.kind === "granted");
      const isDown = cluster.mode("web-01") === "DOWN";
      expect(isDown).toBe(isGranted && end === null && held === null);
      expect(cluster.calls("START_MAINTENANCE")).toBe(isDown ? 1 : 0);
    }
  });
});

test.each([
  ["in capitals", (id: string) => id.toUpperCase()],
  ["as code", (id: string) => `\`${id}\``],
  ["with the dash of a phone", (id: string) => id.replace("-", "\u2011")],
])("an id that is typed %s means the maintenance, and no other one", async (_, spelled) => {
  const cluster = await engine().cluster();
  const maintenance = await cluster.drainToQuestion("web-01 2h");
  const other = await cluster.drainToQuestion("web-02 2h");
  await cluster.type(ALICE, `cancel ${spelled(maintenance.id)}`);
  await maintenance.root(/Cancelled/);
  expect((await other.record()).end).toBeNull();
});

import { expect, test } from "vitest";
import { inTurns } from "../../src/base/in-turns.js";

/** Pieces that take longer than a turn. */
function* long(pieces: number, done: () => void = () => {}): Generator<number, string, void> {
  for (let at = 0; at < pieces; at += 1) {
    const untilMs = performance.now() + 20;
    while (performance.now() < untilMs);
    yield 1;
  }
  done();
  return "done";
}

/** How often everything else had its turn while this was done. */
async function turnsOfOthers(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const others = () => {
    turns += 1;
    if (!isDone) setImmediate(others);
  };
  setImmediate(others);
  await work();
  isDone = true;
  return turns;
}

test("work in turns gives way to everything else", async () => {
  const turns = await turnsOfOthers(async () => expect(await inTurns(long(5))).toBe("done"));
  expect(turns).toBeGreaterThanOrEqual(5);
});

test("two that work in turns take no longer at a time than one", async () => {
  const turns = await turnsOfOthers(() => Promise.all([inTurns(long(5)), inTurns(long(5))]));
  expect(turns).toBeGreaterThanOrEqual(10);
});

test("what is short does not wait for what is long", async () => {
  const ended: string[] = [];
  await Promise.all([
    inTurns(long(5, () => ended.push("long"))),
    inTurns(long(1, () => ended.push("short"))),
  ]);
  expect(ended).toEqual(["short", "long"]);
});

test("what a piece throws ends its own work alone", async () => {
  const failing = function* (): Generator<number, never, void> {
    yield 1;
    throw new Error("This piece failed.");
  };
  const [failed, other] = await Promise.allSettled([inTurns(failing()), inTurns(long(2))]);
  expect(failed).toMatchObject({ status: "rejected", reason: { message: "This piece failed." } });
  expect(other).toEqual({ status: "fulfilled", value: "done" });
});

import { expect, test } from "vitest";
import { StoreError } from "../../../src/engine/store/store-error.js";
import { TroubleLog } from "../../../src/engine/store/trouble-log.js";
import { keepLog } from "./places.js";

const FULL = new StoreError("refused", {
  what: "Redis at redis-1:6379 refuses: OOM.",
  notDone: "Nothing was queued.",
  next: "Give Redis more memory.",
});

function rehearsed() {
  const log = keepLog();
  let nowMs = 0;
  const trouble = new TroubleLog(log, () => nowMs);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const said = () => log.lines.splice(0).map(({ text, fields }) => ({ text, ...fields }));
  return { trouble, pass, said };
}

test("trouble is said once a minute, with what to do, however often it happens", () => {
  const { trouble, pass, said } = rehearsed();
  for (let second = 0; second < 90; second += 1) {
    trouble.failed("worker query", FULL);
    pass(1_000);
  }
  expect(said()).toMatchObject([
    { text: "the queue's store fails; trying again", times: 1, said: FULL.what, next: FULL.next },
    { text: "the queue's store fails; trying again", times: 61 },
  ]);
});

test("trouble is over when a write has worked and nothing failed for a while, not when something still fails beside it", () => {
  const { trouble, pass, said } = rehearsed();
  trouble.failed("redis", new Error("ECONNREFUSED"));
  trouble.failed("worker query", FULL);
  for (let second = 0; second < 30; second += 1) {
    pass(1_000);
    trouble.failed("worker query", FULL);
    trouble.recovered();
  }
  expect(said().filter(({ text }) => text.includes("is back"))).toMatchObject([{ kind: "ECONNREFUSED" }]);
  pass(10_000);
  trouble.recovered();
  trouble.recovered();
  expect(said()).toMatchObject([{ text: "the queue's store is back", times: 31, seconds: 30 }]);
});

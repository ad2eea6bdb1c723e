import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { kindOf } from "./case-runner.js";
import { expectSentence } from "./sentences.js";
import { Watchdog } from "./watchdog.js";

const watchdog = new Watchdog();

afterAll(async () => await watchdog.close());

const SPOKEN = "The text is no number. Nothing was read.";

/** A kind of input that is read or refused with what is told. */
function readBy(read: (text: string) => string | null | Generator<number, string | null, void>) {
  return kindOf({
    name: "texts",
    share: 1,
    cases: fc.constantFrom("1", "x"),
    run: read,
    check(told) {
      if (told !== null) expectSentence(told);
      return told !== null;
    },
  });
}

const told = (text: string) => (text === "x" ? SPOKEN : null);

/** Work of this process, however busy the machine is. */
function workFor(ms: number): void {
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system >= ms * 1_000) return;
  }
}

test("cases that are read, and refused in a sentence, are counted", async () => {
  const { cases, refused, longestMs } = await readBy(told).run(100, watchdog);
  expect(cases).toBe(100);
  expect(refused).toBeGreaterThan(20);
  expect(refused).toBeLessThan(80);
  expect(longestMs).toBeLessThan(50);
});

test("a case that crashes is found", async () => {
  const crashing = readBy((text) => (text === "x" ? Reflect.get(Object(null).inner, text) : null));
  await expect(crashing.run(100, watchdog)).rejects.toThrow(/Counterexample: \["x"\]/);
});

test.each([
  ["TypeError: x is not a function."],
  ["Unexpected token x in JSON at position 0."],
  ["The answer is undefined."],
  ["no beginning and no end"],
])("a case that is told in words of the language or a library is found: %s", async (words) => {
  await expect(readBy((text) => (text === "x" ? words : null)).run(100, watchdog)).rejects.toThrow(
    /Counterexample: \["x"\]/,
  );
});

test("a case that takes over 50 ms in every run is found", async () => {
  const slow = readBy((text) => {
    if (text === "x") workFor(60);
    return told(text);
  });
  await expect(slow.run(100, watchdog)).rejects.toThrow(/Counterexample: \["x"\]/);
});

test("a case that was slow only once is none", async () => {
  let runs = 0;
  const once = readBy((text) => {
    runs += 1;
    if (runs === 10) workFor(60);
    return told(text);
  });
  expect(await once.run(100, watchdog)).toMatchObject({ cases: 100 });
});

test("of a case that lets others have their turn the longest turn counts", async () => {
  const inSteps = (ms: number) =>
    readBy(function* (text) {
      for (let step = 0; step < 2; step += 1) {
        if (text === "x") workFor(ms);
        yield 1;
      }
      return told(text);
    });
  expect((await inSteps(30).run(10, watchdog)).longestMs).toBeLessThan(50);
  await expect(inSteps(60).run(10, watchdog)).rejects.toThrow(/Counterexample: \["x"\]/);
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { maskOf } from "../../src/runbooks/mask.js";
import { runOutput } from "../../src/runbooks/output.js";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function outputOf() {
  const tails: (readonly string[])[] = [];
  const output = runOutput(maskOf([]), (lines) => void tails.push(lines));
  const push = (reader: ReturnType<typeof output.reader>, text: string) => reader.push(Buffer.from(text));
  return { tails, output, push };
}

describe("the newest lines", () => {
  test("the newest lines are told at most every two seconds, and once at the end", () => {
    const { tails, output, push } = outputOf();
    const reader = output.reader(null);
    for (let ms = 0; ms < 5_000; ms += 100) {
      push(reader, `${ms}\n`);
      vi.advanceTimersByTime(100);
    }
    expect(tails.map((lines) => lines.at(-1))).toEqual(["0", "1900", "3900"]);
    output.close();
    expect(tails.map((lines) => lines.at(-1))).toEqual(["0", "1900", "3900", "4900"]);
    vi.advanceTimersByTime(10_000);
    expect(tails).toHaveLength(4);
  });

  test("nothing is told while nothing is printed", () => {
    const { tails, output, push } = outputOf();
    push(output.reader(null), "a\n");
    vi.advanceTimersByTime(60_000);
    expect(tails).toEqual([["a"]]);
  });

  test("the newest lines are fifteen, and long ones are cut", () => {
    const { tails, output, push } = outputOf();
    const lines = Array.from({ length: 40 }, (_, n) => `${n}`);
    push(output.reader(null), `${lines.join("\n")}\n${"x".repeat(1_000)}\n`);
    output.close();
    expect(tails.at(-1)).toEqual([...lines.slice(-14), `${"x".repeat(299)}…`]);
  });

  test("a progress bar stands after the lines until its own line is there", () => {
    const { tails, output, push } = outputOf();
    const reader = output.reader("web-01");
    push(reader, "begins\n10%\r2");
    vi.advanceTimersByTime(2_000);
    push(reader, "0%\r30");
    vi.advanceTimersByTime(2_000);
    push(reader, "%\nends\n");
    vi.advanceTimersByTime(2_000);
    expect(tails).toEqual([
      ["web-01: begins", "web-01: 10%"],
      ["web-01: begins", "web-01: 20%"],
      ["web-01: begins", "web-01: 30%", "web-01: ends"],
    ]);
  });
});

test("lines of several programs each have their name, also empty ones", () => {
  const { output, push } = outputOf();
  const [a, b] = [output.reader("a"), output.reader("b$&")];
  push(a, "1\n2");
  push(b, "1\n\n");
  push(a, "3\n");
  output.note("(a note)");
  expect(output.close()).toBe("a: 1\nb$&: 1\nb$&: \na: 23\n(a note)\n");
});

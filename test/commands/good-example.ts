import { expect } from "vitest";
import { parseCommand } from "../../src/commands/parse.js";
import { inProd } from "./clusters.js";

/** Every line that an answer shows after "For example" is understood, and is another one than that to copy. */
export function expectGoodExample(parsed: ReturnType<typeof parseCommand>): void {
  if (parsed.ok) throw new Error("There was no mistake.");
  const { next, line } = parsed.reply;
  expect(next).toMatch(/Usage: \/mesos [a-z]+|What can be typed: \/mesos help$/);
  const example = /For example: (\/mesos .*)$/.exec(next ?? "")?.[1] ?? "/mesos help";
  expect(example).not.toBe(line);
  const read = parseCommand(example, inProd);
  expect(read.ok || read.isOffer).toBe(true);
}

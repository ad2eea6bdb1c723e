import { expect } from "vitest";
import { parseCommand } from "../../src/commands/parse.js";
import { inProd } from "./clusters.js";

/** The answer to a mistake ends with one example: a line that is understood, and another one than that to copy. */
export function expectGoodExample(parsed: ReturnType<typeof parseCommand>): void {
  if (parsed.ok) throw new Error("There was no mistake.");
  const { next, line } = parsed.reply;
  expect(next?.match(/\/mesos /g)).toHaveLength(1);
  const example = /: (\/mesos .*)$/.exec(next ?? "")?.[1] ?? "";
  expect(example).not.toBe(line);
  expect(parseCommand(example, inProd)).toMatchObject({ ok: true });
}

import { expect } from "vitest";

/** What the language or a library says where somebody is to be told what to do. */
const RAW =
  /\b(?:\w*Error: |undefined\b|NaN\b|invalid_\w+|unrecognized_keys|too_(?:small|big)\b|Cannot (?:read|convert|set)|is not (?:a function|iterable|defined)|Unexpected (?:token|end|non-whitespace)|JSON at position|index out of range|invalid wire type)|\[object \w+\]|\bat .*\.[jt]s:\d+/;

/** It is told as a sentence: with a beginning and an end. */
export function expectSentence(text: string): void {
  expect(text).toMatch(/^\S.*[.?:!]["”)]?$/s);
}

/** What is told has no words of a library in it that are not those of the case itself. */
export function expectNoRawWords(told: unknown, one: unknown): void {
  const words = textIn(told);
  const raw = RAW.exec(words)?.[0];
  if (raw !== undefined && !textIn(one).includes(raw)) expect(words).not.toContain(raw);
}

/** All that people may read of it; a cause is for the log. */
function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.message} ${textIn({ ...value })}`;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}` : inner)) ?? "";
}

import fc from "fast-check";
import { expect } from "vitest";
import { decodeAnswer, MesosError } from "../../../src/mesos/errors/errors.js";
import { type AnswerReader, whole } from "../../../src/mesos/read/answer-reader.js";
import { agentsReader } from "../../../src/mesos/read/read-agents.js";
import {
  readFrameworks,
  readMaster,
  readSchedule,
  readStatus,
  readVersion,
} from "../../../src/mesos/read/read-replies.js";
import { tasksReader } from "../../../src/mesos/read/read-tasks.js";
import { RECORDED, recorded } from "../../mesos/support/recordings.js";
import { kindOf } from "../case-runner.js";
import { mutatedBytes } from "../mutations.js";
import { expectSentence } from "../sentences.js";

export const BLANKS = { cluster: "prod", master: "10.0.0.1:5050" };

/** Beginnings of fields of every kind, sizes that are too large, numbers without an end, groups, deep nesting. */
export const FIELDS: readonly Buffer[] = [
  [0x0a, 0x00],
  [0x0a, 0x02, 0x0a, 0x00],
  [0x12, 0x01, 0x61],
  [0x08, 0x01],
  [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
  [0x0b],
  [0x0c],
  [0x0d, 0, 0, 0, 0],
  [0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
  [0x00],
  [0x07],
  [0xff],
  [0x6a, 0x04, 0x12, 0x02, 0x0a, 0x00],
].map((bytes) => Buffer.from(bytes));

type Reader = () => AnswerReader<unknown>;

/** By how the recorded answers are called. */
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^agents/, agentsReader],
  [/^tasks/, tasksReader],
  [/^frameworks/, whole(readFrameworks)],
  [/^master/, whole(readMaster)],
  [/^schedule/, whole(readSchedule)],
  [/^status/, whole(readStatus)],
  [/^version/, whole(readVersion)],
];

/** Longer than each of these answers but of agents and tasks, of which as much comes at once. */
const LONGEST = 200_000;

const answer = fc.constantFrom(...READERS).chain(([name, reader]) =>
  mutatedBytes({
    bases: RECORDED.filter((file) => name.test(file)).map((file) => recorded(`${file}.pb`)),
    tokens: FIELDS,
    longest: LONGEST,
  }).map((bytes) => ({ bytes, reader })),
);

export const masterAnswers = kindOf({
  name: "answers of masters (protobuf)",
  share: 8_000,
  cases: fc.tuple(answer, fc.constantFrom(3, 100, 65_536)),
  run([{ bytes, reader }, chunk]) {
    const size = bytes.length > 20_000 ? 65_536 : chunk;
    const reading = reader();
    try {
      for (let at = 0; at < bytes.length; at += size) {
        decodeAnswer(() => reading.write(bytes.subarray(at, at + size)), BLANKS);
      }
      decodeAnswer(() => reading.end(), BLANKS);
      return null;
    } catch (error) {
      return orUndecodable(error);
    }
  },
  check: expectUndecodable,
});

/** The error that stands for an answer that cannot be understood; anything else is thrown on. */
export function orUndecodable(error: unknown): MesosError {
  if (error instanceof MesosError && error.code === "undecodable") return error;
  throw error;
}

/** @returns whether it was refused */
export function expectUndecodable(result: unknown): boolean {
  if (result === null) return false;
  expect(result).toBeInstanceOf(MesosError);
  const { what, message } = result as MesosError;
  expect(what).toBe("The answer of the master 10.0.0.1:5050 cannot be understood.");
  expectSentence(message);
  return true;
}

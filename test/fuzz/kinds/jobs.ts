import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect } from "vitest";
import { z } from "zod";
import { MAINTENANCE_JOB, readJob, UnreadableJobError } from "../../../src/engine/lanes/jobs.js";
import { openRecords, UnreadableRecordError } from "../../../src/engine/lanes/records.js";
import { dataIn, MOST_BYTES } from "../../../src/engine/store/bound.js";
import type { StoreJob } from "../../../src/engine/store/store.js";
import { anyOf, KINDS, RECORD } from "../../engine/lanes/job-samples.js";
import { MemoryStore } from "../../engine/support/memory-store.js";
import { TestClock } from "../../engine/support/test-clock.js";
import { nearly, oddJson } from "../../support/odd-json.js";
import { kindOf } from "../case-runner.js";
import { mutatedText } from "../mutations.js";
import { expectSentence } from "../sentences.js";

export const jobs = kindOf({
  name: "jobs in the queue",
  share: 3_500,
  cases: fc.constantFrom(...KINDS).chain(anyOf),
  run({ kind, data }) {
    try {
      readJob(kind.schema, { data });
      return null;
    } catch (error) {
      if (error instanceof UnreadableJobError) return error;
      throw error;
    }
  },
  check(error) {
    if (error === null) return false;
    expectSentence(error.message);
    expectSentence(error.what);
    expectSentence(error.next);
    return true;
  },
});

const older = readFileSync("test/fixtures/records/0.1.0.jsonl", "utf8")
  .trim()
  .split("\n")
  .map((line) => z.object({ record: z.looseObject({}) }).parse(JSON.parse(line)).record);

const RECORDS = [RECORD, ...older];

/** What lies in the store is text: that of a record, or changed by hand. */
const stored = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.oneof(oddJson, nearly(...RECORDS), nearly(...RECORDS)).map((data) => JSON.stringify(data)),
  },
  {
    weight: 2,
    arbitrary: mutatedText({
      bases: RECORDS.map((record) => JSON.stringify(record)),
      tokens: [
        '"',
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "1e999",
        "-",
        '{"version":2,',
        '"__proto__":{},',
        "\\u0000",
        "9".repeat(40),
        "[[[[",
      ],
      longest: 200_000,
    }),
  },
);

const ID = "m-7k3q2";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export const records = kindOf({
  name: "records in the queue",
  share: 2_000,
  cases: stored,
  prepare(json) {
    expect(Buffer.byteLength(json)).toBeLessThan(MOST_BYTES);
    const errors: unknown[] = [];
    const logger = { ...quiet, error: (fields: object) => void errors.push(fields) };
    return { json, errors, store: openRecords(new MemoryStore(new TestClock().now), "c1", logger) };
  },
  run({ json, errors, store }) {
    const job = { id: ID, name: MAINTENANCE_JOB, data: dataIn(json) } as unknown as StoreJob;
    const record = store.read(job);
    return { record, told: z.array(z.object({ err: z.instanceof(UnreadableRecordError) })).parse(errors) };
  },
  check({ record, told }) {
    if (record !== null) return false;
    expect(told).toHaveLength(1);
    for (const { err } of told) {
      expectSentence(err.message);
      expect(err.message).toContain(`${ID} (`);
      expect(err.message).toContain(" Nothing is done for it. ");
      expectSentence(err.next);
    }
    return true;
  },
});

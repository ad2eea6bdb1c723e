// How much is read of one job?

import { z } from "zod";

/**
 * The most bytes that are read of one job. The record of a drain of 1,000 machines in batches takes 0.9 MiB, and one maintenance
 * holds at most 4,000 machines (`MOST_MACHINES`), so this is twice the largest record that the bot writes. To check one of this
 * size takes more than a second, in which nobody is answered.
 */
export const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Why the data of a job could not be read where they are stored:
 * - `too_large`: more than `MOST_BYTES`, so they were not fetched.
 * - `broken`: they are no JSON, or what lies under the job's key is no job.
 */
export type NotReadWhy = "too_large" | "broken";

/** The rest of a job beside its data: its options, and the stacks of its last failures. */
const BESIDE_BYTES = 65_536;

/** Data of a job would be larger than what is read of one, so they were not stored. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";
  readonly what: string;
  readonly next =
    "Report this with the worker's log. What is stored goes on from there, and a maintenance can be cancelled.";

  constructor(id: string, bytes: number) {
    const what = `What is to be stored of ${id} has grown to ${(bytes / 1e6).toFixed(1)} MB, more than could be read again.`;
    super(`${what} It was not stored.`);
    this.what = what;
  }
}

/**
 * Data of a job as JSON.
 *
 * @throws TooLargeError for what could not be read again.
 */
export function jsonThatFits(id: string, data: unknown): string {
  const json = JSON.stringify(data);
  const bytes = Buffer.byteLength(json);
  if (bytes > MOST_BYTES - BESIDE_BYTES) throw new TooLargeError(id, bytes);
  return json;
}

/** What stands in a job instead of data that were not read. */
export interface NotRead {
  readonly why: NotReadWhy;
  /** How large the job is; `null` where that does not matter. */
  readonly bytes: number | null;
}

/** No data of ours have this name. Both stores put it there themselves, in the statement that reads the job. */
export const NOT_READ = "mesos-bot:not-read";

const notReadData = z.object({
  [NOT_READ]: z.enum(["too_large", "broken"]),
  bytes: z.number().nullable().default(null),
});

/** What the data of a job say of themselves if they were not read; `null` for data that were. */
export function notReadOf(data: unknown): NotRead | null {
  if (typeof data !== "object" || data === null || !(NOT_READ in data)) return null;
  const { [NOT_READ]: why, bytes } = notReadData.parse(data);
  return { why, bytes };
}

/** The data in a job's JSON. Never throws: what is no JSON is `broken`. */
export function dataIn(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return { [NOT_READ]: "broken" };
  }
}

import type { JobsOptions } from "bullmq";

/** BullMQ keeps a stack trace for each attempt, and a job that lives for weeks may have thousands. */
const STACKS = { stackTraceLimit: 3 };

/** A job that lives as long as its maintenance. What is kept of it then, the lane decides that completes it. */
export const THREAD_JOB_OPTIONS = {
  ...STACKS,
  // The processor handles every failure but that of the queue itself, and then the job comes back (invariant 11).
  attempts: 1_000_000,
  backoff: { type: "fixed", delay: 5_000 },
  removeOnComplete: false,
  removeOnFail: false,
} as const satisfies JobsOptions;

/** Of a maintenance whose first post is done. */
export const ROUTINE_PRIORITY = 10;

/**
 * A decision without a priority goes before every maintenance, which has one; and one that waits for its first post
 * before those that are only looked at again.
 */
export const MAINTENANCE_JOB_OPTIONS = { ...THREAD_JOB_OPTIONS, priority: 5 } as const satisfies JobsOptions;

/** Kept longer than any maintenance is open: the same job added again then changes nothing. */
export const RUN_JOB_OPTIONS = {
  ...THREAD_JOB_OPTIONS,
  removeOnComplete: { age: 180 * 86_400 },
} as const satisfies JobsOptions;

/** Gone when done or given up: the id then is free, so that a person can click again after a click that came to nothing. */
export const SHORT_JOB_OPTIONS = {
  ...STACKS,
  attempts: 5,
  backoff: { type: "exponential", delay: 500 },
  removeOnComplete: true,
  removeOnFail: true,
} as const satisfies JobsOptions;

/** Slack may be away for minutes; a response URL lives for 30 of them. */
export const REPLY_JOB_OPTIONS = {
  ...SHORT_JOB_OPTIONS,
  attempts: 12,
  removeOnFail: { age: 86_400, count: 500 },
} as const satisfies JobsOptions;

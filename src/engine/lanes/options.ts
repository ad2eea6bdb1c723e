import type { JobsOptions } from "bullmq";

/** BullMQ keeps a stack trace for each attempt, and a job that lives for weeks may have thousands. */
const STACKS_KEPT = 3;

/** How long finished maintenances are kept: they are the history. */
const KEPT = { age: 180 * 86_400, count: 2_000 };

/** A decision without a priority goes before every maintenance, which has one. */
export const MAINTENANCE_JOB_OPTIONS = {
  priority: 10,
  // The processor handles every failure but that of the queue itself, and then the job comes back (invariant 11).
  attempts: 1_000_000,
  backoff: { type: "fixed", delay: 5_000 },
  stackTraceLimit: STACKS_KEPT,
  removeOnComplete: KEPT,
  removeOnFail: false,
} as const satisfies JobsOptions;

/** Gone when done or given up: the id then is free, so that a person can click again after a click that came to nothing. */
export const SHORT_JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: "exponential", delay: 500 },
  stackTraceLimit: STACKS_KEPT,
  removeOnComplete: true,
  removeOnFail: true,
} as const satisfies JobsOptions;

/** Slack may be away for minutes; a response URL lives for 30 of them. */
export const REPLY_JOB_OPTIONS = {
  attempts: 12,
  backoff: { type: "exponential", delay: 500 },
  stackTraceLimit: STACKS_KEPT,
  removeOnComplete: true,
  removeOnFail: { age: 86_400, count: 500 },
} as const satisfies JobsOptions;

export const THREAD_JOB_OPTIONS = {
  attempts: 1_000_000,
  backoff: { type: "fixed", delay: 5_000 },
  stackTraceLimit: STACKS_KEPT,
  removeOnComplete: KEPT,
  removeOnFail: false,
} as const satisfies JobsOptions;

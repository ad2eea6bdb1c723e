import { createRedisBackend, type IQueueBackend } from "bullmq";
import { within } from "../../../base/within.js";

/** More than BullMQ's own limit, which is 1 s. */
const LATE_MS = 5_000;

/**
 * BullMQ's Redis backend for workers, whose waits always end. When its blocking connection was silent for too long, BullMQ
 * closes it and waits for the end of it, which on a Cluster never comes when something else connects it anew at the same
 * time: the worker would stand still for ever beside a connection that works.
 */
export const createWorkerBackend: typeof createRedisBackend = (...asked) => {
  const backend = createRedisBackend(...asked);
  const waitForJob: IQueueBackend["waitForJob"] = backend.waitForJob.bind(backend);
  const reconnectBlocking = backend.reconnectBlocking.bind(backend);
  backend.waitForJob = (seconds) => within(seconds * 1_000 + LATE_MS, waitForJob(seconds), () => null);
  backend.reconnectBlocking = () => within(LATE_MS, reconnectBlocking(), () => undefined);
  return backend;
};

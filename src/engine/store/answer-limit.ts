import type { IQueueBackend } from "bullmq";
import { within } from "../../base/within.js";
import { StoreError } from "./store-error.js";

/** Turns what a client threw into a `StoreError`; anything that is not the store's failure is returned as it is. */
export type Explain = (error: unknown) => unknown;

/** Waiting on purpose, or without effect on a job: neither timed nor explained. */
const UNTIMED = new Set(["waitUntilReady", "close", "disconnect", "waitForJob", "readEvents"]);

/**
 * A backend whose every operation settles within `limitMs`. BullMQ's queue and its jobs do all their work through the
 * backend, so this one place covers `add`, `getJob` and also `updateData` and `promote` of a job.
 */
export function withAnswerLimit(backend: IQueueBackend, limitMs: number, explain: Explain): IQueueBackend {
  return new Proxy(backend, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      if (typeof property === "symbol" || UNTIMED.has(property)) return member.bind(target);
      return (...args: unknown[]): unknown => {
        const outcome: unknown = Reflect.apply(member, target, args);
        return outcome instanceof Promise ? settled(outcome, limitMs, explain) : outcome;
      };
    },
    set(target, property, value) {
      return Reflect.set(target, property, value, target);
    },
  });
}

/** `work`, or a rejection with `no_answer` after `limitMs`. */
export async function settled<T>(work: Promise<T>, limitMs: number, explain: Explain): Promise<T> {
  try {
    return await within(limitMs, work, () => {
      throw noAnswer(`The queue did not answer within ${limitMs / 1_000} s.`);
    });
  } catch (error) {
    throw explain(error);
  }
}

/** Sent, but whether it took effect is not known. */
export function noAnswer(what: string, cause?: unknown): StoreError {
  const notDone = "Whether the request was stored is not known.";
  const next = "Look at the status before asking for it again.";
  return new StoreError("no_answer", { what, notDone, next }, cause);
}

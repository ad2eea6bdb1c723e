import type { BackendFactory, IQueueBackend } from "bullmq";
import type { StoreConfig } from "../../config/config.js";
import type { Explain } from "./answer-limit.js";

/** What differs between the stores; everything else is `bull-store.ts`. */
export interface Driver {
  readonly kind: StoreConfig["kind"];
  /** For queues: fails soon when the store is away. Neither timed nor explained yet. */
  readonly producer: BackendFactory<IQueueBackend, unknown>;
  /** For workers: waits for a store that is away. */
  readonly consumer: BackendFactory<IQueueBackend, unknown>;
  /** For processors: waits like `consumer`. */
  readonly writeOwned: WriteOwned;
  /** The key prefix, where the store has one. */
  readonly prefix?: string;
  /** What the client of this store threw, as a `StoreError`. */
  readonly explain: Explain;
  /**
   * One statement that replaces what it wrote last. It needs what the writes of jobs need: memory, room on the disk, a
   * master that takes writes.
   */
  write(): Promise<unknown>;
  /** The same as a process would that starts now. */
  writeAnew(): Promise<unknown>;
  /** Takes a name that nobody has, in one step, and gives it back by itself after so many ms. */
  claim(name: string, forMs: number): Promise<boolean>;
  /** Writes down who has the turn at a name, and tells who had it before, in one step. Waits like `consumer`. */
  takeTurn(name: string, who: string): Promise<string | null>;
  /** The time at the store, epoch ms, where it has a clock of its own. */
  time?(): Promise<number>;
  /** Called once, after every queue and worker is closed. */
  close(force: boolean): Promise<void>;
}

/**
 * In one step that nothing can come into: proves that `token` still holds the lock of the job `owner`, makes the lock
 * last `lockMs` from now, and stores `data` as BullMQ's own `updateData` would. What BullMQ has no call for is done
 * here with BullMQ's keys and columns; each driver says on which of them it leans, and `owned.test.ts` fails when an
 * upgrade changes them.
 *
 * @returns `lost`: the lock is not held; `gone`: there is no job `target`. Nothing was written then.
 */
export type WriteOwned = (write: OwnedWrite) => Promise<"written" | "lost" | "gone">;

export interface OwnedWrite {
  readonly queue: string;
  /** Id of the job that the processor runs. */
  readonly owner: string;
  readonly token: string;
  readonly lockMs: number;
  /** Id of the job whose data is replaced: the owner itself, or another one of the queue. */
  readonly target: string;
  /** JSON. */
  readonly data: string;
}

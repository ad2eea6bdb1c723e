import type { BackendFactory, IQueueBackend } from "bullmq";
import type { StoreSettings } from "./store.js";

/** What differs between the stores; everything else is `BullStore`. */
export interface Driver {
  readonly kind: StoreSettings["kind"];
  /** For queues: fails soon when the store is away. */
  readonly producer: BackendFactory<IQueueBackend, unknown>;
  /** For workers: waits for a store that is away. */
  readonly consumer: BackendFactory<IQueueBackend, unknown>;
  /** The key prefix, where the store has one. */
  readonly prefix?: string;
  /** One round trip; rejects with what is wrong. */
  ping(): Promise<unknown>;
  /** Called once, after every queue and worker is closed. */
  close(force: boolean): Promise<void>;
}

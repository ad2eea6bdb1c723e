import type { World } from "../cluster/world.js";
import type { Policy } from "../policy/policy.js";
import type { Seen } from "../record/picture.js";
import type { Batch, Maintenance } from "../record/record.js";
import type { Millis } from "../time.js";

/** A batch whose turn and time it is, before it is asked about or goes down under limits. */
export interface NextBatch {
  readonly record: Maintenance;
  readonly batch: Batch;
  readonly world: World;
  /** What would be asked about. */
  readonly seen: Seen;
  readonly policy: Policy;
  readonly nowMs: Millis;
}

/** One reason to stop a drain in batches before the next one goes. */
export interface PauseRule {
  /** How it is called in the record. */
  readonly name: string;
  /** For what a person goes on with it: for this batch, or for all others too. */
  readonly goneOnFor: "batch" | "roll";
  /** What speaks against going on, as the beginning of a sentence; `null` when nothing does. */
  sees(next: NextBatch): string | null;
}

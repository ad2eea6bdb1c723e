import type { Machine } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import type { Maintenance } from "../record/record.js";
import type { Millis } from "../time.js";
import type { Policy } from "./policy.js";

/** A drain as its rules are checked: before anything is posted, with the machines its pattern stands for. */
export interface DrainAsked {
  readonly record: Maintenance;
  readonly machines: readonly Machine[];
  /** The same machines as they go down together; one list where there is one batch. */
  readonly batches: readonly (readonly Machine[])[];
  readonly world: World;
  /** The other maintenances of the cluster: the open ones, and of the finished ones as many as are at hand. */
  readonly others: readonly Maintenance[];
  readonly policy: Policy;
  readonly nowMs: Millis;
}

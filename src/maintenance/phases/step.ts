import type { Machine } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import type { Policy } from "../policy/policy.js";
import type { Picture } from "../record/picture.js";
import type { Batch, Maintenance } from "../record/record.js";
import type { Millis } from "../time.js";
import type { ScheduleEdit } from "../window/edit.js";

/**
 * Something to be done at the master. Effects are decided again from the world at every tick until the world shows
 * their outcome, so each can be repeated (invariant 7).
 */
export type Effect =
  | { readonly kind: "update_schedule"; readonly edit: ScheduleEdit }
  | { readonly kind: "start_maintenance"; readonly batch: string; readonly machines: readonly Machine[] }
  | { readonly kind: "stop_maintenance"; readonly batch: string; readonly machines: readonly Machine[] };

/** What one phase is decided from. */
export interface Moment {
  readonly world: World;
  readonly policy: Policy;
  readonly nowMs: Millis;
}

/** A look again this soon after a call, to see its outcome. */
const SOON_MS = 1_000;

/** When to look again after a call. */
export function soon({ nowMs, policy }: Moment): Millis {
  return nowMs + Math.min(SOON_MS, policy.pollMs);
}

/** What a phase decides: the record, what to do, and when to look again at the latest. */
export interface Step {
  readonly record: Maintenance;
  readonly effects: readonly Effect[];
  /** Epoch ms by which the next tick is due; `null` when nothing is awaited but events. */
  readonly wakeAtMs: Millis | null;
}

/** A phase's rule: one batch of the record, seen at a moment. */
export type Rule = (record: Maintenance, batch: Batch, picture: Picture, moment: Moment) => Step;

// What happens next? One file a phase.

import type { Machine } from "../cluster/machine.js";
import type { Resolution } from "../cluster/resolution.js";
import type { MarathonLook } from "../moving/marathon-view.js";
import type { Policy } from "../policy/policy.js";
import type { Picture } from "../record/picture.js";
import type { Batch, Maintenance } from "../record/record.js";
import { NONE_STORED, type Stored, type Unreadable } from "../record/unreadable.js";
import type { Look } from "../sight/sight.js";
import type { Millis } from "../time.js";
import type { ScheduleEdit } from "../window/edit.js";

/**
 * Something to be done outside the domain. Effects are decided again from the world at every tick until the world shows
 * their outcome, so each can be repeated (invariant 7).
 */
export type Effect = LookUp | Write;

/**
 * Finds what the host pattern stands for, and which other maintenances there are, or these alone; it only reads, and
 * `advance` goes on from what it came to.
 */
type LookUp =
  | { readonly kind: "look_up_hosts" | "look_up_others" }
  /** Looks at the Marathons of these frameworks, and finds the other maintenances as well. */
  | { readonly kind: "look_up_marathons"; readonly frameworks: readonly string[] };

/** A call that changes something at the master, or at a Marathon. */
export type Write =
  | { readonly kind: "update_schedule"; readonly edit: ScheduleEdit }
  | { readonly kind: "start_maintenance"; readonly batch: string; readonly machines: readonly Machine[] }
  | {
      readonly kind: "stop_maintenance";
      readonly batch: string;
      readonly machines: readonly Machine[];
      /** No window is shown, so the answer counts instead of the view: one machine, and "it is not Down" means done. */
      readonly answerCounts: boolean;
    }
  | {
      readonly kind: "drain_agent";
      readonly batch: string;
      readonly agentId: string;
      readonly graceMs: Millis | null;
    }
  | { readonly kind: "reactivate_agent"; readonly batch: string; readonly agentId: string }
  /** Asks the Marathon of a framework to kill tasks that an approval names and that are written down as killed. */
  | {
      readonly kind: "kill_tasks";
      readonly batch: string;
      readonly approval: string;
      readonly frameworkId: string;
      readonly tasks: readonly string[];
    };

/** What one phase is decided from. */
export interface Moment extends Look {
  readonly policy: Policy;
  /** What `look_up_hosts` came to; `null` before. */
  readonly hosts: HostsFound | HostsUnreadable | OthersUnreadable | null;
  /** What `look_up_others` came to: the other open maintenances of the cluster; `null` before. */
  readonly others: Stored | null;
  /** What `look_up_marathons` came to; absent before. */
  readonly marathons?: readonly MarathonLook[];
}

/** The pattern, or an inventory that it names groups of, cannot be read. */
interface HostsUnreadable extends Others {
  readonly kind: "unreadable";
  readonly why: string;
  /** What a person mends, as the first half of a sentence. */
  readonly mend: string;
}

/** Other maintenances may hold the same machines, and which machines they hold cannot be read (invariant 13). */
interface OthersUnreadable {
  readonly kind: "others_unreadable";
  readonly unreadable: readonly Unreadable[];
}

/** What a host pattern stands for, and what else there is in the cluster. */
export interface HostsFound extends Others {
  readonly kind: "found";
  readonly resolution: Resolution;
}

interface Others {
  /**
   * The other maintenances of the cluster: the open ones, to say whose a machine is, and finished ones, because a window
   * that was seen in one of them proves that the bot sees windows (invariant 2).
   */
  readonly others: readonly Maintenance[];
}

/** The others whose machines budgets count: none where there is no budget; `null` until they are looked up. */
export function othersCounted({ policy, others }: Moment): Stored | null {
  return policy.budgets.length === 0 ? NONE_STORED : others;
}

/** A look again this soon after a call, to see its outcome. */
const SOON_MS = 1_000;

/** How long a kill-drain may take beyond the grace of its tasks before it is told that something holds it. */
export const KILL_STUCK_AFTER_MS = 120_000;

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

/** A rule for batches of some phases: one batch of the record, seen at a moment. */
export type Rule<B extends Batch = Batch> = (
  record: Maintenance,
  batch: B,
  picture: Picture,
  moment: Moment,
) => Step;

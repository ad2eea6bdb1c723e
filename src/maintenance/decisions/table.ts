// What may be done now? One file a decision.

import { z } from "zod";
import type { Maintenance } from "../record/record.js";
import type { ReplyParts } from "../text/reply.js";
import { approve } from "./approve.js";
import { askDown } from "./ask-down.js";
import { askKillDrain } from "./ask-kill-drain.js";
import { askMove } from "./ask-move.js";
import { cancel } from "./cancel.js";
import type { DecisionRow } from "./decided.js";
import { deny } from "./deny.js";
import { extend } from "./extend.js";
import { goOn } from "./go-on.js";
import { hold } from "./hold.js";
import { leaveBehind } from "./leave-behind.js";
import { leaveDown } from "./leave-down.js";
import { override } from "./override.js";
import { postAgain } from "./post-again.js";
import { ready } from "./ready.js";
import { release } from "./release.js";
import { alreadyEnded } from "./replies.js";
import { retryRun } from "./retry-run.js";
import { skip } from "./skip.js";
import { stopRun } from "./stop-run.js";
import { up } from "./up.js";

/** What a person did, by a button or a command, on an open maintenance. */
export const decision = z.discriminatedUnion("kind", [
  askDown.takes,
  askKillDrain.takes,
  askMove.takes,
  approve.takes,
  deny.takes,
  cancel.takes,
  up.takes,
  hold.takes,
  release.takes,
  extend.takes,
  ready.takes,
  override.takes,
  postAgain.takes,
  goOn.takes,
  skip.takes,
  leaveBehind.takes,
  retryRun.takes,
  stopRun.takes,
  leaveDown.takes,
]);

export type Decision = z.output<typeof decision>;

export type DecisionKind = Decision["kind"];

/** Every decision, by its kind. */
const DECISIONS = {
  ask_down: askDown,
  ask_kill_drain: askKillDrain,
  ask_move: askMove,
  approve,
  deny,
  cancel,
  up,
  hold,
  release,
  extend,
  ready,
  override,
  retry: postAgain,
  go_on: goOn,
  skip,
  leave_behind: leaveBehind,
  retry_run: retryRun,
  stop_run: stopRun,
  leave_down: leaveDown,
} satisfies Record<DecisionKind, unknown>;

/** The row of a decision. Its functions take this very decision only. */
export function rowOf(kind: DecisionKind): DecisionRow<z.ZodObject> {
  return DECISIONS[kind];
}

/** What somebody wanted to do, in words; a decision of another version by its kind. */
export function wantedBy(kind: string): string {
  return isDecisionKind(kind) ? rowOf(kind).wanted : kind.replaceAll("_", " ");
}

function isDecisionKind(kind: string): kind is DecisionKind {
  return Object.hasOwn(DECISIONS, kind);
}

/** Why a decision is not possible as the maintenance stands, whoever asks; `null` when it is. */
export function whyNotPossible(record: Maintenance, what: Decision): ReplyParts | null {
  return record.end === null ? rowOf(what.kind).whyNotPossible(record, what) : alreadyEnded(record);
}

/** Whether a button may offer this decision: it is possible, as far as the record and the last look at the master tell. */
export function isOffered(record: Maintenance, what: Decision): boolean {
  const { isObstructed } = rowOf(what.kind);
  return whyNotPossible(record, what) === null && !(isObstructed?.(record, what) ?? false);
}

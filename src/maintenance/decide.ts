import { type Decided, type DecisionContext, unchanged } from "./decisions/decided.js";
import { alreadyEnded } from "./decisions/replies.js";
import { type Decision, type DecisionKind, rowOf } from "./decisions/table.js";
import type { Maintenance } from "./record/record.js";

/** Decisions about the Down step, and about what is killed or run, are taken on a world that was read after the click (invariant 5). */
export function needsWorld(kind: DecisionKind): boolean {
  return rowOf(kind).needsWorld;
}

/** Whether a decision is taken on what Marathons show after the click. */
export function looksAtMarathons(record: Maintenance, decision: Decision): boolean {
  return rowOf(decision.kind).looksAtMarathons?.(record, decision) ?? false;
}

/**
 * What a decision does to a maintenance. Pure; the same whether it came from a button or a command. A decision that
 * cannot be taken leaves the record as it is and says why and what to do next (invariant 10); a second one after it
 * was settled changes nothing.
 */
export function decide(record: Maintenance, decision: Decision, context: DecisionContext): Decided {
  if (record.end !== null) return unchanged(record, alreadyEnded(record));
  const row = rowOf(decision.kind);
  const why = row.alreadyDone?.(record, decision, context) ?? row.whyNotPossible(record, decision);
  return why === null ? row.decide(record, decision, context) : unchanged(record, why);
}

import { approve } from "./decisions/approve.js";
import { askDown } from "./decisions/ask-down.js";
import { cancel } from "./decisions/cancel.js";
import { type Decided, type DecisionContext, unchanged } from "./decisions/decided.js";
import { deny } from "./decisions/deny.js";
import { extend } from "./decisions/extend.js";
import { hold } from "./decisions/hold.js";
import { override } from "./decisions/override.js";
import { retry } from "./decisions/post-again.js";
import { ready } from "./decisions/ready.js";
import { release } from "./decisions/release.js";
import { alreadyEnded } from "./decisions/replies.js";
import { up } from "./decisions/up.js";
import type { Decision, DecisionKind } from "./record/decision.js";
import type { Maintenance } from "./record/record.js";

/** Decisions about the Down step are taken on a world that was read after the click (invariant 5). */
export function needsWorld(kind: DecisionKind): boolean {
  return kind === "approve" || kind === "ask_down";
}

/**
 * What a decision does to a maintenance. Pure; the same whether it came from a button or a command. A decision that
 * cannot be taken leaves the record as it is and says why and what to do next (invariant 10); a second one after it
 * was settled changes nothing.
 */
export function decide(record: Maintenance, decision: Decision, context: DecisionContext): Decided {
  if (record.end !== null) return unchanged(record, alreadyEnded(record));
  switch (decision.kind) {
    case "ask_down":
      return askDown(record, decision.batch, context);
    case "approve":
      return approve(record, decision, context);
    case "deny":
      return deny(record, decision, context);
    case "cancel":
      return cancel(record, context);
    case "up":
      return up(record, context);
    case "hold":
      return hold(record, decision, context);
    case "release":
      return release(record, context);
    case "extend":
      return extend(record, decision, context);
    case "ready":
      return ready(record, context);
    case "override":
      return override(record, decision, context);
    case "retry":
      return retry(record, context);
  }
}

import { askDown } from "./decide-ask.js";
import { cancel } from "./decide-cancel.js";
import { approve, deny } from "./decide-down.js";
import { extend } from "./decide-extend.js";
import { hold, release } from "./decide-hold.js";
import { override } from "./decide-override.js";
import { ready } from "./decide-ready.js";
import { retry } from "./decide-retry.js";
import { up } from "./decide-up.js";
import type { Decision, DecisionKind } from "./decision.js";
import type { Person, Policy } from "./policy.js";
import type { Maintenance } from "./record.js";
import { alreadyEnded, unchanged } from "./refusals.js";
import type { Reply } from "./reply.js";
import type { Millis } from "./time.js";
import type { World } from "./world.js";

/** Who decides, when, and what is true at that moment. */
export interface DecisionContext {
  /** Who decides, with the user groups they were found to be in. */
  readonly person: Person;
  readonly nowMs: Millis;
  /**
   * When it was asked for, by the clock of whoever asks: kept with the job, so that it tells the same request that is
   * carried out once more after a crash from another one (invariant 7).
   */
  readonly askedAtMs: Millis;
  readonly policy: Policy;
  /** The world read after the click; `null` for decisions that do not need it (`needsWorld`). */
  readonly world: World | null;
}

/** The record after a decision, and what the person who decided is told. */
export interface Decided {
  readonly record: Maintenance;
  readonly reply: Reply;
}

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

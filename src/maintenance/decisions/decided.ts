import type { z } from "zod";
import type { World } from "../cluster/world.js";
import type { MarathonLook } from "../moving/marathon-view.js";
import type { Person, Policy } from "../policy/policy.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import type { Stored } from "../record/unreadable.js";
import { type Reply, type ReplyParts, replyOf } from "../text/reply.js";
import type { Millis } from "../time.js";

/** A decision that cannot be taken: the record as it was, and why. */
export function unchanged(record: Maintenance, reply: ReplyParts): Decided {
  return { record, reply: replyOf(reply) };
}

/**
 * Somebody tried to decide and may not, or a rule says no: besides the reply a line in the log (`why`). The same try
 * again while nothing has been asked since is no news.
 */
export function refused(
  record: Maintenance,
  decision: string,
  reply: ReplyParts,
  why: string,
  { person, nowMs }: DecisionContext,
): Decided {
  const by = person.user;
  const sinceAsked = record.events.slice(record.events.findLastIndex((e) => e.kind === "approval_asked") + 1);
  const known = sinceAsked.some(
    (e) => e.kind === "refused" && e.by === by && e.decision === decision && e.why === why,
  );
  const logged = known ? record : withEvent(record, nowMs, { kind: "refused", by, decision, why });
  return { record: logged, reply: replyOf(reply) };
}

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
  /** The id that a maintenance gets which the decision opens: no other has it. */
  readonly freeId: string;
  /** The world read after the click; `null` for decisions that do not need it (`needsWorld`). */
  readonly world: World | null;
  /** What its Marathons show, read after the click; absent for decisions that do not need it (`looksAtMarathons`). */
  readonly marathons?: readonly MarathonLook[];
  /** The other open maintenances of the cluster; read where a policy with budgets has to know what they take. */
  readonly others: Stored;
}

/** The record after a decision, and what the person who decided is told. */
export interface Decided {
  readonly record: Maintenance;
  readonly reply: Reply;
}

/**
 * One decision: what it takes, when it is possible, what it does and what it says. A file of its own, and a row in the
 * table.
 *
 * @typeParam Shape what a button or a command carries, with its `kind`.
 */
export interface DecisionRow<Shape extends z.ZodObject> {
  readonly takes: Shape;
  /** What somebody wanted to do, after "wanted to". */
  readonly wanted: string;
  /** Decided on a world that is read after the click (invariant 5). */
  readonly needsWorld: boolean;
  /** Whether it is decided on what the Marathons with tasks on the machines show after the click. */
  looksAtMarathons?(record: Maintenance, decision: z.output<Shape>): boolean;
  /** One person decides it once on the same question or maintenance: a second click is the same job. */
  readonly isOnce: boolean;
  /**
   * Why it is not possible as the maintenance stands, whoever asks; `null` when it is.
   */
  whyNotPossible(record: Maintenance, decision: z.output<Shape>): ReplyParts | null;
  /**
   * Whether the last look at the master speaks against it: no button offers it then. Whoever asks for it all the same is
   * answered from a new look.
   */
  isObstructed?(record: Maintenance, decision: z.output<Shape>): boolean;
  /** The reply to the very same request when it has been carried out before (invariant 7); `null` when it has not. */
  alreadyDone?(record: Maintenance, decision: z.output<Shape>, context: DecisionContext): ReplyParts | null;
  /** Asked only when it is possible and not done already. */
  decide(record: Maintenance, decision: z.output<Shape>, context: DecisionContext): Decided;
}

/** A row with the type of what it takes. */
export function decisionRow<Shape extends z.ZodObject>(row: DecisionRow<Shape>): DecisionRow<Shape> {
  return row;
}

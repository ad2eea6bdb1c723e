import type { World } from "../cluster/world.js";
import type { Policy } from "../policy/policy.js";
import type { Seen } from "../record/picture.js";
import type { Batch, Maintenance } from "../record/record.js";
import type { Millis } from "../time.js";

/** A drain in batches, and the batch that is the next to go down, whether or not it is its turn. */
export interface RollSoFar {
  readonly record: Maintenance;
  readonly batch: Batch;
  readonly world: World;
  readonly policy: Policy;
  readonly nowMs: Millis;
}

/** A batch whose turn and time it is, before it is asked about or goes down under limits. */
export interface NextBatch extends RollSoFar {
  /** What would be asked about. */
  readonly seen: Seen;
}

/** What speaks against going on. */
export interface Sight {
  /** In words, as the beginning of a sentence. */
  readonly saw: string;
  /**
   * What it is about, such as the frameworks that refuse: a person who goes on has accepted these, also when numbers or
   * machines in the words change.
   */
  readonly about: readonly string[];
}

/** What every rule has, whatever it looks at. */
interface AnyRule {
  /** How it is called in the record and to people. */
  readonly name: string;
  /** For what a person goes on with it: for this batch, or for all others too. */
  readonly goneOnFor: "batch" | "roll";
  /** What to do about it, as a sentence, where it is not to decide between Go on, Skip and Cancel. */
  readonly next?: string;
}

/** A reason that is in the next batch itself: looked for when it is its turn and its time. */
interface RuleOfNext extends AnyRule {
  readonly looksAt: "next_batch";
  /** The batch is asked about alone in spite of it: whoever approves goes on. */
  readonly asksAlone?: true;
  sees(next: NextBatch): Sight | null;
}

/** A reason that is in the batches before: looked for at every look, so that people hear of it at once. */
interface RuleOfBefore extends AnyRule {
  readonly looksAt: "batches_before";
  /** What it saw stays so, though a master forgets it: only a person goes on. */
  readonly lasts?: true;
  sees(soFar: RollSoFar): Sight | null;
  /** What going on means for the record besides that the same sight does not stop it again. */
  goOn?(record: Maintenance): Maintenance;
}

/** One reason to stop a drain in batches before the next one goes. */
export type PauseRule = RuleOfNext | RuleOfBefore;

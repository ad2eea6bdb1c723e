// What stops a drain in batches before the next one goes? One file a rule.

import { noRoom } from "./no-room.js";
import { othersDown } from "./others-down.js";
import { refused } from "./refused.js";
import type { NextBatch, PauseRule } from "./rule.js";
import { silent } from "./silent.js";

/** Every rule; the first that sees something stops it. */
const RULES: readonly PauseRule[] = [refused, silent, noRoom, othersDown];

/** What stops the batch now. What a person has seen and gone on with does not stop it again. */
export function whyPaused(next: NextBatch): { readonly rule: string; readonly saw: string } | null {
  for (const { name, goneOnFor, sees } of RULES) {
    const saw = sees(next);
    const isKnown = next.record.wentOn.some(
      (one) => one.rule === name && one.saw === saw && (goneOnFor === "roll" || one.batch === next.batch.id),
    );
    if (saw !== null && !isKnown) return { rule: name, saw };
  }
  return null;
}

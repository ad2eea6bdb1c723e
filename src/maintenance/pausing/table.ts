// What stops a drain in batches before the next one goes? One file a rule.

import { isDownSent, isToGoDown } from "../record/batch.js";
import type { Batch, Maintenance } from "../record/record.js";
import { failing } from "./failing.js";
import { lostMore } from "./lost-more.js";
import { noRoom } from "./no-room.js";
import { notBack } from "./not-back.js";
import { othersDown } from "./others-down.js";
import { outsideLimits } from "./outside-limits.js";
import { refused } from "./refused.js";
import type { NextBatch, PauseRule, RollSoFar, Sight } from "./rule.js";
import { silent } from "./silent.js";

/** Every rule; the first that sees something stops it. A batch is asked about alone once no other rule stops it. */
const RULES: readonly PauseRule[] = [
  notBack,
  lostMore,
  failing,
  refused,
  silent,
  noRoom,
  othersDown,
  outsideLimits,
];

/** What stops a batch, and by which rule. */
export interface Stop {
  readonly rule: PauseRule;
  readonly sight: Sight;
}

/** The rule of this name; `null` if there is none any more. */
export function pauseRule(name: string): PauseRule | null {
  return RULES.find((rule) => rule.name === name) ?? null;
}

/** The batch before which a drain in batches would stop: the first that is to go down and whose call was not sent. */
export function nextToGo({ batches }: Maintenance): Batch | null {
  const isNext = (batch: Batch) => isToGoDown(batch) && !isDownSent(batch) && batch.skippedBy === undefined;
  return batches.find(isNext) ?? null;
}

/** What stops the batch now. What a person has seen and gone on with does not stop it again. */
export function whyPaused(next: NextBatch): Stop | null {
  return firstOf(next, (rule) => rule.sees(next));
}

/** What of the batches before stops the next one. */
export function whyPausedBefore(soFar: RollSoFar): Stop | null {
  return firstOf(soFar, (rule) => (rule.looksAt === "batches_before" ? rule.sees(soFar) : null));
}

function firstOf({ record, batch }: RollSoFar, see: (rule: PauseRule) => Sight | null): Stop | null {
  for (const rule of RULES) {
    const sight = see(rule);
    if (sight !== null && !isGoneOnWith(record, batch, rule, sight)) return { rule, sight };
  }
  return null;
}

function isGoneOnWith(record: Maintenance, batch: Batch, rule: PauseRule, { about }: Sight): boolean {
  const accepted = record.wentOn
    .filter((one) => one.rule === rule.name && (rule.goneOnFor === "roll" || one.batch === batch.id))
    .flatMap((one) => one.about);
  return about.every((one) => accepted.includes(one));
}

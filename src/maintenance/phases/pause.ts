import { nextToGo, pauseRule, type Stop, whyPausedBefore } from "../pausing/table.js";
import { withEvent } from "../record/log.js";
import type { Batch, Maintenance } from "../record/record.js";
import type { Moment, Rule } from "./step.js";

/** Looks back at the batches that went, before the next one does anything, whether or not it is its turn yet. */
export const lookBack: Rule = (record, batch, _, moment) => {
  const look = (next: Maintenance) => ({ record: next, effects: [], wakeAtMs: null });
  if (record.batches.length < 2 || nextToGo(record)?.id !== batch.id) return look(record);
  const { world, policy, nowMs } = moment;
  const stop = whyPausedBefore({ record, batch, world, policy, nowMs });
  if (stop !== null) return look(withPause(record, batch, stop, moment));
  const isOurs = record.paused !== null && pauseRule(record.paused.rule)?.looksAt === "batches_before";
  return look(isOurs ? withPauseOver(record, moment) : record);
};

/** Told once, and again when it is about something else; what only changes in number is kept up to date on the card. */
export function withPause(
  record: Maintenance,
  batch: Batch,
  { rule, sight: { saw, about } }: Stop,
  { nowMs }: Moment,
): Maintenance {
  const known = record.paused;
  const isKnown =
    known?.batch === batch.id && known.rule === rule.name && about.every((one) => known.about.includes(one));
  const asksAlone = rule.looksAt === "next_batch" && rule.asksAlone === true ? { asksAlone: true } : {};
  const sinceMs = isKnown ? known.sinceMs : nowMs;
  const paused = { rule: rule.name, batch: batch.id, saw, about: [...about], sinceMs, ...asksAlone };
  const next = { ...record, paused };
  return isKnown ? next : withEvent(next, nowMs, { kind: "paused", batch: batch.id, rule: rule.name, saw });
}

/** What stopped it is over: a person goes on, or it goes on by itself where the policy takes that. */
export function withPauseOver(record: Maintenance, { policy, nowMs }: Moment): Maintenance {
  const { paused } = record;
  const rule = paused === null ? null : pauseRule(paused.rule);
  if (paused === null || (rule?.looksAt === "batches_before" && rule.lasts)) return record;
  if (policy.rolling.resume === "ask") return { ...record, paused: { ...paused, isOver: true } };
  const went = { kind: "went_on", batch: paused.batch, rule: paused.rule, by: null } as const;
  return withEvent({ ...record, paused: null }, nowMs, went);
}

// What is asked before Down, and on what picture is it approved?

import { lookAt, pictureOf, tasksOn } from "../answers/verdicts.js";
import { blastRadiusOf } from "../blast/blast.js";
import type { World } from "../cluster/world.js";
import type { Policy } from "../policy/policy.js";
import { shownNow } from "../policy/runbooks.js";
import {
  batchOf,
  drainingAgain,
  isDraining,
  isKillSent,
  toBePosted,
  watchedMachines,
  withBatch,
} from "../record/batch.js";
import { untilDown } from "../record/batch-phases.js";
import { withAgentsSeen } from "../record/last-seen.js";
import { withEvent } from "../record/log.js";
import type { MovePlan } from "../record/move.js";
import type { Picture, Seen } from "../record/picture.js";
import type {
  About,
  Approval,
  Batch,
  BatchIn,
  DrainingBatch,
  Maintenance,
  StandingBatch,
} from "../record/record.js";
import type { Limits } from "../record/roll.js";
import type { Millis } from "../time.js";
import { limitsAsked } from "./limits.js";
import { seenOf } from "./seen.js";

/** The question that is waiting for an answer, or `null`. */
export function openApproval(batch: Batch): Approval | null {
  const last = batch.approvals.at(-1);
  return last !== undefined && last.outcome === null ? last : null;
}

/** The granted approval of this, under which it is done, or `null`: one that is about something else never counts. */
export function grantedApproval(batch: Batch, about: About): Approval | null {
  const last = batch.approvals.at(-1);
  return last?.outcome?.kind === "granted" && last.about === about ? last : null;
}

/** What the world shows of a batch, in the form in which it is approved and compared. */
export function seenNow(world: World, batch: Batch, picture: Picture, about: About = "down"): Seen {
  const watched = watchedMachines(withAgentsSeen(batch, world));
  return seenOf(world, batch, picture, tasksOn(world, watched), blastRadiusOf(world, watched), about);
}

/**
 * What a world that was read for a decision shows of a batch. It is not stored: the next tick looks for itself, and
 * tells the thread what has changed since the last one.
 */
export function freshPicture(record: Maintenance, batch: Batch, world: World): Picture {
  const known = record.batches.map((one) => withAgentsSeen(one, world));
  const picture = lookAt(world, known.flatMap(watchedMachines), record.picture);
  return pictureOf(batch.machines, picture);
}

/** What is asked about, by whom, and whether because a deadline has passed (`--then force`). */
export interface AskedHow {
  readonly about: About;
  /** Slack user id; `null` when the bot asks by itself. */
  readonly by: string | null;
  readonly forced: boolean;
  /** Of a kill-drain; see `graceMs` of an approval. */
  readonly graceMs?: Millis | null;
  /** Which tasks, where it is about moving them. */
  readonly move?: MovePlan;
}

/** The bot asks about Down because it is time. */
export const BY_ITSELF: AskedHow = { about: "down", by: null, forced: false };

/** A batch about which a person can be asked something. */
export type AskableBatch = StandingBatch | BatchIn<"kill_draining">;

/** Whether a question about it can be answered: nothing that it approved is under way. */
export function isAskedAbout(batch: Batch): batch is DrainingBatch | BatchIn<"kill_draining"> {
  return isDraining(batch) || batch.phase === "kill_draining";
}

/**
 * Asks for the Down of a batch, or for what else takes an approval: a new question about what is seen now; an open one is withdrawn for it. Asked anew by the
 * bot it is still the question of whoever asked it before (invariant 6).
 */
export function ask(
  record: Maintenance,
  batch: AskableBatch,
  seen: Seen,
  how: AskedHow,
  policy: Policy,
  nowMs: Millis,
): Maintenance {
  const settled = withdrawn(batch, nowMs, { why: "replaced", by: how.by });
  const { approvals } = settled;
  const { about } = how;
  const askAnew = batch.phase === "draining" && about === "down" ? batch.askAnew : null;
  const by = how.by ?? askAnew?.by ?? null;
  const forced = how.forced || (askAnew?.forced ?? false);
  const id = nextId(settled);
  const limits = about === "down" ? limitsAsked(record, batch) : null;
  const runbook = about === "down" ? shownNow(record, policy) : null;
  const question: Approval = {
    about,
    id,
    askedAtMs: nowMs,
    askedBy: by,
    notBy: policy.selfApproval ? [] : [...new Set([record.requester, ...(by === null ? [] : [by])])],
    approvers: [...policy.approvers],
    expiresAtMs: nowMs + policy.approvalTtlMs,
    votesNeeded: policy.votes,
    votes: [],
    reminded: false,
    forced,
    ...(how.graceMs === undefined ? {} : { graceMs: how.graceMs }),
    ...(how.move === undefined ? {} : { move: how.move }),
    ...(limits === null ? {} : { limits }),
    ...(runbook === null ? {} : { runbook }),
    seen,
    outcome: null,
  };
  const next: Batch =
    settled.phase === "kill_draining"
      ? { ...settled, approvals: [...approvals, question] }
      : { ...untilDown(settled), phase: "awaiting_approval", approvals: [...approvals, question] };
  return withEvent(withBatch(record, next), nowMs, {
    kind: "approval_asked",
    batch: batch.id,
    approval: id,
    by,
  });
}

/** Unique within the maintenance: an old button cannot answer a new question. */
function nextId({ id, approvals }: Batch): string {
  return `${id}a${approvals.length + 1}`;
}

/**
 * A batch goes down under the approval of an earlier one, because it is inside of the limits that were approved: what is
 * seen now is what it is compared with once more before the call (invariant 5).
 */
export function grantUnder(
  record: Maintenance,
  batch: DrainingBatch,
  covering: Approval & { readonly limits: Limits },
  seen: Seen,
  policy: Policy,
  nowMs: Millis,
): Maintenance {
  const by = covering.outcome?.kind === "granted" ? covering.outcome.by : record.requester;
  const { limits, ...before } = covering;
  const approval: Approval = {
    ...before,
    id: nextId(batch),
    askedAtMs: nowMs,
    // A call that comes late must not come after the end of the approval that it is under.
    expiresAtMs: Math.min(nowMs + policy.approvalTtlMs, limits.untilMs),
    under: covering.id,
    seen,
    outcome: { kind: "granted", by, atMs: nowMs },
  };
  const approvals = [...batch.approvals, approval];
  const going = withBatch(record, { ...untilDown(batch), approvals, phase: "taking_down", intent: null });
  const told = withEvent(going, nowMs, { kind: "within_limits", batch: batch.id, approval: covering.id, by });
  return withEvent(told, nowMs, { kind: "taking_down", batch: batch.id });
}

/** Why a question is withdrawn, and by whom; `by: null` when the bot withdraws it. */
export interface WithdrawnHow {
  readonly why: Extract<Outcome, { kind: "withdrawn" }>["why"];
  readonly by: string | null;
}

/** The batch without an open question: it was withdrawn. */
export function withdrawn<B extends Batch>(
  batch: B,
  nowMs: Millis,
  how: WithdrawnHow = { why: "overtaken", by: null },
): B {
  return openApproval(batch) === null ? batch : settle(batch, { kind: "withdrawn", atMs: nowMs, ...how });
}

/**
 * How to ask anew for Down once the machines drain in our window: the question that stands, or that was taken back before.
 * One about something else is asked by a person.
 */
export function toAskAnew(
  batch: BatchIn<"scheduled"> | DrainingBatch,
): BatchIn<"scheduled" | "draining">["askAnew"] {
  const open = openApproval(batch);
  if (open?.about === "down") return { by: open.askedBy, forced: open.forced };
  return batch.phase === "awaiting_approval" ? null : batch.askAnew;
}

/** Whether the bot does not ask for Down by itself any more: people had that question, and it is theirs to ask again. */
function isDownSettled({ approvals }: Batch): boolean {
  const last = approvals.at(-1);
  if (last?.about === "down") return last.outcome?.kind !== "outdated";
  return approvals.some(
    ({ about, outcome }) => about === "down" && (outcome?.kind === "denied" || outcome?.kind === "expired"),
  );
}

/** The batch without a question: an open one is withdrawn, a granted one taken back unless a call was sent under it. */
export function takenBack(batch: Batch, nowMs: Millis, how: WithdrawnHow): Batch {
  if (batch.phase === "kill_draining") return killTakenBack(batch, nowMs, how);
  if (batch.phase !== "taking_down") return withdrawn(batch, nowMs, how);
  if (batch.intent !== null) return batch;
  return drainingAgain(settle(batch, { kind: "withdrawn", atMs: nowMs, ...how }), true);
}

/** The same of one that is to be kill-drained. */
export function killTakenBack(
  batch: BatchIn<"kill_draining">,
  nowMs: Millis,
  how: WithdrawnHow,
): BatchIn<"kill_draining"> {
  if (grantedApproval(batch, "kill_drain") === null) return withdrawn(batch, nowMs, how);
  return isKillSent(batch) ? batch : settle(batch, { kind: "withdrawn", atMs: nowMs, ...how });
}

function settle<B extends Batch>(batch: B, outcome: Outcome): B {
  const last = batch.approvals.at(-1);
  if (last === undefined) return batch;
  return { ...batch, approvals: [...batch.approvals.slice(0, -1), { ...last, outcome }] };
}

type Outcome = NonNullable<Approval["outcome"]>;

/**
 * The one way in which the newest question of a batch gets its answer: by a click, a command, its expiry, or because
 * the picture got worse. What follows for the batch and the line in the log belong together.
 *
 * @param by whose approval it was that came too late for an outdated question; other outcomes say it themselves.
 */
export function conclude(
  record: Maintenance,
  batch: AskableBatch,
  outcome: Exclude<Outcome, { kind: "withdrawn" }>,
  by: string | null = null,
): Maintenance {
  const settled = settle(batch, outcome);
  const about = { batch: batch.id, approval: batch.approvals.at(-1)?.id ?? "" };
  const { atMs } = outcome;
  const draining = withBatch(record, unapproved(settled, outcome.kind));
  switch (outcome.kind) {
    case "granted": {
      const granted = withBatch(record, approved(settled));
      const told = withEvent(granted, atMs, { kind: "approved", ...about, by: outcome.by });
      const isDown = settled.approvals.at(-1)?.about === "down";
      return isDown ? withEvent(told, atMs, { kind: "taking_down", batch: batch.id }) : told;
    }
    case "denied":
      return withEvent(draining, atMs, { kind: "denied", ...about, by: outcome.by, reason: outcome.reason });
    case "expired":
      // Fail closed: a question that nobody answered in time is a no.
      return withEvent(draining, atMs, { kind: "approval_expired", ...about });
    case "outdated":
      return withEvent(draining, atMs, { kind: "approval_outdated", ...about, by, changes: outcome.changes });
  }
}

/** The batch as it goes on once its newest question is granted. */
function approved(batch: AskableBatch): Batch {
  const about = batch.approvals.at(-1)?.about;
  if (about === "kill_drain") return { ...untilDown(batch), phase: "kill_draining" };
  if (about === "move_tasks") return unapproved(batch, "granted");
  return batch.phase === "kill_draining"
    ? batch
    : { ...untilDown(batch), phase: "taking_down", intent: null };
}

/**
 * The batch as it goes on once its newest question came to nothing. One that was to be kill-drained before its window was
 * posted drains as others do; what was found out too late is asked anew.
 */
function unapproved(batch: AskableBatch, outcome: Outcome["kind"]): Batch {
  // The intent stays: a call of ours that got no answer may show late, and then it was ours.
  if (batch.phase !== "kill_draining") return drainingAgain(batch, isDownSettled(batch));
  return outcome === "outdated" ? batch : toBePosted(batch, false, null);
}

/** What became worse than what was shown, and on whose click that was found. */
export interface WorseHow {
  readonly changes: readonly string[];
  /** Slack user id; `null` when it was found before the call. */
  readonly by: string | null;
  /** The machines could be taken down as they stand, and no budget is in the way. */
  readonly canAsk: boolean;
  /** What would be asked now, where it is about moving tasks. */
  readonly move?: MovePlan;
}

/**
 * The picture got worse than what was shown: nothing goes down (invariant 5). The question is asked anew with what is
 * true now, and its votes start anew, unless nobody could approve it as things stand: then it is asked once somebody
 * can.
 */
export function askAgainBecauseWorse(
  record: Maintenance,
  batch: AskableBatch,
  seen: Seen,
  { changes, by, canAsk, move }: WorseHow,
  policy: Policy,
  nowMs: Millis,
): Maintenance {
  const last = batch.approvals.at(-1);
  const told = conclude(record, batch, { kind: "outdated", atMs: nowMs, changes: [...changes] }, by);
  const outdated = batchOf(told, batch.id);
  if (last === undefined || (outdated?.phase !== "draining" && outdated?.phase !== "kill_draining"))
    return told;
  const { about, askedBy, forced, graceMs } = last;
  const grace = graceMs === undefined ? {} : { graceMs };
  const moving = move === undefined ? {} : { move };
  const how = { about, by: askedBy, forced, ...grace, ...moving };
  if (canAsk) return ask(told, outdated, seen, how, policy, nowMs);
  return about === "down" && outdated.phase === "draining"
    ? withBatch(told, { ...outdated, askAnew: { by: askedBy, forced } })
    : told;
}

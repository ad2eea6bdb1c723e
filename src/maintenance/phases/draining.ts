import { isEmpty } from "../answers/verdicts.js";
import { approvalCovering, outsideOf } from "../approval/limits.js";
import { answersAwaitedUntil, machinesWithoutAgent, mayAskNow, movedAgents } from "../approval/obstacles.js";
import {
  ask,
  BY_ITSELF,
  conclude,
  grantUnder,
  openApproval,
  seenNow,
  withdrawn,
} from "../approval/question.js";
import { endMs } from "../cluster/schedule.js";
import { openMove } from "../moving/moves.js";
import { whyPaused } from "../pausing/table.js";
import { nextOpening } from "../policy/calendar.js";
import { closedForDown } from "../policy/hours.js";
import { overBudget } from "../policy/over-budget.js";
import { batchOf, drainingAgain, drainingNow, withBatch } from "../record/batch.js";
import { noteOnce, withEvent } from "../record/log.js";
import { namesOf } from "../record/names.js";
import type { Picture, Seen } from "../record/picture.js";
import type { Batch, DrainingBatch, Maintenance } from "../record/record.js";
import { inTrouble, troubleOf } from "../record/troubles.js";
import { isItsTurn, mayGoFromMs } from "../rolling/turn.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { nanosToMillis } from "../time.js";
import { inOurWindow } from "../window/ours.js";
import { wentDown, withForeignChanges } from "./foreign-changes.js";
import { moveTasks } from "./move-tasks.js";
import { tellOverdue } from "./overdue.js";
import { withPause, withPauseOver } from "./pause.js";
import { questionWakes, remind } from "./remind.js";
import { type Moment, othersCounted, type Rule, soon } from "./step.js";
import { takingDown } from "./taking-down.js";

/** How long before the window starts it is announced, and anything is asked for at the earliest. */
export const ANNOUNCE_MS = 15 * 60_000;

/** Watches the answers and the tasks, and asks for the Down when it is time. Also the rule while a question is open. */
export const draining: Rule<DrainingBatch> = (record, batch, picture, moment) => {
  const { nowMs, policy } = moment;
  const allDown = picture.machines.every((machine) => machine.mode === "down");
  if (allDown && inOurWindow(moment.world, batch).length === batch.machines.length)
    return wentDown(record, batch, nowMs);

  let current = withMovedAgents(withForeignChanges(record, batch, picture, moment), batch, moment);
  current = announceStart(current, batch, nowMs);
  const empty = picture.machines.every(isEmpty);
  current = tellEmpty(current, batch, empty, moment);
  const now = () => drainingNow(current, batch);

  // What was to be killed has gone by itself.
  if (empty && openApproval(now())?.about === "kill_drain")
    current = withBatch(current, drainingAgain(withdrawn(now(), nowMs, { why: "empty", by: null }), false));
  const open = openApproval(now());
  if (open !== null && nowMs >= open.expiresAtMs) {
    current = conclude(current, now(), { kind: "expired", atMs: nowMs });
  } else if (open !== null) {
    current = withinLimitsAgain(current, now(), picture, moment) ?? remind(current, now(), nowMs);
  } else if (isItsTurn(record, batch) && asksByItself(now()) && isTimeToAsk(current, now(), empty, moment)) {
    const asked = askOrSayWhen(current, now(), picture, moment);
    if (asked === null)
      return { record: current, effects: [{ kind: "look_up_others" }], wakeAtMs: soon(moment) };
    current = asked;
  }
  const going = batchOf(current, batch.id);
  if (going?.phase === "taking_down") return takingDown(current, going, picture, moment);
  current = tellOverdue(current, now(), nowMs);
  const awaitedUntilMs = answersAwaitedUntil(current, picture, policy, nowMs);
  const wakeAtMs = earliest(nextWake(now(), moment), awaitedUntilMs);
  const moving = moveTasks(current, now(), moment);
  return { ...moving, wakeAtMs: earliest(wakeAtMs, moving.wakeAtMs) };
};

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/**
 * Keeps since when the batch is empty, and tells it. Of a machine on which no agent was ever seen nobody
 * knows what runs there, so that is told instead, once (invariant 2).
 */
function tellEmpty(
  record: Maintenance,
  batch: DrainingBatch,
  empty: boolean,
  { nowMs }: Moment,
): Maintenance {
  const unknown = machinesWithoutAgent(batch);
  if (!empty || unknown.length > 0) {
    const next = batch.emptySinceMs === null ? record : withBatch(record, { ...batch, emptySinceMs: null });
    return empty
      ? noteOnce(next, `${quoted(list(unknown.map(namesOf(record).of)))}: ${NO_AGENT}`, nowMs)
      : next;
  }
  if (batch.emptySinceMs !== null) return record;
  const told = withBatch(record, { ...batch, emptySinceMs: nowMs });
  return withEvent(told, nowMs, { kind: "empty", batch: batch.id });
}

const NO_AGENT =
  "no agent is known there, so nobody can say that it is empty. On the other machines of the batch, if any, no task is left.";

/** An agent that came back as another machine is not in our window any more: a person has to start over (invariant 4). */
function withMovedAgents(record: Maintenance, batch: Batch, { world, nowMs }: Moment): Maintenance {
  const moved = movedAgents(world, batch);
  if (moved.length === 0 || record.trouble !== null) return record;
  const agents = quoted(list(moved, "; "));
  return inTrouble(record, troubleOf("agent_moved", { id: record.id, agents }), nowMs);
}

/**
 * Asks by itself, once per draining. Outside the hours for Down nobody could approve and the question would only expire
 * overnight, so it waits for them, and that is said once. `null`: the other maintenances have to be known first.
 */
function askOrSayWhen(
  record: Maintenance,
  batch: DrainingBatch,
  picture: Picture,
  moment: Moment,
): Maintenance | null {
  const { world, policy, nowMs } = moment;
  if (record.trouble !== null || !mayAskNow(record, batch, picture, world)) return record;
  if (answersAwaitedUntil(record, picture, policy, nowMs) !== null) return record;
  const closed = closedForDown(record, policy, nowMs);
  if (closed === null) {
    const others = othersCounted(moment);
    if (others === null) return null;
    const over = overBudget({ record, batch, world, others, policy, nowMs });
    if (over !== null) return inTrouble(record, troubleOf("over_budget", over), nowMs);
    return askOrGo(record, batch, seenNow(world, batch, picture), moment);
  }
  const text = `${closed.why} The approval is asked for then. With /mesos down ${record.id} it is asked for now, and needs an override of the calendar.`;
  return noteOnce(record, text, nowMs);
}

/** Under an approval that is for this batch too it goes down, if no rule stops it; else it is asked about. */
function askOrGo(record: Maintenance, batch: DrainingBatch, seen: Seen, moment: Moment): Maintenance {
  const { world, policy, nowMs } = moment;
  const isFirst = record.batches[0]?.id === batch.id;
  const stop = isFirst ? null : whyPaused({ record, batch, world, seen, policy, nowMs });
  if (stop !== null) {
    const paused = withPause(record, batch, stop, moment);
    return paused.paused?.asksAlone ? ask(paused, batch, seen, BY_ITSELF, policy, nowMs) : paused;
  }
  if (record.paused !== null) return withPauseOver(record, moment);
  const covering = approvalCovering(record, batch, policy, nowMs);
  if (covering === null) return ask(record, batch, seen, BY_ITSELF, policy, nowMs);
  // A person may be asked a little earlier; without one nothing goes down before its window begins.
  if (nowMs < mayGoFromMs(batch, policy)) return record;
  return grantUnder(record, batch, covering, seen, policy, nowMs);
}

/**
 * The question for a batch alone is withdrawn once the batch is inside of the approved limits again, where the policy takes
 * that: it goes down under them.
 */
function withinLimitsAgain(
  record: Maintenance,
  batch: DrainingBatch,
  picture: Picture,
  moment: Moment,
): Maintenance | null {
  const { world, policy, nowMs } = moment;
  if (!record.paused?.asksAlone || policy.rolling.resume === "ask") return null;
  const covering = approvalCovering(record, batch, policy, nowMs);
  if (covering === null || outsideOf(covering.limits, seenNow(world, batch, picture)).length > 0) return null;
  const unasked = withdrawn(batch, nowMs, { why: "within_limits", by: null });
  return withPauseOver(withBatch(record, drainingAgain(unasked, false)), moment);
}

/** The bot asks by itself at most once per draining. */
function asksByItself(batch: DrainingBatch): boolean {
  return batch.phase === "draining" && !batch.askedByItself;
}

function isTimeToAsk(
  record: Maintenance,
  batch: DrainingBatch,
  empty: boolean,
  { nowMs, policy }: Moment,
): boolean {
  const { batches } = record;
  // What is being moved may still go.
  if (!empty && openMove(record, batch.id) !== null) return false;
  const startMs = nanosToMillis(batch.window.start);
  const fromMs = batches.length > 1 ? mayGoFromMs(batch, policy) : startMs;
  if (nowMs < Math.min(fromMs, startMs - ANNOUNCE_MS)) return false;
  const since = Math.max(batch.seenSinceMs, startMs);
  return empty || nowMs >= since + policy.askAfterMs;
}

function nextWake(batch: DrainingBatch, { nowMs, policy }: Moment): number | null {
  const startMs = nanosToMillis(batch.window.start);
  const open = openApproval(batch);
  const opens = asksByItself(batch) ? nextOpening(policy.calendar, nowMs) : null;
  const moments = [
    ...(open === null ? [] : questionWakes(open)),
    opens ?? undefined,
    startMs - ANNOUNCE_MS,
    startMs,
    endMs(batch.window),
    asksByItself(batch) ? Math.max(batch.seenSinceMs, startMs) + policy.askAfterMs : undefined,
  ].filter((ms): ms is number => typeof ms === "number" && ms > nowMs);
  return moments.length > 0 ? Math.min(...moments) : null;
}

function announceStart(record: Maintenance, batch: Batch, nowMs: number): Maintenance {
  const startMs = nanosToMillis(batch.window.start);
  const soon = nowMs >= startMs - ANNOUNCE_MS && nowMs < startMs;
  const planned = startMs - record.requestedAtMs > ANNOUNCE_MS;
  const isTold = record.events.some(
    (event) => event.kind === "window_starts_soon" && (event.batch ?? batch.id) === batch.id,
  );
  if (!soon || !planned || isTold) return record;
  return withEvent(record, nowMs, { kind: "window_starts_soon", batch: batch.id, startMs });
}

import { isEmpty, isUnknown } from "../answers/verdicts.js";
import { downAsked, whyNotDown } from "../approval/down-rules.js";
import { isClear, obstaclesToKill } from "../approval/obstacles.js";
import {
  ask,
  askAgainBecauseWorse,
  conclude,
  grantedApproval,
  openApproval,
  seenNow,
  withdrawn,
} from "../approval/question.js";
import { frameworkNamesIn } from "../cluster/framework-names.js";
import { machineKey } from "../cluster/machine.js";
import { isOver } from "../cluster/schedule.js";
import type { Agent, World } from "../cluster/world.js";
import { indexWorld, namesIn } from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import { whyPaused } from "../pausing/table.js";
import { closedForDown } from "../policy/hours.js";
import { overBudget } from "../policy/over-budget.js";
import { isUnsettled, killsSent, toBePosted, withBatch } from "../record/batch.js";
import { noteOnce, withEvent } from "../record/log.js";
import type { Picture } from "../record/picture.js";
import type { Approval, BatchIn, Maintenance } from "../record/record.js";
import { inTrouble, troubleOf } from "../record/troubles.js";
import { isItsTurn, mayGoFromMs } from "../rolling/turn.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { aboutSpan, nanosToMillis } from "../time.js";
import { ANNOUNCE_MS } from "./draining.js";
import { removalAsked } from "./give-back.js";
import { tellOverdue } from "./overdue.js";
import { withPause } from "./pause.js";
import { questionWakes, remind } from "./remind.js";
import { removalsOf } from "./removal.js";
import { scheduled } from "./scheduled.js";
import { KILL_STUCK_AFTER_MS, type Moment, othersCounted, type Rule, type Step, soon } from "./step.js";

type Killing = BatchIn<"kill_draining">;

/**
 * Has the master kill what runs on the machines (DRAIN_AGENT, Mesos 1.9) before their window is posted, because a master
 * drains no agent of a machine that stands in its schedule. It cannot be undone, so it is asked for, compared with what was
 * approved and written down before the call, as Down is (invariants 5 and 7).
 */
export const killDraining: Rule<Killing> = (before, batch, picture, moment) => {
  const record = tellOverdue(before, batch, moment.nowMs);
  const now = record.batches.find(({ id }) => id === batch.id);
  const current = now?.phase === "kill_draining" ? now : batch;
  const approval = grantedApproval(current, "kill_drain");
  return approval === null
    ? asking(record, current, picture, moment)
    : killing(record, current, approval, picture, moment);
};

/** Asks for it once it is time, and waits for the answer. */
function asking(record: Maintenance, batch: Killing, picture: Picture, moment: Moment): Step {
  const { nowMs } = moment;
  const open = openApproval(batch);
  if (open !== null && nowMs >= open.expiresAtMs) {
    const expired = conclude(record, batch, { kind: "expired", atMs: nowMs });
    return { record: expired, effects: [], wakeAtMs: soon(moment) };
  }
  if (picture.machines.every(isEmpty)) {
    const unasked = withdrawn(batch, nowMs, { why: "empty", by: null });
    return posting(noteOnce(record, NOTHING_TO_KILL, nowMs), unasked, picture, moment);
  }
  if (open !== null) {
    const due = questionWakes(open).filter((ms) => ms > nowMs);
    return { record: remind(record, batch, nowMs), effects: [], wakeAtMs: Math.min(...due) };
  }
  const fromMs = timeToAsk(record, batch, moment);
  if (nowMs < fromMs) return { record, effects: [], wakeAtMs: fromMs };
  if (!isItsTurn(record, batch) || record.held !== null || record.trouble !== null)
    return { record, effects: [], wakeAtMs: null };
  return askNow(record, batch, picture, moment);
}

/** As for Down: a little before the window begins, and of several batches when the policy lets the next one go. */
function timeToAsk({ batches }: Maintenance, batch: Killing, { policy }: Moment): number {
  const startMs = nanosToMillis(batch.window.start);
  return Math.min(startMs - ANNOUNCE_MS, batches.length > 1 ? mayGoFromMs(batch, policy) : startMs);
}

function askNow(record: Maintenance, batch: Killing, picture: Picture, moment: Moment): Step {
  const { world, policy, nowMs } = moment;
  const quiet = { record, effects: [], wakeAtMs: null };
  if (isOver(batch.window, nowMs)) {
    return { ...quiet, record: inTrouble(record, troubleOf("window_over", { id: record.id }), nowMs) };
  }
  const found = obstaclesToKill(world, batch, picture);
  if (!isClear(found)) {
    const unable = quoted(list([...found.notOurs, ...found.unknown], "; "));
    return { ...quiet, record: inTrouble(record, troubleOf("kill_drain_waits", { unable }), nowMs) };
  }
  const closed = closedForDown(record, policy, nowMs);
  if (closed !== null) return { ...quiet, record: noteOnce(record, closed.why, nowMs) };
  const others = othersCounted(moment);
  if (others === null) return { record, effects: [{ kind: "look_up_others" }], wakeAtMs: soon(moment) };
  const over = overBudget({ record, batch, world, others, policy, nowMs });
  if (over !== null) return { ...quiet, record: inTrouble(record, troubleOf("over_budget", over), nowMs) };
  const seen = seenNow(world, batch, picture, "kill_drain");
  const isFirst = record.batches[0]?.id === batch.id;
  const stop = isFirst ? null : whyPaused({ record, batch, world, seen, policy, nowMs });
  if (stop !== null) return { ...quiet, record: withPause(record, batch, stop, moment) };
  const graceMs = record.wanted.kill?.graceMs ?? null;
  const how = { about: "kill_drain", by: null, forced: false, graceMs } as const;
  return { ...quiet, record: ask(record, batch, seen, how, policy, nowMs) };
}

const NOTHING_TO_KILL = "Nothing runs on the machines, so nothing is to be killed; their window is posted.";

/** Approved: out of our window, drained agent by agent, and then into the schedule. */
function killing(
  record: Maintenance,
  batch: Killing,
  approval: Approval,
  picture: Picture,
  moment: Moment,
): Step {
  const { world, policy, nowMs } = moment;
  const agents = agentsOn(world, batch);
  const sent = new Map(batch.drained.map((intent) => [intent.agentId, intent]));
  const unasked = agents.filter(({ id, drain }) => {
    const intent = sent.get(id);
    return drain === null && (intent === undefined || nowMs >= intent.sentAtMs + policy.settleMs);
  });
  const isDone = agents.every(({ drain }) => drain === "drained") && !picture.machines.some(isUnknown);
  // Where no agent is registered, what stands in the way is told as it is before any call.
  if (unasked.length > 0 || (agents.length === 0 && !isDone))
    return send(record, batch, approval, unasked, picture, moment);
  if (!isDone) return waiting(record, batch, approval, agents, moment);
  const tasks = killsSent(batch).reduce((sum, intent) => sum + intent.tasks, 0);
  const told = withEvent(record, nowMs, { kind: "kill_drained", batch: batch.id, tasks });
  return posting(told, batch, picture, moment);
}

/** Nothing runs there any more: the window is posted, and Down is asked for as always. */
function posting(record: Maintenance, batch: Killing, picture: Picture, moment: Moment): Step {
  const next = toBePosted(batch, moment.sight.kind === "windows", null);
  return scheduled(withBatch(record, next), next, picture, moment);
}

function send(
  record: Maintenance,
  batch: Killing,
  approval: Approval,
  agents: readonly Agent[],
  picture: Picture,
  moment: Moment,
): Step {
  const { world, policy, nowMs } = moment;
  const others = othersCounted(moment);
  if (others === null) return { record, effects: [{ kind: "look_up_others" }], wakeAtMs: soon(moment) };
  const asked = downAsked({ record, batch, approval, world, others, policy, nowMs }, picture);
  const blocked = whyNotDown(asked);
  if (blocked?.then === "waits") {
    const next = blocked.trouble === null ? record : inTrouble(record, blocked.trouble, nowMs);
    return { record: next, effects: [], wakeAtMs: blocked.untilMs };
  }
  if (blocked !== null) {
    const canAsk = isClear(asked.obstacles) && overBudget(asked) === null;
    const how = { changes: blocked.changes, by: null, canAsk };
    const next = askAgainBecauseWorse(record, batch, asked.seen, how, policy, nowMs);
    return { record: next, effects: [], wakeAtMs: null };
  }
  if (isUnsettled(record, world.observedAtMs))
    return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  const removals = removalsOf(world, batch);
  if (removals.length > 0) {
    const next = withBatch(record, removalAsked(batch, world.leaderId));
    return { record: noteOnce(next, TAKEN_OUT, nowMs), effects: removals, wakeAtMs: soon(moment) };
  }
  const { tasks } = indexWorld(world);
  const intents = agents.map(({ id }) => ({
    agentId: id,
    approvalId: approval.id,
    sentAtMs: nowMs,
    tasks: tasks.on(id).length,
  }));
  const again = new Set(agents.map(({ id }) => id));
  const drained = [...batch.drained.filter(({ agentId }) => !again.has(agentId)), ...intents];
  const next = withBatch(record, { ...batch, drained });
  const isFirst = killsSent(batch).length === 0;
  const lost = intents.reduce((sum, intent) => sum + intent.tasks, 0);
  const event = { kind: "kill_draining", batch: batch.id, agents: intents.length, tasks: lost } as const;
  return {
    record: isFirst ? withEvent(next, nowMs, event) : next,
    effects: agents.map(({ id }) => ({
      kind: "drain_agent",
      batch: batch.id,
      agentId: id,
      graceMs: approval.graceMs ?? null,
    })),
    wakeAtMs: soon(moment),
  };
}

const TAKEN_OUT =
  "The machines are taken out of our window, because a master kills nothing on machines that stand in its schedule. That post erases the answers of all frameworks; the window is posted again once nothing runs there.";

/** The master is at it. It has no end that one could count on, so what holds it is told. */
function waiting(
  record: Maintenance,
  batch: Killing,
  { graceMs = null }: Approval,
  agents: readonly Agent[],
  moment: Moment,
): Step {
  const { world, nowMs } = moment;
  const sinceMs = Math.max(...batch.drained.map(({ sentAtMs }) => sentAtMs));
  const stuckAtMs = sinceMs + (graceMs ?? 0) + KILL_STUCK_AFTER_MS;
  if (nowMs < stuckAtMs) return { record, effects: [], wakeAtMs: stuckAtMs };
  const holds = quoted(list(whatHolds(world, batch, agents), "; ", 8));
  const trouble = troubleOf("kill_drain_stuck", {
    id: record.id,
    span: aboutSpan(nowMs - sinceMs),
    holds,
  });
  return { record: inTrouble(record, trouble, nowMs), effects: [], wakeAtMs: null };
}

/** A clause for each agent that is not drained: what of which framework still runs there, and what that means. */
function whatHolds(world: World, batch: Killing, agents: readonly Agent[]): string[] {
  const { tasks, registered } = indexWorld(world);
  const nameOf = frameworkNamesIn(world);
  const names = namesIn(world, batch.machines);
  const away = batch.drained.filter(({ agentId }) => !registered.has(agentId)).length;
  const held = agents
    .filter(({ drain }) => drain !== "drained")
    .map(({ id, machine }) => {
      const left = tasks.on(id);
      if (left.length === 0) {
        return `${names.of(machine)}: no task is left there, so a framework has not acknowledged the end of one, or an operation is not over`;
      }
      const byFramework = [...groupBy(left, ({ frameworkId }) => frameworkId)].map(
        ([framework, those]) => `${nameOf(framework) ?? framework} ${those.length}`,
      );
      return `${names.of(machine)}: ${counted(left.length, "task")} (${list(byFramework)}) that their executors do not end`;
    });
  return away === 0 ? held : [...held, `${counted(away, "agent")} not registered now`];
}

function agentsOn(world: World, { machines }: Killing): Agent[] {
  const { agents } = indexWorld(world);
  return machines.flatMap((machine) => agents.get(machineKey(machine)) ?? []);
}

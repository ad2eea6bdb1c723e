import { recordBehaviour } from "../answers/habits.js";
import { movedBetween, newsBetween } from "../answers/news.js";
import { answersDiffer, answersEvent } from "../answers/summary.js";
import { isUnknown, lookAt, pictureOf } from "../answers/verdicts.js";
import { withNeighboursSeen } from "../blast/zones.js";
import { machineKey } from "../cluster/machine.js";
import { withKinds } from "../frameworks/recognise.js";
import { hasEnded, isBeforeApproval, isDraining, watchedMachines } from "../record/batch.js";
import { withAgentsSeen } from "../record/last-seen.js";
import { withEvent } from "../record/log.js";
import { namesOf, withSharedNames } from "../record/names.js";
import { type Picture, rowKey } from "../record/picture.js";
import type { Maintenance } from "../record/record.js";
import type { Millis } from "../time.js";
import { withRemovalSeen } from "./removal.js";
import type { Moment } from "./step.js";

/** Brings the picture up to date and tells what changed in it. */
export function observe(record: Maintenance, moment: Moment): Maintenance {
  const { world, nowMs } = moment;
  const batches = record.batches.map((batch) => withRemovalSeen(withAgentsSeen(batch, world), world));
  // Of several batches those that are over are in service again: what runs there is not on its way out.
  const open = batches.filter((batch) => !hasEnded(batch));
  const watched = (open.length > 0 ? open : batches).flatMap(watchedMachines);
  const picture = withSharedNames(lookAt(world, watched, record.picture), world, batches);
  const before = record.picture;
  const looked = tellGone({ ...record, batches, picture }, record, nowMs);
  const theirs = picture.verdicts.filter(({ tasks }) => tasks > 0).map(({ frameworkId }) => frameworkId);
  const known = withKinds(looked, world, theirs, moment.policy.frameworks);
  const next = withNeighbours(recordBehaviour(known, picture, world, nowMs), moment);
  // A window that leaves the schedule takes its answers along: after a cancel that is no news.
  if (before === null || record.cancel !== null) return next;
  // Of batches that go down, are down or are back what was answered is of the past.
  const draining = batches.filter(isDraining).flatMap(({ machines }) => machines);
  // An agent may go away long before the window of its batch is posted.
  const coming = batches.filter(isBeforeApproval).flatMap(({ machines }) => machines);
  const noticed = tellAgents(next, pictureOf(coming, before), pictureOf(coming, picture), nowMs);
  if (draining.length === 0) return noticed;
  const [was, is] = [pictureOf(draining, before), pictureOf(draining, picture)];
  const told = tellCleared(noticed, was, is, nowMs);
  const news = newsBetween(was, is, { before, after: picture });
  if (news === null && !answersDiffer(was, is)) return told;
  return withEvent(told, nowMs, answersEvent(is, news, movedBetween(was, is)));
}

/** Where zones count: those of machines of others are not shown any more once these are Down. */
function withNeighbours(record: Maintenance, { world, policy }: Moment): Maintenance {
  const counts = record.batches.length > 1 || policy.budgets.some(({ kind }) => kind === "zones");
  return counts ? withNeighboursSeen(record, world) : record;
}

/** Agents that somebody has marked gone since the last look. */
function tellGone(record: Maintenance, before: Maintenance, nowMs: Millis): Maintenance {
  const goneIn = ({ batches }: Maintenance) =>
    batches.flatMap((batch) => batch.agents.filter(({ gone }) => gone));
  const told = new Set(goneIn(before).map(({ id }) => id));
  const news = goneIn(record).filter(({ id }) => !told.has(id));
  if (news.length === 0) return record;
  const keys = new Set(news.map(({ machine }) => machine));
  const machines = record.batches.flatMap((batch) =>
    batch.machines.filter((one) => keys.has(machineKey(one))),
  );
  return withEvent(record, nowMs, {
    kind: "agents_gone",
    machines: machines.map(namesOf(record).of),
    agents: news.length,
    tasks: news.reduce((sum, { lastSeen }) => sum + (lastSeen?.tasks.length ?? 0), 0),
  });
}

/** Agents that are no longer in any list, and those that came back before Down (invariant 13). */
function tellAgents(record: Maintenance, before: Picture, picture: Picture, nowMs: Millis): Maintenance {
  const wasAway = new Set(before.machines.filter(({ away }) => away > 0).map(machineKey));
  const isAway = picture.machines.filter(({ away }) => away > 0);
  const gone = isAway.filter((view) => !wasAway.has(machineKey(view)));
  const back = picture.machines.filter((view) => wasAway.has(machineKey(view)) && !isUnknown(view));
  const names = namesOf(record);
  let next = record;
  if (gone.length > 0) {
    const tasks = gone.reduce((sum, view) => sum + view.tasks, 0);
    next = withEvent(next, nowMs, { kind: "agents_away", machines: gone.map(names.of), tasks });
  }
  const registered = back.filter(({ mode, agents }) => mode !== "down" && agents > 0);
  return registered.length === 0
    ? next
    : withEvent(next, nowMs, { kind: "agents_registered", machines: registered.map(names.of) });
}

/** Answers that the master has forgotten, by what made it forget them; what went with an agent is told with the agent. */
function tellCleared(record: Maintenance, before: Picture, picture: Picture, nowMs: Millis): Maintenance {
  const erasedBefore = new Set(before.verdicts.filter((row) => row.erased !== null).map(rowKey));
  const cleared = picture.verdicts.flatMap((row) =>
    row.erased === null || erasedBefore.has(rowKey(row)) ? [] : [row.erased.why],
  );
  return (["fail_over", "schedule_change", "unknown"] as const)
    .filter((why) => cleared.includes(why))
    .reduce((told, why) => withEvent(told, nowMs, { kind: "answers_cleared", why }), record);
}

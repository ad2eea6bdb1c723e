import { endMs } from "../../maintenance/cluster/schedule.js";
import { wantedBy } from "../../maintenance/decisions/table.js";
import { pauseRule } from "../../maintenance/pausing/table.js";
import {
  batchOf,
  isBeforeApproval,
  isWaitingForAgents,
  machineCount,
  placeOf,
} from "../../maintenance/record/batch.js";
import type { LogEvent } from "../../maintenance/record/events.js";
import { namesOf } from "../../maintenance/record/names.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { turnOf } from "../../maintenance/rolling/turn.js";
import { lossWords, wordsOf } from "../../maintenance/show/event-line.js";
import { named } from "../../maintenance/text/command.js";
import { counted } from "../../maintenance/text/list.js";
import { aboutSpan, formatSpan, millisToNanos } from "../../maintenance/time.js";
import { blastText } from "./blast.js";
import { message, type SlackMessage, section } from "./blocks.js";
import { code, free, lines, listed, type Mrkdwn, mrk, someone, user } from "./mrkdwn.js";
import { bar, frameworkLines, hosts, MACHINE_NAME, ofBatch, problem } from "./parts.js";
import { changes } from "./question/outcome.js";
import { approversCalled } from "./question/who.js";
import { runEndText } from "./run.js";
import { sentence } from "./sentence.js";
import { moment, windowOf } from "./when.js";

/**
 * The thread's message for one event, or `null` for those that have none: `requested` is the root message itself, and
 * the question of `approval_asked` and the run of `run_started` are messages of their own (`renderApproval`, `renderRun`).
 */
export function renderEvent(record: Maintenance, event: LogEvent): SlackMessage | null {
  const text = textOf(record, event);
  // A notification shows the message without its thread, so it says which maintenance this is.
  return text === null ? null : message([section(text)], mrk`${record.id} in ${record.cluster}: `);
}

function textOf(record: Maintenance, event: LogEvent): Mrkdwn | null {
  const ours = (text: string, max: number) => sentence(named(text, record.command), max);
  switch (event.kind) {
    case "requested":
    case "approval_asked":
    case "run_started":
      return null;
    case "adopted":
      return mrk`🧭 *Adopted:* ${counted(event.machines, "machine")} that nobody looked after, ${event.down ? "Down" : "draining"} ${batchWindow(record, event.batch)}. Nothing was posted.\n*Next:* ${event.down ? "press Up on the card when the work is done" : "it goes on as a drain of ours does: Down is asked for in this thread"}. Somebody else may be at work on them, and may change them at any time.`;
    case "scheduled":
      return mrk`🗓️ *Scheduled${ofBatch(record, event.batch)}:* ${counted(event.machines, "machine")}, ${batchWindow(record, event.batch)}. The frameworks are being asked to move away.`;
    case "answers_changed":
      return lines(
        mrk`📨 *${answersTitle(event)}*  ${event.tasksLeft} of ${event.tasksMost} tasks left  ${bar(event.tasksLeft, event.tasksMost)}`,
        ...newsLines(event),
        event.frameworks.length === 0 ? null : frameworkLines(event.frameworks, 2500, "\n"),
      );
    case "empty":
      return mrk`🍃 *Empty${ofBatch(record, event.batch)}:* no tasks are left on its machines.`;
    case "answers_cleared":
      return mrk`🔁 ${CLEARED[event.why]} Earlier answers are shown but not counted.`;
    case "agents_away":
      return mrk`📡 *Cannot be reached:* the master no longer shows the agent of ${hosts(event.machines, 1500)}. ${event.tasks === 0 ? mrk`No task was seen there last` : mrk`${counted(event.tasks, "task")} ${event.tasks === 1 ? "was" : "were"} last seen there`}. What runs there now is unknown; it may go on running, and Down does not stop it.\n*Next:* look at the machine and at its agent's log; once the agent registers again it goes on by itself.`;
    case "agents_gone":
      return mrk`🪦 *Marked gone:* somebody, not the bot, told the master that ${counted(event.agents, "agent")} of ${hosts(event.machines, 1500)} is gone (MARK_AGENT_GONE). ${event.tasks === 0 ? mrk`No task was seen there last` : mrk`${counted(event.tasks, "task")} ended there`}, so Down loses nothing of it. A gone agent's id cannot register again: it comes back as a new agent, and is not waited for after Up.`;
    case "agents_registered":
      return mrk`📡 *Registered again:* the agent of ${hosts(event.machines, 1500)}. What runs there is known again.`;
    case "window_starts_soon":
      return mrk`⏰ *The window${event.batch === undefined ? "" : ofBatch(record, event.batch)} starts* ${moment(event.startMs)}.`;
    case "approved":
      return mrk`✅ ${user(event.by)} *approved ${wordsOf(record, event).name}*${ofBatch(record, event.batch)}.`;
    case "denied": {
      const { name, notDone, stays } = wordsOf(record, event);
      return mrk`🚫 ${user(event.by)} *denied ${name}*${ofBatch(record, event.batch)}${event.reason === null ? "" : mrk`: ${free(event.reason)}`}. ${notDone}. ${stays}`;
    }
    case "approval_expired": {
      const { name, notDone, stays } = wordsOf(record, event);
      return mrk`⌛ ${calledAbout(record, event)}: *nobody approved ${name} in time*${ofBatch(record, event.batch)}. ${notDone}. ${stays}`;
    }
    case "approval_outdated": {
      const { notDone, askedAnew } = wordsOf(record, event);
      return mrk`♻️ ${event.by === null ? "The approval" : mrk`The approval by ${user(event.by)}`} *was not carried out*: it got worse since the question.\n${changes(event.changes)}\n${notDone}. The question is asked again with what is there now${askedAnew}.`;
    }
    case "kill_draining":
      return mrk`🔪 *Killing${ofBatch(record, event.batch)}:* the master is asked to end ${counted(event.tasks, "task")} on ${counted(event.agents, "agent")} (DRAIN_AGENT). It cannot be taken back. The window is posted, and Down asked for, once nothing runs there.`;
    case "kill_drained":
      return mrk`🍂 *Drained${ofBatch(record, event.batch)}:* ${event.tasks === 1 ? "the task that was to end has ended" : mrk`of ${counted(event.tasks, "task")} none is left`}.`;
    case "unwatched":
      return mrk`🕰️ *Nobody had looked after this* since ${moment(event.sinceMs)}: the bot was off, or its queue came back as it was then. What stands here may be of the past: a question that was denied, a maintenance that has ended. The card shows what the master says now. Machines are given back as before, and nothing more is taken out of service.\n*Next:* look at the card and at the newest messages; then press Go on, or Cancel.`;
    case "watched_again":
      return mrk`▶️ ${user(event.by)} *goes on* from what the master shows now.`;
    case "paused":
      return mrk`⏸️ *Paused before ${placeOf(record, event.batch)}:* ${free(event.saw, 600)}.\n*Next:* ${pauseRule(event.rule)?.next ?? DECIDE}`;
    case "went_on":
      return event.by === null
        ? mrk`▶️ *Going on* with ${placeOf(record, event.batch)}: what stopped it is over.`
        : mrk`▶️ ${user(event.by)} *goes on* with ${placeOf(record, event.batch)} in spite of it.`;
    case "skipped":
      return mrk`⏭️ ${user(event.by)} *skips ${placeOf(record, event.batch)}*. Its machines are given back without having been down.`;
    case "left_behind":
      return mrk`🚶 ${user(event.by)} *leaves behind* ${hosts(event.machines, 1500)}: the next batch goes on. ${code(event.into)} waits for the agents there, with a card of its own.`;
    case "split_off":
      return mrk`🚶 ${user(event.by)} *left behind* ${hosts(event.machines, 1500)}: ${code(event.from)} goes on without. The agents there are waited for here.`;
    case "within_limits":
      return mrk`✅ *Inside of the limits*${ofBatch(record, event.batch)} that ${user(event.by)} approved: it goes down without another question.`;
    case "move_step":
      return mrk`🚚 *Moving* ${code(event.app, 120)}${ofBatch(record, event.batch)}: task ${event.number} of ${event.of} is killed on ${code(event.host, MACHINE_NAME)}, and Marathon starts another. ${event.healthy} were healthy before, ${event.minimum} have to be.${event.isAnswered ? "" : mrk` *No answer came.*${event.why === undefined ? "" : mrk` ${free(event.why, 400)}`} Whether it was done, the next look at Marathon shows.`}`;
    case "move_stopped":
      return mrk`✋ *Nothing more is moved* of ${code(event.app, 120)}${ofBatch(record, event.batch)}: ${free(event.why, 600)}`;
    case "move_ended":
      return mrk`🚚 *Moving tasks is over*${ofBatch(record, event.batch)}: ${event.moved} of ${event.of} are gone. ${free(event.why, 600)}`;
    case "taking_down":
      return mrk`⏬ *Taking down*${ofBatch(record, event.batch)} …`;
    case "down":
      return mrk`🔻 *Down${ofBatch(record, event.batch)}:* ${counted(event.machines, "machine")}, ${lossWords(event)}. ${afterDown(record, event)}.`;
    case "bringing_up":
      return event.by === null
        ? mrk`⏫ *Bringing up*${ofBatch(record, event.batch)} …`
        : mrk`⏫ ${user(event.by)} *asked for Up*${ofBatch(record, event.batch)} …`;
    case "up":
      return mrk`🟢 *Up${ofBatch(record, event.batch)}:* the master lets the agents of ${counted(event.machines, "machine")} register again. Mesos does not start them: that is for systemd or a person.`;
    case "run_asked":
      return mrk`🔁 ${user(event.by)} *asked for a run* of ${code(event.runbook)}${ofBatch(record, event.batch)} (${code(event.run)}).`;
    case "run_stop_asked":
      return mrk`🛑 ${user(event.by)} *stops the runbook* ${code(event.runbook)}${ofBatch(record, event.batch)}. The machines stay Down.`;
    case "run_ended":
      return runEndText(record, event);
    case "left_down":
      return mrk`🔻 ${user(event.by)} *leaves the machines Down*${ofBatch(record, event.batch)}. Nothing more is asked; press Up on the card when they are ready.`;
    case "agents_returned":
      return mrk`👋 *Back:* ${hosts(event.machines, 1500)} registered again${backText(event)}${nextBatch(record, event)}${(event.changes ?? []).length === 0 ? "" : mrk`\n⚠️ *Not as before:*\n${changes(event.changes ?? [])}`}`;
    case "agents_missing":
      return mrk`⚠️ *Not back:* the agents of ${hosts(event.machines, 1500)} have not registered again.${(event.why ?? []).length === 0 ? "" : mrk`\n${changes(event.why ?? [])}`}\nMesos ends the agent on Down and starts it for nobody. One whose attributes or resources were changed does not start until ${code("meta/slaves/latest")} is removed from its work directory, and has a new id then.\n*Next:* start the agent on those machines and look at its log${isWaitingForAgents(record) ? ", or press Stop waiting on the card" : ""}.`;
    case "cancel_asked":
      return mrk`↩️ ${user(event.by)} *cancelled*${event.by === record.requester ? "" : mrk` what ${user(record.requester)} asked for`}. ${record.batches.some(({ phase }) => phase === "down") ? mrk`What is not Down is being given back. What is Down stays so until Up: press it on the card or type ${code(`${record.command} up ${record.id}`)}` : "The machines are being given back"}.`;
    case "cancelled":
      return cancelledText(event);
    case "overdue":
      return mrk`⏱️ *Overdue${ofBatch(record, event.batch)}:* the window ended ${moment(event.endMs)} and ${OVERDUE[isDraining(record, event.batch) ? "draining" : "down"]}`;
    case "voted":
      return mrk`🗳️ ${user(event.by)} *approved ${wordsOf(record, event).name}*${ofBatch(record, event.batch)}: ${event.votes} of ${event.needed}.`;
    case "approval_reminder": {
      const { whether, name } = wordsOf(record, event);
      return mrk`⏳ ${calledAbout(record, event)}: *nobody has answered yet* whether ${whether}${ofBatch(record, event.batch)}. The question expires ${moment(event.expiresAtMs)}; without an approval nothing is ${name === "Down" ? "taken down" : "killed"}.\n*Next:* answer it, or ask somebody who may approve to; it stands above in this thread.`;
    }
    case "refused":
      return mrk`🚫 ${user(event.by)} wanted to ${free(wantedBy(event.decision), 60)} and may not. They were told: ${ours(event.why, 600)}`;
    case "held":
      return mrk`⏸️ ${user(event.by)} *holds*${event.as === "owner" ? mrk` as an owner` : ""}${event.reason === null ? "" : mrk`: ${free(event.reason)}`}. ${record.batches.length > 1 ? "No batch" : "Nothing"} goes on until somebody presses Release${record.batches.some(({ phase }) => phase !== "scheduled") ? "; the window stays in the schedule" : ""}.`;
    case "released":
      return mrk`▶️ ${user(event.by)} *released a hold*. ${record.held === null ? "It goes on from where it was." : "Others still hold it."}`;
    case "extended":
      return mrk`➕ ${user(event.by)} *extended* the window${ofBatch(record, event.batch)} by ${formatSpan(event.byMs)}${event.endMs === null ? "" : mrk`, until ${moment(event.endMs)}`}. ${record.batches.length > 1 ? "The windows of the batches after it move along where they would overlap; those of other people stay." : "Other windows stay."}${isDraining(record, event.batch) ? mrk` The changed schedule makes the master forget all answers, so the frameworks are asked again.` : ""}`;
    case "windows_moved":
      return mrk`⏩ *Running late:* ${event.batches.length === 1 ? "the window of the next batch is" : mrk`the windows of the next ${event.batches.length} batches are`} moved by ${aboutSpan(event.byMs)}, because the batches before take longer than planned.${event.posted ? mrk` The changed schedule makes the master forget all answers, so the frameworks are asked again.` : ""}`;
    case "deadline":
      return mrk`⏰ *The deadline has passed* with ${counted(event.tasksLeft, "task")} left. ${DEADLINE[event.then]}`;
    case "overridden":
      return mrk`⚠️ ${user(event.by)} *overrides the rule* ${code(event.rule)}: ${free(event.reason)}. Everything else still holds.`;
    case "owners_told":
      return mrk`📣 *What is yours runs on these machines:* ${listed(
        event.owners.map((one) => mrk`${someone(one.owner)} (${free(one.of.join(", "), 200)})`),
        2000,
      )}.\n*Next:* press Ready on the card when it may go, or Hold to stop it.`;
    case "owner_ready":
      return mrk`👍 ${user(event.by)} is *ready* (${free(event.of.join(", "), 300)}).`;
    case "blast_radius":
      return record.blast === null
        ? null
        : blastText(record.blast, machineCount(record), namesOf(record), record.batches.length);
    case "foreign_change":
      return mrk`👀 *Somebody else changed our machines at the master:* ${ours(event.text, 1500)}`;
    case "trouble":
      return mrk`⚠️ ${problem(event, record.command)}`;
    case "trouble_over":
      return mrk`🟢 *Going on again* after ${aboutSpan(event.atMs - event.sinceMs)}.`;
    case "note":
      return mrk`ℹ️ ${ours(event.text, 1500)}`;
    case "failed":
      return mrk`❌ *Failed:* ${ours(event.why, 1000)}\n*Next:* ${ours(event.next, 1000)}`;
  }
}

/** What follows Down: the runbook, unless the window had ended by then, or a person's Up. */
function afterDown(record: Maintenance, { batch: id, atMs }: Extract<LogEvent, { kind: "down" }>): Mrkdwn {
  const { wanted, command } = record;
  const batch = batchOf(record, id);
  const endsMs = batch === null ? null : endMs(batch.window);
  return wanted.run !== undefined && (endsMs === null || atMs < endsMs)
    ? mrk`The runbook ${code(wanted.run)} is next`
    : mrk`When the work is done press Up on the card or type ${code(`${command} up ${record.id}`)}`;
}

function backText({ missing, agents }: Extract<LogEvent, { kind: "agents_returned" }>): Mrkdwn {
  if (missing === 0) return mrk`. All are back.`;
  return agents === undefined
    ? mrk`; ${missing} still missing.`
    : mrk`; ${agents - missing} of ${counted(agents, "agent")} back.`;
}

/** How a drain in batches goes on once one is back. */
function nextBatch(record: Maintenance, { missing }: Extract<LogEvent, { kind: "agents_returned" }>): Mrkdwn {
  const turn = turnOf(record);
  if (missing > 0 || turn === null || record.batches.length < 2 || !isBeforeApproval(turn)) return mrk``;
  const place = placeOf(record, turn.id);
  return mrk`\n*Next:* ${place}, whose window is ${windowOf(turn.window)}. To take it down before that, press Ask for Down on the card.`;
}

const QUARTERS = ["", "A quarter of", "Half of", "Three quarters of"] as const;

function answersTitle({ news }: Extract<LogEvent, { kind: "answers_changed" }>): string {
  const quarter = QUARTERS[news?.quarter ?? 0];
  return quarter ? `${quarter} the tasks are gone` : "Answers";
}

/** What may change a decision. */
function newsLines({ news }: Extract<LogEvent, { kind: "answers_changed" }>): (Mrkdwn | null)[] {
  if (news === undefined) return [];
  const named = (texts: readonly string[]) =>
    listed(
      texts.map((text) => free(text, 250)),
      900,
    );
  return [
    news.refused.length === 0 ? null : mrk`✋ *Refuses to leave:* ${named(news.refused)}`,
    news.withdrawn.length === 0 ? null : mrk`↪️ *Took the promise back:* ${named(news.withdrawn)}`,
  ];
}

/** Those whom a question waits for, and the requester: each is mentioned. */
function calledAbout(
  record: Maintenance,
  { batch, approval }: { readonly batch: string; readonly approval: string },
): Mrkdwn {
  const question = batchOf(record, batch)?.approvals.find(({ id }) => id === approval);
  const approvers = question === undefined ? null : approversCalled(question);
  const requester = user(record.requester);
  return approvers === null ? requester : mrk`${approvers}, ${requester}`;
}

/** Why the master no longer has answers. */
const CLEARED = {
  fail_over: mrk`*The leading master changed* and forgot all answers. The frameworks are asked again once they and the agents are back.`,
  schedule_change: mrk`*The schedule changed*, so the master forgot all answers. The frameworks are being asked again.`,
  unknown: mrk`*The master forgot answers*, though neither leader nor schedule changed: the same list may have been posted again. The frameworks are being asked again.`,
};

/** What to do about a pause whose rule says nothing else. */
const DECIDE =
  "look at it, then press Go on, Skip batch or Cancel on the card. Nothing goes down until then.";

/** What happens when the machines are not empty by the deadline. */
const DEADLINE = {
  release: "The machines are given back.",
  ask: "The approval is asked for.",
  force: "The approval is asked for, to go on although tasks are left.",
} as const;

/** What is overdue, and the buttons that help: machines that are Down cannot be cancelled. */
const OVERDUE = {
  draining: mrk`its machines still drain. Mesos changes nothing by itself.\n*Next:* press Extend to go on, or Cancel to give them back; both are on the card.`,
  down: mrk`its machines are still out of service. Mesos changes nothing by itself.\n*Next:* press Up on the card when the work is done, or Extend when it takes longer.`,
};

/** Whether the batch has its Down still before it; by now, should the message be late. */
function isDraining(record: Maintenance, id: string): boolean {
  const batch = batchOf(record, id);
  return batch !== null && (batch.phase === "kill_draining" || isBeforeApproval(batch));
}

function batchWindow(record: Maintenance, id: string): Mrkdwn {
  const batch = batchOf(record, id);
  if (batch !== null) return windowOf(batch.window);
  const startMs = record.wanted.startMs ?? record.requestedAtMs;
  return windowOf({ start: millisToNanos(startMs), duration: millisToNanos(record.wanted.durationMs) });
}

function cancelledText({ unseen, stillDrained }: Extract<LogEvent, { kind: "cancelled" }>): Mrkdwn {
  const drained =
    stillDrained === undefined
      ? ""
      : mrk`\n*Still drained:* the agents of ${hosts(stillDrained, 1500)} take no tasks, as far as is known, until somebody reactivates them (${code("REACTIVATE_AGENT")}).`;
  if (unseen)
    return mrk`↩️ *Closed here:* the master does not show whether our window is gone, so the machines may still be draining. If others had windows that the bot could not see, its post may have replaced them.\n*Next:* look at the schedule with an account that sees it, and put right what is wrong there.${drained}`;
  return stillDrained === undefined
    ? mrk`↩️ *Cancelled:* the machines are back in service; windows of other people are untouched.`
    : mrk`↩️ *Closed here:* the machines are out of our window; windows of other people are untouched.${drained}`;
}

import type { types } from "@slack/bolt";
import { hasEnded } from "../maintenance/log.js";
import type { Batch, Maintenance, Phase } from "../maintenance/record.js";
import { summarise, tasksLeft } from "../maintenance/summary.js";
import { formatSpan, type Millis, nanosToMillis } from "../maintenance/time.js";
import {
  actions,
  type Block,
  button,
  type Confirm,
  context,
  fields,
  header,
  message,
  type SlackMessage,
  section,
} from "./blocks.js";
import { free, join, listed, Mrkdwn, mrk, oneLine, user } from "./mrkdwn.js";
import { bar, count, frameworkLines, hosts, problem } from "./parts.js";
import { moment, windowOf } from "./when.js";

/** An observation older than this is shown with its time: the reader should not take it for the present. */
const STALE_MS = 5 * 60_000;

/** Phases in which machines can be given back without having been down. */
const CANCELLABLE: readonly Phase[] = ["scheduled", "draining", "awaiting_approval"];

/** The trouble that only a person can end: somebody else changed our window, and it may be posted again. */
const WINDOW_CHANGED = "window_changed";

/**
 * The root message of a maintenance, from its record alone: edited in place for as long as it is open. `now` only
 * decides whether something is shown as old or past, so an unchanged record renders unchanged for minutes.
 */
export function renderCard(record: Maintenance, now: Millis): SlackMessage {
  const title = `🛠 ${record.id} · Drain ${subject(record)} in ${record.cluster}`;
  const blocks: Block[] = [
    header(`${title} · ${stateOf(record)}`),
    context(join([user(record.requester), ...because(record)], " · ")),
    fields([mrk`*Window*\n${windowText(record, now)}`, mrk`*Tasks*\n${tasksText(record, now)}`]),
    ...frameworksBlock(record),
    ...batchesBlock(record),
    ...troubleBlock(record),
    ...endBlock(record),
    ...actions(buttons(record)),
  ];
  return message(mrk`${title}: ${stateOf(record)}`, blocks);
}

function subject(record: Maintenance): string {
  const machines = record.batches.reduce((sum, batch) => sum + batch.machines.length, 0);
  return machines === 0 ? oneLine(record.hosts).slice(0, 60) : count(machines, "machine");
}

function because(record: Maintenance): Mrkdwn[] {
  return [
    ...(record.reason === null ? [] : [free(record.reason)]),
    ...(record.ticket === null ? [] : [free(record.ticket, 100)]),
    mrk`asked ${moment(record.requestedAtMs)}`,
  ];
}

/** One word or two for the whole maintenance: its end, what was asked of it, or the batch that is on its way. */
function stateOf(record: Maintenance): string {
  if (record.end !== null) return record.end.phase;
  if (record.cancel !== null) return "cancelling";
  const current = currentBatch(record);
  if (current === undefined) return "looking up machines";
  if (isWaitingForAgents(record)) return "up, waiting for agents";
  return record.held === null ? phaseText(current) : `${phaseText(current)} (held)`;
}

function phaseText(batch: Batch): string {
  return batch.phase.replaceAll("_", " ");
}

/** The first batch that has not ended, else the last one. */
function currentBatch(record: Maintenance): Batch | undefined {
  return record.batches.find((batch) => !hasEnded(batch)) ?? record.batches.at(-1);
}

/** Everything at the master is done, and agents have yet to register again. */
function isWaitingForAgents(record: Maintenance): boolean {
  return record.end === null && record.batches.length > 0 && record.batches.every(hasEnded);
}

function windowText(record: Maintenance, now: Millis): Mrkdwn {
  const current = currentBatch(record);
  if (current === undefined) {
    const { startMs, durationMs } = record.wanted;
    const start = startMs === null ? "as soon as it is posted" : moment(startMs);
    return mrk`${start} (${formatSpan(durationMs)})`;
  }
  const { start, duration } = current.window;
  const past = duration !== null && nanosToMillis(start + duration) < now && !hasEnded(current);
  return mrk`${windowOf(current.window)}${past ? mrk` · *passed*` : ""}`;
}

function tasksText(record: Maintenance, now: Millis): Mrkdwn {
  const picture = record.picture;
  if (picture === null) return mrk`not looked at yet`;
  const left = tasksLeft(picture);
  const recovering = picture.machines.filter((machine) => machine.recovering > 0).length;
  return join(
    [
      picture.tasksMost === 0
        ? mrk`none`
        : mrk`${left} of ${picture.tasksMost} left  ${bar(left, picture.tasksMost)}`,
      recovering === 0
        ? null
        : mrk`the agents of ${count(recovering, "machine")} are not back after a fail-over: their tasks cannot be seen`,
      now - picture.atMs > STALE_MS && record.end === null ? mrk`seen ${moment(picture.atMs)}` : null,
    ],
    "\n",
  );
}

function frameworksBlock(record: Maintenance): Block[] {
  if (record.picture === null || record.picture.verdicts.length === 0) return [];
  const erased = record.picture.verdicts.filter(
    (row) => row.erased !== null && row.verdict !== "empty",
  ).length;
  const lines = [mrk`*Frameworks*  ${frameworkLines(summarise(record.picture), 2200, " · ")}`];
  if (erased > 0) {
    lines.push(
      mrk`_${count(erased, "answer")} from before the master forgot them: asked again, not counted_`,
    );
  }
  return [section(join(lines, "\n"))];
}

function batchesBlock(record: Maintenance): Block[] {
  const total = record.batches.length;
  if (total === 0) return [section(mrk`*Hosts*  ${hosts([record.hosts], 300)}`)];
  const lines = record.batches.map((batch, index) => {
    const names = hosts(
      batch.machines.map((machine) => machine.hostname),
      total === 1 ? 1200 : 300,
    );
    return mrk`*Batch ${index + 1} of ${total}*  ${phaseText(batch)} · ${names}`;
  });
  return [section(listed(lines, 2400, "\n"))];
}

function troubleBlock(record: Maintenance): Block[] {
  if (record.trouble === null || record.end !== null) return [];
  return [section(mrk`⚠️ *Waiting* since ${moment(record.trouble.sinceMs)}: ${problem(record.trouble)}`)];
}

function endBlock(record: Maintenance): Block[] {
  if (record.end !== null) {
    const { phase, atMs, why } = record.end;
    const what = { up: "✅ *Back in service*", cancelled: "↩️ *Cancelled*", failed: "❌ *Failed*" }[phase];
    return [
      section(mrk`${new Mrkdwn(what)} ${moment(atMs)}${why === null ? "" : mrk` · ${free(why, 600)}`}`),
    ];
  }
  if (record.cancel === null) return [];
  return [
    section(
      mrk`↩️ ${user(record.cancel.by)} cancelled ${moment(record.cancel.atMs)}; the machines are being given back.`,
    ),
  ];
}

/** What a person can do now, from the phases of the batches. Ended or cancelled maintenances have no buttons. */
function buttons(record: Maintenance): types.Button[] {
  if (record.end !== null || record.cancel !== null) return [];
  const value = { v: 1 as const, id: record.id, rev: record.seq };
  const draining = record.batches.find((batch) => batch.phase === "draining");
  const out: types.Button[] = [];
  if (record.trouble?.code === WINDOW_CHANGED) {
    out.push(button("Post the window again", { ...value, decision: { kind: "retry" } }));
  }
  if (draining !== undefined) {
    out.push(
      button(
        "Ask for Down",
        { ...value, decision: { kind: "ask_down", batch: draining.id } },
        { style: "primary" },
      ),
    );
  }
  if (record.batches.some((batch) => batch.phase === "down")) {
    out.push(button("Up", { ...value, decision: { kind: "up" } }, { style: "primary" }));
  }
  if (isWaitingForAgents(record)) {
    out.push(button("Stop waiting", { ...value, decision: { kind: "cancel" } }, { confirm: STOP_WAITING }));
  } else if (canCancel(record)) {
    out.push(button("Cancel", { ...value, decision: { kind: "cancel" } }, { confirm: CANCEL }));
  }
  return out;
}

const CANCEL: Confirm = {
  title: "Cancel this maintenance?",
  text: "Its machines are given back: their windows leave the schedule. Windows of other people stay.",
  confirm: "Cancel it",
  deny: "Keep it",
};

const STOP_WAITING: Confirm = {
  title: "Close this maintenance?",
  text: "The machines are up. Agents that have not registered again are no longer waited for.",
  confirm: "Close it",
  deny: "Keep waiting",
};

/** Until the first machine goes down; from then on the way back is Up. */
function canCancel(record: Maintenance): boolean {
  return record.batches.every((batch) => CANCELLABLE.includes(batch.phase));
}

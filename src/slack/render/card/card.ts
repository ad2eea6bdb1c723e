import { summarise } from "../../../maintenance/answers/summary.js";
import { endMs } from "../../../maintenance/cluster/schedule.js";
import { groupBy } from "../../../maintenance/group-by.js";
import { notBack } from "../../../maintenance/pausing/not-back.js";
import {
  announcedAtMs,
  currentBatch,
  hasEnded,
  isWaitingForAgents,
  machineCount,
  standOf,
  unseenWindow,
  wentDownBefore,
  windowNotSeen,
} from "../../../maintenance/record/batch.js";
import { holdsOf } from "../../../maintenance/record/holds.js";
import { movedOf } from "../../../maintenance/record/move.js";
import { namesOf } from "../../../maintenance/record/names.js";
import type { Batch, Maintenance, Phase } from "../../../maintenance/record/record.js";
import { progressOf } from "../../../maintenance/rolling/progress.js";
import { isOver } from "../../../maintenance/rolling/turn.js";
import { named } from "../../../maintenance/text/command.js";
import { counted } from "../../../maintenance/text/list.js";
import { aboutSpan, formatSpan, type Millis } from "../../../maintenance/time.js";
import { actions, context, each, fields, header, message, type SlackMessage, section } from "../blocks.js";
import { code, free, join, lines, link, listed, Mrkdwn, mrk, oneLine, someone, user } from "../mrkdwn.js";
import { frameworkLines, hosts, ofBatch, problem } from "../parts.js";
import { sentence } from "../sentence.js";
import { moment, windowOf } from "../when.js";
import { cardButtons } from "./buttons.js";
import { deadlineText } from "./deadline.js";
import { erasedLines } from "./erased.js";
import { isEmptying, tasksText } from "./tasks.js";
import { waitingText } from "./waiting.js";

/**
 * The root message of a maintenance, from its record alone: edited in place for as long as it is open. `now` only
 * decides whether something is shown as old or past, so an unchanged record renders unchanged for minutes.
 */
export function renderCard(record: Maintenance, now: Millis, around: CardSurroundings = {}): SlackMessage {
  const { habits = new Map(), links = {}, questions = {}, tickets = null } = around;
  const title = `🛠 ${record.id} · ${subject(record)} in ${record.cluster}`;
  return message([
    header(`${title} · ${stateOf(record)}`),
    context(join([user(record.requester), ...because(record, links, tickets)], " · ")),
    fields([
      mrk`*Window*${ofCurrent(record)}\n${windowText(record, now)}`,
      mrk`*Tasks*\n${tasksText(record, now)}`,
    ]),
    ...each(context, deadlineText(record, now)),
    ...each(
      section,
      waitingText(record, now, questions),
      frameworksText(record, habits),
      progressText(record, now),
      batchesText(record),
      runText(record),
      moveText(record),
      leftBehindText(record, links),
    ),
    ...each(context, ownersText(record)),
    ...each(
      section,
      unwatchedText(record),
      pausedText(record),
      ...heldTexts(record),
      troubleText(record),
      endText(record),
    ),
    ...actions(cardButtons(record)),
  ]);
}

/** What a card shows beside its record; what is not known is left out. */
export interface CardSurroundings {
  /** A line per framework name on what it did in earlier maintenances and what is known of its kind (`explanationsOf`). */
  readonly habits?: ReadonlyMap<string, string>;
  /** Where the cards of the maintenances that it is linked with stand, by id. */
  readonly links?: Links;
  /** Where its questions stand, by approval id; empty where Slack tells no address. */
  readonly questions?: Links;
  /** Address of a ticket, with `{id}` in place of its id. */
  readonly tickets?: string | null;
}

type Links = Readonly<Record<string, string>>;

export function subject(record: Maintenance): string {
  const machines = counted(machineCount(record), "machine");
  if (record.leftBehindBy !== undefined) return `${machines} left behind by ${record.leftBehindBy}`;
  const what = record.wanted.adopt === undefined ? "Drain" : "Adopted:";
  return `${what} ${record.batches.length === 0 ? oneLine(record.hosts).slice(0, 60) : machines}`;
}

function because(record: Maintenance, links: Links, tickets: string | null): Mrkdwn[] {
  const { leftBehindBy } = record;
  const since = moment(record.requestedAtMs);
  return [
    ...(record.reason === null ? [] : [free(record.reason)]),
    ...(record.ticket === null ? [] : [ticketText(record.ticket, tickets)]),
    leftBehindBy === undefined
      ? mrk`asked ${since}`
      : mrk`left behind by ${link(links[leftBehindBy], leftBehindBy)} ${since}`,
  ];
}

function ticketText(ticket: string, tickets: string | null): Mrkdwn {
  const id = encodeURIComponent(ticket);
  return tickets === null ? free(ticket, 100) : link(tickets.replaceAll("{id}", id), ticket);
}

/** One word or two for the whole maintenance: its end, what was asked of it, or the batch that is on its way. */
export function stateOf(record: Maintenance): string {
  if (record.end !== null) return standOf(record);
  if (record.cancel !== null) return "cancelling";
  if (record.batches.length === 0) return "looking up machines";
  if (isWaitingForAgents(record)) return "up, waiting for agents";
  const stand = standOf(record);
  if (record.held !== null) return `${stand} (held)`;
  return record.paused === null ? stand : `${stand} (paused)`;
}

function phaseText(record: Maintenance, batch: Batch): string {
  return unseenWindow(record, batch) ?? batch.phase.replaceAll("_", " ");
}

/** Which batch's window it is, where there are several. */
function ofCurrent(record: Maintenance): Mrkdwn {
  const current = currentBatch(record);
  return current === undefined ? mrk`` : ofBatch(record, current.id);
}

export function windowText(record: Maintenance, now: Millis): Mrkdwn {
  const current = currentBatch(record);
  if (current === undefined) {
    if (record.end !== null) return mrk`none was posted`;
    const { startMs, durationMs, adopt } = record.wanted;
    if (adopt !== undefined) return mrk`the one that stands`;
    const start = startMs === null ? "as soon as it is posted" : moment(startMs);
    return mrk`${start} (${formatSpan(durationMs)})`;
  }
  const end = endMs(current.window);
  const past = end !== null && end < now && !hasEnded(current);
  const unseen = windowNotSeen(record, current);
  const postedMs = announcedAtMs(record, current);
  const isComing =
    record.wanted.up === "auto" &&
    record.wanted.run === undefined &&
    end !== null &&
    !hasEnded(current) &&
    (current.phase === "down" ? wentDownBefore(record, current, end) : !past);
  return mrk`${windowOf(current.window)}${past ? mrk` · *passed*` : ""}${unseen === null ? "" : mrk` · _${postedMs === null ? unseen : mrk`announced ${moment(postedMs)}`}_`}${isComing ? mrk`\nUp by itself at its end` : ""}`;
}

function frameworksText(record: Maintenance, habits: ReadonlyMap<string, string>): Mrkdwn | null {
  if (record.picture === null || record.picture.verdicts.length === 0 || !isEmptying(record)) return null;
  // Nobody is asked to leave machines that stand in no window.
  if (currentBatch(record)?.phase === "kill_draining") return null;
  const summaries = summarise(record.picture);
  // With habits the lines are sentences: one below the other, where otherwise one line holds them all.
  const known = summaries.some((summary) => habits.has(summary.name));
  const answers = known
    ? mrk`*Frameworks*\n${frameworkLines(summaries, 1700, "\n", habits)}`
    : mrk`*Frameworks*  ${frameworkLines(summaries, 1700, " · ")}`;
  const erased = erasedLines(record.picture.verdicts, namesOf(record), 900);
  return lines(answers, erased);
}

/** How far several batches have come. */
function progressText(record: Maintenance, now: Millis): Mrkdwn | null {
  const progress = record.end === null ? progressOf(record) : null;
  if (progress === null) return null;
  const { batchesOver, batches, machinesOver, machines, leftMs, lastStartMs } = progress;
  const percent = Math.floor((machinesOver * 100) / machines);
  const speed = leftMs === null ? "" : mrk` · about ${aboutSpan(leftMs)} left at this speed`;
  const left = lastStartMs > now ? mrk` · the last window begins ${moment(lastStartMs)}` : speed;
  return mrk`*Progress*  ${batchesOver} of ${batches} batches · ${machinesOver} of ${machines} machines (${percent} %)${left}`;
}

/** As many batches as find room on the card; of more, those that are over come in one line. */
const MOST_BATCHES = 6;

/** A line for each batch, those before the one whose turn it is as one where there are many: it has to be in sight. */
function batchesText(record: Maintenance): Mrkdwn {
  const total = record.batches.length;
  if (total === 0) return mrk`*Hosts*  ${hosts([record.hosts], 300)}`;
  const turn = record.batches.findIndex((batch) => !isOver(batch));
  const first =
    total <= MOST_BATCHES ? 0 : Math.min(Math.max(turn < 0 ? total : turn - 1, 0), total - MOST_BATCHES);
  const shown = record.batches.slice(first, first + MOST_BATCHES);
  const later = total - first - shown.length;
  const texts = shown.map((batch, at) => {
    const index = first + at;
    const names = hosts(batch.machines.map(namesOf(record).of), total === 1 ? 1200 : 150);
    const moving = batch.movingFrom === null ? mrk`` : mrk` · _${windowNotSeen(record, batch) ?? ""}_`;
    const window = total === 1 ? mrk`` : mrk` · ${windowOf(batch.window)}${moving}`;
    const who = batch.machines.length === 0 ? "all left behind" : names;
    const what = total === 1 ? "Machines" : `Batch ${index + 1} of ${total}`;
    return mrk`*${what}*  ${batchPhaseText(record, batch)}${window} · ${who}`;
  });
  return lines(
    beforeText(record.batches.slice(0, first), total),
    listed(texts, 2600, "\n"),
    later === 0 ? null : mrk`and ${later} more after ${later === 1 ? "it" : "them"}`,
  );
}

/** The batches before those that have a line each. */
function beforeText(batches: readonly Batch[], total: number): Mrkdwn | null {
  const [first, ...more] = batches;
  if (first === undefined) return null;
  return more.length === 0
    ? mrk`*Batch 1 of ${total}*  ${endedText(first.phase)}`
    : mrk`*Batches 1 to ${batches.length} of ${total}*  ${phasesText(batches)}`;
}

function endedText(phase: Phase): string {
  return GIVEN_BACK[phase] ?? phase.replaceAll("_", " ");
}

/** A batch that was skipped, or left to others, ends as cancelled, and nobody has cancelled the maintenance. */
const GIVEN_BACK: Partial<Record<Phase, string>> = { cancelled: "given back" };

function batchPhaseText(record: Maintenance, batch: Batch): string {
  return (record.batches.length > 1 ? GIVEN_BACK[batch.phase] : undefined) ?? phaseText(record, batch);
}

/** `35 up, 2 given back` */
function phasesText(batches: readonly Batch[]): string {
  const phases = [...groupBy(batches, ({ phase }) => phase)];
  return phases.map(([phase, { length }]) => `${length} ${endedText(phase)}`).join(", ");
}

/** What is run between Down and Up, and how the newest run stands. */
function runText(record: Maintenance): Mrkdwn | null {
  const { wanted, runs } = record;
  if (wanted.run === undefined) return null;
  const run = runs.at(-1);
  const name = code(wanted.run);
  if (run === undefined)
    return record.end === null ? mrk`*Runbook*  ${name}, once the machines are Down` : null;
  const stand =
    run.outcome?.kind.replaceAll("_", " ") ??
    (run.stop !== null ? "stopping" : run.startedAtMs === null ? "waiting for a worker" : "running");
  return mrk`*Runbook*  ${name}${ofBatch(record, run.batch)}: ${stand}`;
}

/** What was left behind, and which maintenance looks after it. */
function leftBehindText({ leftBehind }: Maintenance, links: Links): Mrkdwn | null {
  if (leftBehind.length === 0) return null;
  const texts = leftBehind.map(
    ({ id, machines }) => mrk`${hosts(machines, 300)}, ${link(links[id], id)} waits for the agents there`,
  );
  return mrk`🚶 *Left behind*  ${listed(texts, 1500, "\n")}`;
}

/** How far moving tasks is, while it is not over. */
function moveText({ moves, end }: Maintenance): Mrkdwn | null {
  const move = moves.at(-1);
  if (move === undefined || move.end !== null || end !== null) return null;
  const { moved, of } = movedOf(move);
  const apps = move.apps.map(({ app, tasks, kills, stopped }) => {
    const gone = kills.filter(({ isGone }) => isGone).length;
    const state = stopped === null ? mrk`` : mrk` (stopped)`;
    return mrk`${code(app, 80)} ${gone} of ${tasks.length}${state}`;
  });
  const away = move.away === null ? mrk`` : mrk`\n⚠️ ${free(move.away, 400)} No task is killed meanwhile.`;
  return mrk`🚚 *Moving tasks*  ${moved} of ${of} gone · ${listed(apps, 900)}${away}`;
}

/** Whose frameworks and apps run on the machines, and what each owner said. */
function ownersText(record: Maintenance): Mrkdwn | null {
  if (record.owners.length === 0 || record.end !== null) return null;
  const texts = record.owners.map(({ owner, of, said, by, atMs }) => {
    const answer = { nothing: "no answer yet", ready: "ready", hold: "not ready, holds" }[said];
    const who = by === null || by === owner ? mrk`` : mrk` by ${user(by)}`;
    const when = atMs === null ? mrk`` : mrk` ${moment(atMs)}`;
    return mrk`${someone(owner)} (${free(of.join(", "), 120)}): ${answer}${said === "nothing" ? mrk`` : mrk`${who}${when}`}`;
  });
  return mrk`*Owners*  ${listed(texts, 900, " · ")}`;
}

function heldTexts(record: Maintenance): Mrkdwn[] {
  const holds = record.end === null ? holdsOf(record) : [];
  return holds.map(({ by, atMs, reason, as }) => {
    const owner = as === "owner" ? mrk` as an owner` : mrk``;
    const why = reason === null ? mrk`` : mrk`: ${free(reason)}`;
    return mrk`⏸️ *Held* by ${user(by)}${owner} since ${moment(atMs)}${why}. Nothing goes on until it is released.`;
  });
}

function unwatchedText({ unwatched, end }: Maintenance): Mrkdwn | null {
  if (unwatched === null || end !== null) return null;
  return mrk`🕰️ *Nobody had looked after this* from ${moment(unwatched.sinceMs)} to ${moment(unwatched.noticedAtMs)}, so what it says may be of the past. Nothing more is taken out of service until somebody presses Go on.`;
}

function pausedText({ paused, end }: Maintenance): Mrkdwn | null {
  if (paused === null || end !== null) return null;
  const next = paused.asksAlone
    ? "It is asked about alone: approve or deny the question in the thread."
    : `${paused.isOver ? "That is over. " : ""}Nothing goes down until somebody presses Go on${paused.rule === notBack.name ? " or Leave behind" : ""}.`;
  return mrk`⏸️ *Paused* since ${moment(paused.sinceMs)}: ${free(paused.saw, 600)} (${code(paused.rule)}). ${next}`;
}

function troubleText({ trouble, end, command }: Maintenance): Mrkdwn | null {
  if (trouble === null || end !== null) return null;
  return mrk`⚠️ *Waiting* since ${moment(trouble.sinceMs)}: ${problem(trouble, command)}`;
}

function endText({ end, cancel, command }: Maintenance): Mrkdwn | null {
  if (end !== null) {
    // Only a maintenance of which not every agent is back says why it is up.
    const isUp = end.why === null ? "✅ *Back in service*" : "☑️ *Up*";
    const what = { up: isUp, cancelled: "↩️ *Cancelled*", failed: "❌ *Failed*" }[end.phase];
    const why = end.why === null ? "" : mrk` · ${sentence(named(end.why, command), 600)}`;
    return mrk`${new Mrkdwn(what)} ${moment(end.atMs)}${why}`;
  }
  if (cancel === null) return null;
  return mrk`↩️ ${user(cancel.by)} cancelled ${moment(cancel.atMs)}; the machines are being given back.`;
}

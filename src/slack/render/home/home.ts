import type { types } from "@slack/bolt";
import { ABOUT_WORDS } from "../../../maintenance/approval/about.js";
import { isToGoDown } from "../../../maintenance/record/batch.js";
import { namesOf } from "../../../maintenance/record/names.js";
import type { Approval, Batch, Maintenance } from "../../../maintenance/record/record.js";
import {
  mendUnreadable,
  NOT_DONE_UNREAD,
  type Unreadable,
  whichUnreadable,
} from "../../../maintenance/record/unreadable.js";
import { COMMAND } from "../../../maintenance/text/command.js";
import { counted } from "../../../maintenance/text/list.js";
import type { Reader } from "../../../maintenance/text/reader.js";
import type { Reply } from "../../../maintenance/text/reply.js";
import { type Millis, nanosToMillis } from "../../../maintenance/time.js";
import { LIMITS } from "../../wire/limits.js";
import { actions, type Block, button, context, header, section } from "../blocks.js";
import { cardButtons } from "../card/buttons.js";
import { stateOf, subject, windowText } from "../card/card.js";
import { code, free, join, lines, link, listed, type Mrkdwn, mrk, user } from "../mrkdwn.js";
import { hosts, ofBatch } from "../parts.js";
import { renderReply } from "../reply.js";
import { moment, windowOf } from "../when.js";

/** An open maintenance, with the address of its card as far as Slack tells it. */
export interface OpenShown {
  readonly record: Maintenance;
  readonly address: string | undefined;
}

/** A question that somebody may answer, with the address of its message. */
export interface QuestionShown {
  readonly record: Maintenance;
  readonly batch: Batch;
  readonly approval: Approval;
  readonly address: string | undefined;
}

/** What stands in somebody's Home. */
export interface HomeShown {
  /** What they were told last about something that they did here. */
  readonly answer: Reply | null;
  /** Those that they may answer, as far as the bot knows. */
  readonly questions: readonly QuestionShown[];
  readonly open: readonly OpenShown[];
  /** Those that cannot be read. */
  readonly unreadable: readonly Unreadable[];
  readonly nowMs: Millis;
  readonly version: string;
}

/** As many are shown; each maintenance takes two blocks, and each question one. */
export const MOST_OPEN = 30;

export const MOST_QUESTIONS = 15;

const MOST_WINDOWS = 10;

/** The most that somebody has to know at night, and what they can do about it. */
export function renderHome(shown: HomeShown, reader: Reader): types.HomeView {
  const { answer, questions, open, unreadable, nowMs, version } = shown;
  const upcoming = windowsAfter(nowMs, open);
  return homeOf([
    ...(answer === null ? [] : renderReply(answer, reader).blocks),
    ...actions([button("New maintenance", { v: 1, open: "form" })]),
    header("Questions that wait for you"),
    ...(questions.length === 0
      ? [context(mrk`None. What you may approve stands here.`)]
      : questions.slice(0, MOST_QUESTIONS).map((question) => section(questionText(question)))),
    ...more(questions.length - MOST_QUESTIONS, "question"),
    header(open.length === 0 ? "Nothing is open" : `Open: ${counted(open.length, "maintenance")}`),
    ...open
      .slice(0, MOST_OPEN)
      .flatMap((one) => [section(openText(one, nowMs)), ...actions(cardButtons(one.record))]),
    ...more(open.length - MOST_OPEN, "maintenance"),
    ...(unreadable.length === 0
      ? []
      : [
          section(
            mrk`⚠️ ${free(whichUnreadable(unreadable))} ${NOT_DONE_UNREAD} Next: ${free(mendUnreadable(unreadable))}`,
          ),
        ]),
    header("Next windows"),
    upcoming.length === 0
      ? context(mrk`None of ours is still to begin. Those of others: ${code(`${COMMAND} schedule`)}`)
      : section(listed(upcoming.slice(0, MOST_WINDOWS), LIMITS.sectionText, "\n")),
    ...more(upcoming.length - MOST_WINDOWS, "window"),
    header("Help"),
    section(HELP),
    context(
      mrk`As of ${moment(nowMs)} · version ${version}. This page is drawn when it is opened, and after what you do here.`,
    ),
  ]);
}

/** A Home in which nothing is shown, and why. */
export function renderClosedHome(why: Reply, reader: Reader): types.HomeView {
  return homeOf(renderReply(why, reader).blocks);
}

const HELP: Mrkdwn = lines(
  mrk`${code(`${COMMAND} drain web-* 4h`)} announces a maintenance; ${code(COMMAND)} alone opens the form for it.`,
  mrk`${code(`${COMMAND} status`)} shows what is open, ${code(`${COMMAND} schedule`)} every window at the master, ${code(`${COMMAND} hosts web-*`)} what a pattern stands for.`,
  mrk`${code(`${COMMAND} help`)} lists everything, ${code(`${COMMAND} help drain`)} one verb in full. Commands are typed in a channel.`,
);

/** A Home from its blocks, whose builders keep to Slack's number of them. */
function homeOf(blocks: readonly Block[]): types.HomeView {
  return { type: "home", blocks: blocks.slice(0, LIMITS.viewBlocks) };
}

function more(left: number, noun: string): Block[] {
  return left <= 0 ? [] : [context(mrk`and ${counted(left, `more ${noun}`)}: ${code(`${COMMAND} status`)}`)];
}

function openText({ record, address }: OpenShown, nowMs: Millis): Mrkdwn {
  return lines(
    mrk`*${link(address, record.id)}* · ${subject(record)} in ${record.cluster} · *${stateOf(record)}*`,
    mrk`${windowText(record, nowMs)}`,
    machinesText(record),
    join(
      [
        user(record.requester),
        record.reason === null ? null : free(record.reason),
        record.ticket === null ? null : free(record.ticket, 100),
      ],
      " · ",
    ),
  );
}

function machinesText(record: Maintenance): Mrkdwn {
  const names = record.batches.flatMap(({ machines }) => machines.map(namesOf(record).of));
  return hosts(names.length === 0 ? [record.hosts] : names, 300);
}

/** An answer counts beside what it is about, so the question is linked and not answered here (invariant 5). */
function questionText({ record, batch, approval, address }: QuestionShown): Mrkdwn {
  const where =
    address === undefined ? mrk`in the thread of ${record.id}` : link(address, "Open the question");
  return lines(
    mrk`*${record.id}*: ${ABOUT_WORDS[approval.about].name} of ${counted(batch.machines.length, "machine")} in ${record.cluster}${ofBatch(record, batch.id)} · ${where}`,
    mrk`${hosts(batch.machines.map(namesOf(record).of), 300)} · asked ${moment(approval.askedAtMs)}, until ${moment(approval.expiresAtMs)}`,
  );
}

/** Those of ours that have not begun and whose machines are not down already, the next first. */
function windowsAfter(nowMs: Millis, open: readonly OpenShown[]): Mrkdwn[] {
  return open
    .flatMap(({ record }) =>
      record.batches
        .filter((batch) => isToGoDown(batch) && nanosToMillis(batch.window.start) > nowMs)
        .map((batch) => ({ record, batch, startMs: nanosToMillis(batch.window.start) })),
    )
    .sort((a, b) => a.startMs - b.startMs)
    .map(
      ({ record, batch }) =>
        mrk`${windowOf(batch.window)} · ${record.id}${ofBatch(record, batch.id)} in ${record.cluster}: ${counted(batch.machines.length, "machine")}`,
    );
}

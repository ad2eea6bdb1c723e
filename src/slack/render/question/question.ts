import { windowsSeen } from "../../../maintenance/approval/seen.js";
import type { MachineNames } from "../../../maintenance/cluster/machine.js";
import { endMs } from "../../../maintenance/cluster/schedule.js";
import { holdsOf } from "../../../maintenance/record/holds.js";
import type { MovePlan, MovingApp } from "../../../maintenance/record/move.js";
import { namesOf } from "../../../maintenance/record/names.js";
import type { Seen, Verdict, VerdictRow } from "../../../maintenance/record/picture.js";
import type { Approval, Batch, Maintenance } from "../../../maintenance/record/record.js";
import type { Limits } from "../../../maintenance/record/roll.js";
import { UNASKED_BECAUSE } from "../../../maintenance/show/status-cells.js";
import { counted } from "../../../maintenance/text/list.js";
import { aboutSpan, type Millis, nanosToMillis } from "../../../maintenance/time.js";
import { alarmLines } from "../blast.js";
import { actions, context, each, message, type SlackMessage, section } from "../blocks.js";
import { erasedLines } from "../card/erased.js";
import { code, free, join, lines, link, listed, type Mrkdwn, mrk, user } from "../mrkdwn.js";
import { hosts, MACHINE_NAME, ofBatch } from "../parts.js";
import { runbookText } from "../run.js";
import { moment, windowOf } from "../when.js";
import { approvalButtons, moveButtons } from "./buttons.js";
import { killTexts } from "./kill.js";
import { lossText } from "./loss.js";
import { nowText } from "./now.js";
import { outcomeText } from "./outcome.js";
import { whoMayAnswer } from "./who.js";

/** The bot asks by itself this long before the window; an earlier question says so: frameworks were told a later time. */
const EARLY_MS = 15 * 60_000;

const ORDER: readonly Verdict[] = ["promised", "refused", "silent", "empty"];

/**
 * The question "take these machines down?" as people saw it (invariant 5), and once it is settled the answer in its
 * place: who decided and when, and no buttons. Past its expiry the buttons are gone even before the record says so.
 *
 * @param explained what is known of frameworks, by name (`explanationsOf`).
 * @param ui address of the leading master's own pages, to link agents; `null`: nothing is linked.
 */
export function renderApproval(
  record: Maintenance,
  batch: Batch,
  approval: Approval,
  now: Millis,
  explained: ReadonlyMap<string, string> = new Map(),
  ui: string | null = null,
): SlackMessage {
  const { seen, outcome } = approval;
  if (approval.move !== undefined) return renderMove(record, batch, approval, approval.move, now);
  const names = namesOf(record);
  const machines = counted(seen.machines.length, "machine");
  const isKill = approval.about === "kill_drain";
  const title = isKill ? `Kill what runs on ${machines}?` : `Take ${machines} down?`;
  const alarms = alarmLines(seen.blast, names, 350);
  const open = outcome === null && now < approval.expiresAtMs;
  return message([
    section(
      lines(
        mrk`*${title}*`,
        askedText(record, batch, approval),
        isKill ? null : windowText(approval, now),
        ...standing(record, batch, approval, open),
      ),
    ),
    ...(isKill
      ? killTexts(record, batch, approval).map((text) => section(text))
      : [section(lines(lossText(batch, seen, names), open ? nowText(record, batch, approval) : null))]),
    // The blast radius beside the tasks.
    ...(alarms.length === 0 ? [] : [section(lines(...alarms))]),
    section(
      lines(
        seen.verdicts.length === 0
          ? null
          : mrk`*Answers, one for each framework and machine*  ${verdictText(seen.verdicts, names)}`,
        erasedLines(seen.verdicts, names, 500),
        mrk`*Machines*  ${machinesText(batch, seen, names, ui)}`,
      ),
    ),
    // What is known of the frameworks helps to answer; once it is answered it is of the past.
    ...each(context, open ? explainedText(seen, explained) : null),
    ...each(context, tasksText(seen, names)),
    ...(open ? actions(approvalButtons(record, batch, approval)) : [section(outcomeText(approval))]),
  ]);
}

/** The question "move these tasks?": what would be killed, in which order, what is kept, and what stays and why. */
function renderMove(
  record: Maintenance,
  batch: Batch,
  approval: Approval,
  { apps, stays }: MovePlan,
  now: Millis,
): SlackMessage {
  const open = approval.outcome === null && now < approval.expiresAtMs;
  const tasks = apps.reduce((sum, app) => sum + app.tasks.length, 0);
  return message([
    section(
      lines(
        mrk`*Move ${counted(tasks, "task")} to other machines?*`,
        askedText(record, batch, approval),
        mrk`Marathon is asked to kill them one after another and starts another copy of each. The next of an app is killed when its copies are healthy again, never so that fewer stay healthy than it asks for, and not after ${moment(approval.expiresAtMs)}.`,
        ...standing(record, batch, approval, open),
      ),
    ),
    section(mrk`*Will be killed, in this order*\n${listed(apps.map(movingText), 2400, "\n")}`),
    ...(stays.length === 0
      ? []
      : [section(mrk`*Stays where it is*\n${listed(stays.map(stayingText), 2400, "\n")}`)]),
    ...(open ? actions(moveButtons(record, batch, approval)) : [section(outcomeText(approval))]),
  ]);
}

function movingText({ app, tasks, instances, minimum, healthy, hasHealthChecks }: MovingApp): Mrkdwn {
  const where = listed(
    tasks.map(({ host }) => code(host, MACHINE_NAME)),
    400,
  );
  const counts = hasHealthChecks
    ? mrk`${healthy} of ${instances} healthy`
    : mrk`${healthy} of ${instances} running, without health checks: running counts as healthy`;
  return mrk`• ${code(app, 120)}: ${counted(tasks.length, "task")} on ${where} · ${counts} · at least ${minimum} stay so`;
}

function stayingText({ framework, app, tasks, why }: MovePlan["stays"][number]): Mrkdwn {
  return mrk`• ${code(app, 120)} of ${free(framework, 80)}: ${counted(tasks, "task")}. ${free(why, 400)}`;
}

function askedText(record: Maintenance, batch: Batch, approval: Approval): Mrkdwn {
  const by = approval.askedBy === null ? mrk`` : mrk` by ${user(approval.askedBy)}`;
  return mrk`${code(record.id)}${ofBatch(record, batch.id)} in ${record.cluster} · asked ${moment(approval.askedAtMs)}${by}`;
}

/**
 * The window that was seen, and that it was over. How long ago is told as of the question: a text that moved with the
 * clock would edit the message all the time.
 */
function windowText({ seen, askedAtMs }: Approval, now: Millis): Mrkdwn {
  const windows = windowsSeen(seen.window);
  if (windows.length === 0) return mrk`*Window*  none in the master's schedule`;
  const lastMs = Math.max(...windows.map((window) => endMs(window) ?? Number.POSITIVE_INFINITY));
  const over =
    lastMs > now
      ? ""
      : lastMs < askedAtMs
        ? mrk` · ⚠️ *the window ended ${aboutSpan(askedAtMs - lastMs)} before this was asked*`
        : mrk` · ⚠️ *the window has ended*`;
  const startMs = Math.min(...windows.map(({ start }) => nanosToMillis(start)));
  const early =
    startMs - askedAtMs > EARLY_MS
      ? mrk`\n⚠️ *The window begins ${aboutSpan(startMs - askedAtMs)} after this was asked.* Approved before that, the machines go down early.`
      : "";
  return mrk`*Window*  ${listed(windows.map(windowOf), 600)}${over}${early}`;
}

/** What else one has to know before answering: that it is forced, who approved already, that it is held or paused. */
function standing(record: Maintenance, batch: Batch, approval: Approval, open: boolean): Mrkdwn[] {
  const texts: Mrkdwn[] = [];
  if (open) texts.push(whoMayAnswer(approval));
  if (approval.forced) {
    texts.push(
      mrk`⚠️ *Forced:* the deadline has passed and tasks are left. Down would go on in spite of them.`,
    );
  }
  if (approval.limits !== undefined) texts.push(limitsText(approval.limits));
  if (approval.runbook !== undefined) texts.push(runbookText(approval.runbook));
  else if (open && record.wanted.run !== undefined) {
    texts.push(
      mrk`⚠️ *Runbook*  ${code(record.wanted.run)} is not in the clusters file any more: it cannot be approved like this.`,
    );
  }
  if (open && approval.votesNeeded > 1) texts.push(mrk`🗳️ *Votes*  ${votesText(approval)}`);
  for (const { by, reason } of open ? holdsOf(record) : []) {
    const why = reason === null ? mrk`` : mrk` (${free(reason)})`;
    texts.push(mrk`⏸️ *Held* by ${user(by)}${why}: it can be approved once it is released.`);
  }
  const { paused } = record;
  if (open && paused?.batch === batch.id) {
    const saw = free(paused.saw, 600);
    texts.push(
      paused.asksAlone
        ? mrk`📏 *Asked about alone:* ${saw}.`
        : mrk`⏸️ *Paused:* ${saw}. It can be approved once somebody goes on.`,
    );
  }
  return texts;
}

/** Links are longer than names: of more machines than this only the names are shown. */
const MOST_LINKED = 8;

/** The machines; where they are few each is a link to its agent in the pages of the master. */
function machinesText(batch: Batch, { machines }: Seen, names: MachineNames, ui: string | null): Mrkdwn {
  if (ui === null || machines.length > MOST_LINKED) return hosts(machines.map(names.of), 1000);
  const agents = new Map(batch.agents.flatMap((one) => (one.supposed ? [] : [[one.machine, one.id]])));
  const linked = machines.map((machine) => {
    const id = agents.get(machine);
    const name = names.of(machine);
    return id === undefined
      ? code(name, MACHINE_NAME)
      : link(`${ui}/#/agents/${encodeURIComponent(id)}`, name);
  });
  return listed(linked, 2000);
}

/** One line for each framework that has tasks to lose, where something is known of it. */
function explainedText({ tasks }: Seen, explained: ReadonlyMap<string, string>): Mrkdwn | null {
  const names = [...new Set(tasks.map(({ framework }) => framework))];
  const texts = names.flatMap((name) => {
    const known = explained.get(name);
    return known === undefined ? [] : [mrk`${free(name, 80)}: ${free(known, 300)}`];
  });
  return texts.length === 0 ? null : listed(texts, 1500, "\n");
}

/** What one approval for several batches binds the others to. */
function limitsText({ batches, tasks, machines, untilMs }: Limits): Mrkdwn {
  const others = batches.length - 1;
  const each = others === 1 ? "the next batch" : mrk`each of the next ${others} batches`;
  return mrk`📏 *For ${batches.length} batches:* this one as it is shown here, and ${each} when it is its turn and it keeps these limits: at most ${counted(tasks, "task")} lost, no last running copy, no refusal, no volume out of reach, room for it elsewhere, at most ${counted(machines, "machine")} out at once, until ${moment(untilMs)}. A batch that does not keep them is asked about alone.`;
}

/** `1 of 2: @bob`. */
function votesText({ votes, votesNeeded }: Approval): Mrkdwn {
  const who = votes.map((vote) => mrk`${user(vote.by)} ${moment(vote.atMs)}`);
  return mrk`${votes.length} of ${votesNeeded}${who.length === 0 ? mrk`` : mrk`: ${listed(who, 500)}`}`;
}

/** `promised 4 · refused 1 (kafka on web-04) · silent 1 · empty 0`. */
function verdictText(rows: readonly VerdictRow[], names: MachineNames): Mrkdwn {
  return join(
    ORDER.map((verdict) => {
      const those = rows.filter((row) => row.verdict === verdict);
      // Of those that promised only the ones are named that are not there to keep it.
      const hinders = verdict === "refused" || verdict === "silent";
      const where = those
        .filter(({ unasked }) => hinders || unasked !== null)
        .map(({ framework, machine, unasked }) => {
          const why = unasked === null ? "" : `: ${UNASKED_BECAUSE[unasked]}`;
          return mrk`${free(framework, 80)} on ${code(names.of(machine), MACHINE_NAME)}${why}`;
        });
      if (where.length === 0) return mrk`${verdict} ${those.length}`;
      return mrk`${verdict} ${those.length} (${listed(where, 500)})`;
    }),
    " · ",
  );
}

/** Which tasks, copies of the same name on the same machine together: `/billing/api ×2 on web-01`. */
function tasksText(seen: Seen, machines: MachineNames): Mrkdwn | null {
  if (seen.tasks.length === 0) return null;
  const copies = new Map<string, { name: string; machine: string; count: number }>();
  for (const { id, name, machine } of seen.tasks) {
    const key = JSON.stringify([name || id, machine]);
    const same = copies.get(key) ?? { name: name || id, machine, count: 0 };
    same.count += 1;
    copies.set(key, same);
  }
  const names = [...copies.values()].map(
    ({ name, machine, count: n }) =>
      mrk`${code(name, 80)}${n === 1 ? mrk`` : mrk` ×${n}`} on ${code(machines.of(machine), MACHINE_NAME)}`,
  );
  return mrk`*Tasks*  ${listed(names, 1500)}`;
}

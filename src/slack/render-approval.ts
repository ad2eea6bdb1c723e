import type { types } from "@slack/bolt";
import type { Seen, Verdict, VerdictRow } from "../maintenance/picture.js";
import type { Approval, Batch, Maintenance } from "../maintenance/record.js";
import { windowsSeen } from "../maintenance/seen-window.js";
import { formatSpan, type Millis, nanosToMillis } from "../maintenance/time.js";
import { alarmLines } from "./blast-lines.js";
import { actions, type Block, button, context, message, type SlackMessage, section } from "./blocks.js";
import { code, free, join, listed, type Mrkdwn, mrk, user } from "./mrkdwn.js";
import { count, hostOfKey, hosts } from "./parts.js";
import { moment, windowOf } from "./when.js";

const ORDER: readonly Verdict[] = ["promised", "refused", "silent", "empty"];

/**
 * The question "take these machines down?" as people saw it (invariant 5), and once it is settled the answer in its
 * place: who decided and when, and no buttons. Past its expiry the buttons are gone even before the record says so.
 */
export function renderApproval(
  record: Maintenance,
  batch: Batch,
  approval: Approval,
  now: Millis,
): SlackMessage {
  const { seen, outcome } = approval;
  const title = `Take ${count(seen.machines.length, "machine")} down?`;
  const open = outcome === null && now < approval.expiresAtMs;
  const blocks: Block[] = [
    section(
      join(
        [
          mrk`*${title}*`,
          askedText(record, approval),
          windowText(approval, now),
          ...standing(record, approval, open),
        ],
        "\n",
      ),
    ),
    section(lossText(batch, seen)),
    ...alarmsBlock(seen),
    section(
      join(
        [
          seen.verdicts.length === 0 ? null : verdictText(seen.verdicts),
          mrk`*Machines*  ${hosts(seen.machines.map(hostOfKey), 1000)}`,
        ],
        "\n",
      ),
    ),
    ...tasksBlock(seen),
    ...(open ? actions(buttons(record, batch, approval)) : [section(outcomeText(approval))]),
  ];
  const summary = open
    ? mrk`${record.id}: ${title} ${lossText(batch, seen)}`
    : mrk`${record.id}: ${title} ${outcomeText(approval)}`;
  return message(summary, blocks);
}

function askedText(record: Maintenance, approval: Approval): Mrkdwn {
  const by = approval.askedBy === null ? mrk`` : mrk` by ${user(approval.askedBy)}`;
  const expiry = approval.outcome === null ? mrk` · expires ${moment(approval.expiresAtMs)}` : mrk``;
  return mrk`${code(record.id)} in ${record.cluster} · asked ${moment(approval.askedAtMs)}${by}${expiry}`;
}

/**
 * The window that was seen, and that it was over. How long ago is told as of the question: a text that moved with the
 * clock would edit the message all the time.
 */
/** The bot asks by itself this long before the window; an earlier question says so: frameworks were told a later time. */
const EARLY_MS = 15 * 60_000;

function windowText({ seen, askedAtMs }: Approval, now: Millis): Mrkdwn {
  const windows = windowsSeen(seen.window);
  if (windows.length === 0) return mrk`*Window*  none in the master's schedule`;
  const endMs = Math.max(
    ...windows.map(({ start, duration }) =>
      duration === null ? Number.POSITIVE_INFINITY : nanosToMillis(start + duration),
    ),
  );
  const over =
    endMs > now
      ? ""
      : endMs < askedAtMs
        ? mrk` · ⚠️ *the window ended ${formatSpan(askedAtMs - endMs)} before this was asked*`
        : mrk` · ⚠️ *the window has ended*`;
  const startMs = Math.min(...windows.map(({ start }) => nanosToMillis(start)));
  // Counted from the question: a running clock would edit the message all the time.
  const early =
    startMs - askedAtMs > EARLY_MS
      ? mrk`\n⚠️ *The window begins ${formatSpan(startMs - askedAtMs)} after this was asked.* Approved before that, the machines go down early.`
      : "";
  return mrk`*Window*  ${listed(windows.map(windowOf), 600)}${over}${early}`;
}

/** What else one has to know before answering: that it is forced, who approved already, that it is held. */
function standing(record: Maintenance, approval: Approval, open: boolean): Mrkdwn[] {
  const lines: Mrkdwn[] = [];
  if (open && approval.notBy.length > 0) {
    lines.push(mrk`*Not to be approved by* ${join(approval.notBy.map(user), ", ")}: they asked for it.`);
  }
  if (approval.forced) {
    lines.push(
      mrk`⚠️ *Forced:* the deadline has passed and tasks are left. Down would go on in spite of them.`,
    );
  }
  if (open && approval.votesNeeded > 1) lines.push(mrk`🗳️ *Votes*  ${votesText(approval)}`);
  if (open && record.held !== null) {
    lines.push(mrk`⏸️ *Held* by ${user(record.held.by)}: nothing is taken down until it is released.`);
  }
  return lines;
}

/** `1 of 2: @bob`. */
function votesText({ votes, votesNeeded }: Approval): Mrkdwn {
  const who = votes.map((vote) => mrk`${user(vote.by)} ${moment(vote.atMs)}`);
  return mrk`${votes.length} of ${votesNeeded}${who.length === 0 ? mrk`` : mrk`: ${listed(who, 500)}`}`;
}

/** The blast radius beside the tasks, the alarming first; nothing when there is nothing (or it was not looked at). */
function alarmsBlock(seen: Seen): Block[] {
  const lines = seen.blast === null ? [] : alarmLines(seen.blast, 350);
  return lines.length === 0 ? [] : [section(join(lines, "\n"))];
}

function lossText(batch: Batch, seen: Seen): Mrkdwn {
  const without = withoutAgent(batch, seen);
  if (without.length === seen.machines.length) {
    return mrk`The master knows no agent there, so nothing is known of tasks.`;
  }
  const unknown =
    without.length === 0
      ? mrk``
      : mrk` The master knows no agent on ${hosts(without.map(hostOfKey), 500)}, so nothing is known of tasks there.`;
  if (seen.tasks.length === 0) {
    const them = seen.machines.length === 1 ? "it" : "them";
    return mrk`No tasks are left on ${them}: nothing will be lost.${unknown}`;
  }
  const perFramework = new Map<string, number>();
  for (const task of seen.tasks)
    perFramework.set(task.framework, (perFramework.get(task.framework) ?? 0) + 1);
  const largestFirst = [...perFramework].sort(([, a], [, b]) => b - a);
  const names = listed(
    largestFirst.map(([name, tasks]) => mrk`${free(name, 80)} ${tasks}`),
    600,
  );
  return mrk`*Will be lost:* ${count(seen.tasks.length, "task")} (${names}).${unknown}`;
}

/** Machines (keys) on which no agent was ever seen: named as `host|ip`, or gone since before the drain. */
function withoutAgent(batch: Batch, seen: Seen): string[] {
  const known = new Set([...batch.agents, ...seen.tasks].map(({ machine }) => machine));
  return seen.machines.filter((machine) => !known.has(machine));
}

/** `promised 4 · refused 1 (kafka on web-04) · silent 1 · empty 0`. */
function verdictText(rows: readonly VerdictRow[]): Mrkdwn {
  return join(
    ORDER.map((verdict) => {
      const those = rows.filter((row) => row.verdict === verdict);
      if (those.length === 0 || (verdict !== "refused" && verdict !== "silent"))
        return mrk`${verdict} ${those.length}`;
      const where = those.map(
        (row) => mrk`${free(row.framework, 80)} on ${code(hostOfKey(row.machine), 80)}`,
      );
      return mrk`${verdict} ${those.length} (${listed(where, 500)})`;
    }),
    " · ",
  );
}

/** Which tasks, copies of the same name on the same machine together: `/billing/api ×2 on web-01`. */
function tasksBlock(seen: Seen): Block[] {
  if (seen.tasks.length === 0) return [];
  const copies = new Map<string, { name: string; machine: string; count: number }>();
  for (const { id, name, machine } of seen.tasks) {
    const key = JSON.stringify([name || id, machine]);
    const same = copies.get(key) ?? { name: name || id, machine, count: 0 };
    same.count += 1;
    copies.set(key, same);
  }
  const names = [...copies.values()].map(
    ({ name, machine, count: n }) =>
      mrk`${code(name, 80)}${n === 1 ? mrk`` : mrk` ×${n}`} on ${code(hostOfKey(machine), 80)}`,
  );
  return [context(mrk`*Tasks*  ${listed(names, 1500)}`)];
}

function buttons(record: Maintenance, batch: Batch, approval: Approval): types.Button[] {
  const asked = record.events.find(
    (event) => event.kind === "approval_asked" && event.approval === approval.id,
  );
  // The question's own number: other events do not change what is asked, so they do not redraw it.
  const value = { v: 1 as const, id: record.id, rev: asked?.seq ?? record.seq };
  const at = { batch: batch.id, approval: approval.id };
  const machines = count(approval.seen.machines.length, "machine");
  const tasks = count(approval.seen.tasks.length, "task");
  const last = approval.seen.blast?.lastCopies.length ?? 0;
  const copies = last === 0 ? "" : `, among them the last running copies of ${count(last, "app")}`;
  const harm =
    withoutAgent(batch, approval.seen).length === approval.seen.machines.length
      ? `The master knows no agent on ${machines}, so nothing is known of tasks there.`
      : `The agents on ${machines} stop and ${tasks} will be lost${copies}.`;
  return [
    button(
      "Approve Down",
      { ...value, decision: { kind: "approve", ...at } },
      {
        style: "danger",
        confirm: {
          title: `Take ${machines} down?`,
          text: `${harm} If it got worse since the question, nothing is taken down and the question is asked again.`,
          confirm: "Take down",
          deny: "Not now",
        },
      },
    ),
    button("Deny", { ...value, decision: { kind: "deny", ...at, reason: null } }),
    record.held === null
      ? button("Hold", { ...value, decision: { kind: "hold", reason: null } })
      : button("Release", { ...value, decision: { kind: "release" } }),
  ];
}

function outcomeText(approval: Approval): Mrkdwn {
  const { outcome } = approval;
  const again = "To ask again use Ask for Down on the card above.";
  if (outcome === null)
    return mrk`⌛ *Expired* ${moment(approval.expiresAtMs)}. Nothing was taken down. ${again}`;
  switch (outcome.kind) {
    case "granted":
      return mrk`✅ *Approved* by ${approversText(approval, outcome.by)} ${moment(outcome.atMs)}`;
    case "denied":
      return mrk`🚫 *Denied* by ${user(outcome.by)} ${moment(outcome.atMs)}${outcome.reason === null ? "" : mrk`: ${free(outcome.reason)}`}. Nothing was taken down. ${again}`;
    case "expired":
      return mrk`⌛ *Expired* ${moment(outcome.atMs)}. Nothing was taken down. ${again}`;
    case "outdated":
      return mrk`♻️ *The plan changed* ${moment(outcome.atMs)}, so nothing was taken down:\n${changes(outcome.changes)}`;
    case "withdrawn":
      return mrk`↩️ *Withdrawn* ${moment(outcome.atMs)}. Nothing was taken down.`;
  }
}

/** Everybody whose vote counted, in order; `last` is the one that granted it. */
function approversText({ votes }: Approval, last: string): Mrkdwn {
  const earlier = votes.map((vote) => vote.by).filter((by) => by !== last);
  return earlier.length === 0 ? user(last) : mrk`${listed(earlier.map(user), 500)} and ${user(last)}`;
}

/** What got worse since the question, one line each. */
export function changes(texts: readonly string[]): Mrkdwn {
  return listed(
    texts.map((text) => mrk`• ${free(text)}`),
    1500,
    "\n",
  );
}

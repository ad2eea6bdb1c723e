import type { types } from "@slack/bolt";
import type { Seen, Verdict, VerdictRow } from "../maintenance/picture.js";
import type { Approval, Batch, Maintenance } from "../maintenance/record.js";
import type { Millis } from "../maintenance/time.js";
import { actions, type Block, button, context, message, type SlackMessage, section } from "./blocks.js";
import { code, free, join, listed, type Mrkdwn, mrk, user } from "./mrkdwn.js";
import { count, hostOfKey, hosts } from "./parts.js";
import { moment } from "./when.js";

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
    section(mrk`*${title}*\n${askedText(record, approval)}`),
    section(
      mrk`${lossText(seen)}\n${verdictText(seen.verdicts)}\n*Machines*  ${hosts(seen.machines.map(hostOfKey), 1200)}`,
    ),
    ...tasksBlock(seen),
    ...(open ? actions(buttons(record, batch, approval)) : [section(outcomeText(approval))]),
  ];
  const summary = open
    ? mrk`${record.id}: ${title} ${lossText(seen)}`
    : mrk`${record.id}: ${title} ${outcomeText(approval)}`;
  return message(summary, blocks);
}

function askedText(record: Maintenance, approval: Approval): Mrkdwn {
  const by = approval.askedBy === null ? mrk`` : mrk` by ${user(approval.askedBy)}`;
  const expiry = approval.outcome === null ? mrk` · expires ${moment(approval.expiresAtMs)}` : mrk``;
  return mrk`${code(record.id)} in ${record.cluster} · asked ${moment(approval.askedAtMs)}${by}${expiry}`;
}

function lossText(seen: Seen): Mrkdwn {
  if (seen.tasks.length === 0) return mrk`No tasks are left on them: nothing will be lost.`;
  const perFramework = new Map<string, number>();
  for (const task of seen.tasks)
    perFramework.set(task.framework, (perFramework.get(task.framework) ?? 0) + 1);
  const largestFirst = [...perFramework].sort(([, a], [, b]) => b - a);
  const names = listed(
    largestFirst.map(([name, tasks]) => mrk`${free(name, 80)} ${tasks}`),
    600,
  );
  return mrk`*Will be lost:* ${count(seen.tasks.length, "task")} (${names}).`;
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

function tasksBlock(seen: Seen): Block[] {
  if (seen.tasks.length === 0) return [];
  const names = seen.tasks.map(
    (task) => mrk`${code(task.name || task.id, 80)} on ${code(hostOfKey(task.machine), 80)}`,
  );
  return [context(mrk`*Tasks*  ${listed(names, 1500)}`)];
}

function buttons(record: Maintenance, batch: Batch, approval: Approval): types.Button[] {
  const value = { v: 1 as const, id: record.id, rev: record.seq };
  const at = { batch: batch.id, approval: approval.id };
  const machines = count(approval.seen.machines.length, "machine");
  const tasks = count(approval.seen.tasks.length, "task");
  return [
    button(
      "Approve Down",
      { ...value, decision: { kind: "approve", ...at } },
      {
        style: "danger",
        confirm: {
          title: `Take ${machines} down?`,
          text: `The agents on ${machines} stop and ${tasks} will be lost. If it got worse since the question, nothing is taken down and the question is asked again.`,
          confirm: "Take down",
          deny: "Not now",
        },
      },
    ),
    button("Deny", { ...value, decision: { kind: "deny", ...at, reason: null } }),
  ];
}

function outcomeText(approval: Approval): Mrkdwn {
  const { outcome } = approval;
  const again = "To ask again use Ask for Down on the card above.";
  if (outcome === null)
    return mrk`⌛ *Expired* ${moment(approval.expiresAtMs)}. Nothing was taken down. ${again}`;
  switch (outcome.kind) {
    case "granted":
      return mrk`✅ *Approved* by ${user(outcome.by)} ${moment(outcome.atMs)}`;
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

/** What got worse since the question, one line each. */
export function changes(texts: readonly string[]): Mrkdwn {
  return listed(
    texts.map((text) => mrk`• ${free(text)}`),
    1500,
    "\n",
  );
}

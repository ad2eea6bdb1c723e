import { ABOUT_WORDS } from "../../../maintenance/approval/about.js";
import type { Approval } from "../../../maintenance/record/record.js";
import { WITHDRAWN } from "../../../maintenance/show/event-line.js";
import { free, listed, type Mrkdwn, mrk, user } from "../mrkdwn.js";
import { moment } from "../when.js";

/** How a question was settled, by whom, when and why; that it expired, for one that still has no outcome. */
export function outcomeText(approval: Approval): Mrkdwn {
  const { outcome } = approval;
  const { notDone, againOnCard: again, askedAnew } = ABOUT_WORDS[approval.about];
  if (outcome === null) return mrk`⌛ *Expired* ${moment(approval.expiresAtMs)}. ${notDone}. ${again}`;
  switch (outcome.kind) {
    case "granted":
      return mrk`✅ *Approved* by ${approversText(approval, outcome.by)} ${moment(outcome.atMs)}`;
    case "denied":
      return mrk`🚫 *Denied* by ${user(outcome.by)} ${moment(outcome.atMs)}${outcome.reason === null ? "" : mrk`: ${free(outcome.reason)}`}. ${notDone}. ${again}`;
    case "expired":
      return mrk`⌛ *Expired* ${moment(outcome.atMs)}. ${notDone}. ${again}`;
    case "outdated":
      return approval.about === "down"
        ? mrk`♻️ *The plan changed* ${moment(outcome.atMs)}, so nothing was taken down:\n${changes(outcome.changes)}\nA new question follows once the machines drain in our window.`
        : mrk`♻️ *The picture changed* ${moment(outcome.atMs)}. ${notDone}:\n${changes(outcome.changes)}\nA new question follows${askedAnew}.`;
    case "withdrawn":
      return withdrawnText(outcome, notDone);
  }
}

/** `↩️ Withdrawn by @bob today 21:52: the window was extended; …`. */
function withdrawnText(
  outcome: Extract<Approval["outcome"], { kind: "withdrawn" }>,
  notDone: string,
): Mrkdwn {
  const by = outcome.by === null ? mrk`` : mrk` by ${user(outcome.by)}`;
  // A Down that was not ours may have overtaken the question: then the machines were taken down.
  const nothing = outcome.why === "overtaken" ? mrk`` : mrk` ${notDone}.`;
  return mrk`↩️ *Withdrawn*${by} ${moment(outcome.atMs)}: ${WITHDRAWN[outcome.why]}.${nothing}`;
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

import { ABOUT_WORDS } from "../../../maintenance/approval/about.js";
import { openApproval } from "../../../maintenance/approval/question.js";
import { placeOf } from "../../../maintenance/record/batch.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import type { Millis } from "../../../maintenance/time.js";
import { lines, link, type Mrkdwn, mrk } from "../mrkdwn.js";
import { moment } from "../when.js";

/**
 * The questions that somebody has to answer now: the card is what is in sight.
 *
 * @param questions where they stand, by approval id; empty where Slack tells no address.
 */
export function waitingText(
  record: Maintenance,
  now: Millis,
  questions: Readonly<Record<string, string>>,
): Mrkdwn | null {
  const texts = record.batches.flatMap((batch) => {
    const open = openApproval(batch);
    if (open === null || open.expiresAtMs <= now) return [];
    const name = `${ABOUT_WORDS[open.about].name}${record.batches.length > 1 ? ` of ${placeOf(record, batch.id)}` : ""}`;
    const votes = open.votesNeeded === 1 ? "" : mrk` · ${open.votes.length} of ${open.votesNeeded} approved`;
    return [
      mrk`❓ *Waits for an answer:* ${link(questions[open.id], `the question about ${name}`)}${votes} · until ${moment(open.expiresAtMs)}`,
    ];
  });
  return texts.length === 0 ? null : lines(...texts);
}

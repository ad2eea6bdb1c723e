import type { Millis } from "../time.js";

/**
 * What our sentences hold beside words, and what is written for whoever reads them: people, user groups and moments. A text of
 * people or masters forms none of it (`quoted`).
 */

/** A person or a user group by Slack id. */
export function mention(id: string): string {
  return id.startsWith("S") ? `<!subteam^${id}>` : `<@${id}>`;
}

/** A moment, in the reader's time zone. */
export function moment(atMs: Millis): string {
  return `<!date^${Math.trunc(atMs)}>`;
}

const MENTION = /<(?:@|!subteam\^)([A-Z0-9]+)>/g;

const MOMENT = /<!date\^(-?\d+)>/g;

/** How names and moments are written where Slack draws neither: in a table, in a file. */
export interface Writing {
  nameOf(id: string): string;
  at(ms: Millis): string;
}

/** A sentence as plain text; brackets that `quoted` took away are put back, for nothing is markup any more. */
export function written(sentence: string, writing: Writing): string {
  return sentence
    .replace(MENTION, (_, id: string) => writing.nameOf(id))
    .replace(MOMENT, (_, ms: string) => writing.at(Number(ms)))
    .replaceAll("‹", "<");
}

/** Whether a moment stands in a sentence of ours. */
export function tellsTime(sentence: string): boolean {
  return sentence.search(MOMENT) >= 0;
}

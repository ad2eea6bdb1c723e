import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Reply } from "../text/reply.js";
import type { Maintenance } from "./record.js";

/**
 * Why a record cannot be read:
 * - `too_large`: it is larger than what is read of one, so it was not fetched.
 * - `not_understood`: it is of another shape than this version knows, as after going back to an older version.
 * - `broken`: it is nothing that any version of the bot has written.
 */
export type UnreadableWhy = "too_large" | "not_understood" | "broken";

/** A maintenance of which nothing is known but its id. */
export interface Unreadable {
  readonly id: string;
  readonly why: UnreadableWhy;
  /** How large it is; `null` where that was not looked at. */
  readonly bytes: number | null;
}

/** Maintenances as they are stored: those that can be read, and that there are others (invariant 13). */
export interface Stored {
  readonly records: readonly Maintenance[];
  readonly unreadable: readonly Unreadable[];
}

/** Where there are none, and this is known. */
export const NONE_STORED: Stored = { records: [], unreadable: [] };

/** The same without one of them. */
export function storedBeside({ records, unreadable }: Stored, id: string): Stored {
  return {
    records: records.filter((record) => record.id !== id),
    unreadable: unreadable.filter((one) => one.id !== id),
  };
}

const BY_HAND = 'Look at the record in the store ("A record that cannot be read" in docs/queue.md).';

/** What it is, and what mends it, for each reason. */
const WHYS: Readonly<Record<UnreadableWhy, { readonly is: string; readonly next: string }>> = {
  too_large: { is: "too large to be read", next: BY_HAND },
  not_understood: {
    is: "not understood by this version of the bot, most likely written by a newer one",
    next: "Run the newer version of the bot again.",
  },
  broken: { is: "nothing that a bot has written", next: BY_HAND },
};

/** As many ids are read in one message. */
const MOST_IDS = 10;

/** Which records cannot be read and why, as a sentence. @param all at least one. */
export function whichUnreadable(all: readonly Unreadable[]): string {
  const each = all.map(({ id, why, bytes }) => {
    const size = bytes === null ? "" : `, ${(bytes / 1e6).toFixed(1)} MB`;
    return `${id} (${WHYS[why].is}${size})`;
  });
  const what = all.length === 1 ? "1 record cannot be read" : `${all.length} records cannot be read`;
  return `${what}: ${quoted(list(each, "; ", MOST_IDS))}.`;
}

/** What is not done as long as they cannot be read. */
export const NOT_DONE_UNREAD =
  "Nothing is done for what cannot be read, its machines are in no number and no table here, and no new drain is planned beside it: it may hold the same machines.";

/** What mends it, each thing once. */
export function mendUnreadable(all: readonly Unreadable[]): string {
  return [...new Set(all.map(({ why }) => WHYS[why].next))].join(" ");
}

/** An answer made from records of which some could not be read: it says so, whatever else it says. */
export function withUnreadable(reply: Reply, all: readonly Unreadable[]): Reply {
  if (all.length === 0) return reply;
  const joined = (...parts: readonly (string | null)[]) => parts.filter((part) => part !== null).join(" ");
  return {
    ...reply,
    tone: "error",
    text: `${reply.text}\n${whichUnreadable(all)}`,
    notDone: joined(reply.notDone, NOT_DONE_UNREAD),
    next: joined(mendUnreadable(all), reply.next),
  };
}

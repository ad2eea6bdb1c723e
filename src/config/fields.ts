import { z } from "zod";
import { Secret } from "../base/secret.js";
import { formatSpan } from "../maintenance/time.js";
import { parseDuration } from "./duration.js";

/** What a field makes of its text: a value, a clause that says what is wrong, or `null` for the field's usual clause. */
export type Reading<T> = { readonly value: T } | { readonly wrong: string } | null;

/**
 * A field that is written as text and becomes something else.
 *
 * @param wrong the usual clause on what is wrong; like every other it does not repeat the text.
 */
export function text<T>(wrong: string, read: (text: string) => Reading<T>) {
  return z.string({ error: wrong }).transform((input, context): T => {
    const reading = read(input.trim()) ?? { wrong };
    if ("value" in reading) return reading.value;
    context.addIssue({ code: "custom", message: reading.wrong });
    return z.NEVER;
  });
}

/** Text that has to match, kept as it is. */
export function matching(pattern: RegExp, wrong: string) {
  return text(wrong, (input) => (pattern.test(input) ? { value: input } : null));
}

/** Text without line breaks or other control characters. */
export const line = text("has to be text", (input) =>
  input === "" || /\p{Cc}/u.test(input) ? { wrong: "is empty or has control characters" } : { value: input },
);

/**
 * A secret that begins with a fixed prefix, such as a token of Slack's (`xoxb-`). Plain ASCII without white space: that
 * also finds the `…` of an example that was copied and not filled in.
 */
export function token(prefix: string, wrong: string) {
  return text(wrong, (input) => {
    if (input.includes("…")) return { wrong: "still has the value of the example" };
    return input.startsWith(prefix) && /^[!-~]+$/.test(input) ? { value: new Secret(input) } : null;
  });
}

/** A name to log in with. HTTP basic authentication ends it at the first colon (RFC 7617), so it cannot hold one. */
export const principal = line.refine((name) => !name.includes(":"), {
  error: "has a colon, which HTTP basic authentication cannot send",
});

/** A secret of any shape. */
export const password = text("is not text", (input) => ({ value: new Secret(input) }));

/** Milliseconds, written as `1h30m`. */
export function duration(atLeastMs = 1_000, atMostMs = YEAR_MS) {
  return text("is not a duration: write numbers with units (d, h, m, s), largest first", (input) => {
    const ms = parseDuration(input);
    if (ms === null) return null;
    if (ms < atLeastMs) return { wrong: `is too short: the least is ${atLeastMs / 1000}s` };
    if (ms > atMostMs)
      return { wrong: `is too long: the most is ${formatSpan(atMostMs).replaceAll(" ", "")}` };
    return { value: ms };
  });
}

const YEAR_MS = 366 * 86_400_000;

/** A TCP port; `lowest` 0 allows "any free one". */
export function port(lowest: 0 | 1) {
  return text(`is not a port: write a whole number from ${lowest} to 65535`, (input) => {
    const number = /^\d{1,5}$/.test(input) ? Number(input) : -1;
    return number >= lowest && number <= 65_535 ? { value: number } : null;
  });
}

/** A whole number in the environment. */
export function count(least: number, most: number) {
  return text(`is not a whole number from ${least} to ${most}`, (input) => {
    const number = /^\d{1,9}$/.test(input) ? Number(input) : -1;
    return number >= least && number <= most ? { value: number } : null;
  });
}

/** A yes or no in the environment. */
export const flag = text("is neither true nor false", (input) => {
  if (/^(true|yes|on|1)$/i.test(input)) return { value: true };
  return /^(false|no|off|0)$/i.test(input) ? { value: false } : null;
});

/** A yes or no in the clusters file. */
export const yesOrNo = z.boolean({ error: "is neither true nor false" });

/** One of a few words, in any case. */
export function oneOf<const W extends readonly string[]>(words: W) {
  return text<W[number]>(`is none of ${words.join(", ")}`, (input) => {
    const word = words.find((candidate) => candidate === input.toLowerCase());
    return word === undefined ? null : { value: word };
  });
}

/** What keys in Redis begin with; no braces, because a Redis Cluster reads those. */
export const keyPrefix = matching(
  /^[A-Za-z0-9_-]{1,40}$/,
  "is not a prefix: at most 40 letters, digits, dashes and underscores",
);

/** Where tickets are: an address with `{id}` in place of the ticket's id, which a card can link. */
export const ticketAddress = text("has to be an address", (input) =>
  /^https?:\/\/[^\s<>|]+$/.test(input) && input.includes("{id}")
    ? { value: input }
    : { wrong: "is no https:// address with {id} in it, in place of the ticket's id" },
);

/** Slack's id of a channel. Names change and cannot be looked up without more scopes, so ids it is. */
export const channelId = matching(
  /^[CG][A-Z0-9]{2,}$/,
  "is not a Slack channel id: open the channel's details in Slack, the id is at the bottom",
);

/** A cluster's name, as people type it and as queues are named after it. */
export const clusterName = text(
  "is not a name: at most 40 lower-case letters, digits, dots, dashes and underscores",
  (name) => {
    if (!/^[a-z0-9][a-z0-9._-]{0,39}$/.test(name)) return null;
    if (/^m-[a-z0-9]{4,8}$/.test(name))
      return { wrong: "looks like the id of a maintenance: choose another name" };
    return parseDuration(name) === null && !/^\d+$/.test(name)
      ? { value: name }
      : { wrong: "looks like a duration: choose another name" };
  },
);

/** Name of an environment variable that holds a secret: capitals, so that a pasted secret is told from a name. */
export const variableName = matching(
  /^[A-Z][A-Z0-9_]*$/,
  "has to name an environment variable in capitals; the secret itself does not belong here",
);

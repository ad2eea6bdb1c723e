import { z } from "zod";
import { Secret } from "../base/secret.js";
import { parseDuration } from "./duration.js";

/** What a field makes of its text: a value, or a clause that says what is wrong without repeating the text. */
export type Reading<T> = { readonly value: T } | { readonly wrong: string };

/** A field that is written as text and becomes something else. */
export function text<T>(notText: string, read: (text: string) => Reading<T>) {
  return z.string({ error: notText }).transform((input, context): T => {
    const reading = read(input.trim());
    if ("value" in reading) return reading.value;
    context.addIssue({ code: "custom", message: reading.wrong });
    return z.NEVER;
  });
}

/** Text that has to match, kept as it is. */
export function matching(pattern: RegExp, wrong: string) {
  return text(wrong, (input) => (pattern.test(input) ? { value: input } : { wrong }));
}

/** Text without line breaks or other control characters. */
export function line() {
  return text("has to be text", (input) =>
    input === "" || /\p{Cc}/u.test(input)
      ? { wrong: "is empty or has control characters" }
      : { value: input },
  );
}

/**
 * A secret that begins with a fixed prefix, such as a token of Slack's (`xoxb-`). Plain ASCII without white space: that
 * also finds the `…` of an example that was copied and not filled in.
 */
export function token(prefix: string, wrong: string) {
  return text(wrong, (input) => {
    if (input.includes("…")) return { wrong: "still has the value of the example" };
    return input.startsWith(prefix) && /^[!-~]+$/.test(input) ? { value: new Secret(input) } : { wrong };
  });
}

/** A name to log in with. HTTP basic authentication ends it at the first colon (RFC 7617), so it cannot hold one. */
export function principal() {
  return line().refine((name) => !name.includes(":"), {
    error: "has a colon, which HTTP basic authentication cannot send",
  });
}

/** A secret of any shape. */
export function password() {
  return text("is not text", (input) => ({ value: new Secret(input) }));
}

/** Milliseconds, written as `1h30m`. */
export function duration(atLeastMs = 1_000) {
  const wrong = "is not a duration: write numbers with units (d, h, m, s), largest first";
  return text(wrong, (input) => {
    const ms = parseDuration(input);
    if (ms === null) return { wrong };
    if (ms < atLeastMs) return { wrong: `is too short: the least is ${atLeastMs / 1000}s` };
    return ms > YEAR_MS ? { wrong: "is too long: the most is 366d" } : { value: ms };
  });
}

const YEAR_MS = 366 * 86_400_000;

/** A TCP port; `lowest` 0 allows "any free one". */
export function port(lowest: 0 | 1) {
  const wrong = `is not a port: write a whole number from ${lowest} to 65535`;
  return text(wrong, (input) => {
    const number = /^\d{1,5}$/.test(input) ? Number(input) : -1;
    return number >= lowest && number <= 65_535 ? { value: number } : { wrong };
  });
}

/** A yes or no in the environment. */
export function flag() {
  const wrong = "is neither true nor false";
  return text(wrong, (input) => {
    if (/^(true|yes|on|1)$/i.test(input)) return { value: true };
    return /^(false|no|off|0)$/i.test(input) ? { value: false } : { wrong };
  });
}

/** A yes or no in the clusters file. */
export function yesOrNo() {
  return z.boolean({ error: "is neither true nor false" });
}

/** One of a few words, in any case. */
export function oneOf<const W extends readonly string[]>(words: W) {
  const wrong = `is none of ${words.join(", ")}`;
  return text<W[number]>(wrong, (input) => {
    const word = words.find((candidate) => candidate === input.toLowerCase());
    return word === undefined ? { wrong } : { value: word };
  });
}

/** What keys in Redis begin with; no braces, because a Redis Cluster reads those. */
export function keyPrefix() {
  return matching(
    /^[A-Za-z0-9_-]{1,40}$/,
    "is not a prefix: at most 40 letters, digits, dashes and underscores",
  );
}

/** Slack's id of a channel. Names change and cannot be looked up without more scopes, so ids it is. */
export function channelId() {
  const wrong = "is not a Slack channel id: open the channel's details in Slack, the id is at the bottom";
  return matching(/^[CG][A-Z0-9]{2,}$/, wrong);
}

/** A cluster's name, as people type it and as queues are named after it. */
export function clusterName() {
  return text("is not a name", (name) => {
    if (!/^[a-z0-9][a-z0-9._-]{0,39}$/.test(name)) {
      return { wrong: "is not a name: at most 40 lower-case letters, digits, dots, dashes and underscores" };
    }
    if (/^m-[a-z0-9]{4,8}$/.test(name))
      return { wrong: "looks like the id of a maintenance: choose another name" };
    return parseDuration(name) === null && !/^\d+$/.test(name)
      ? { value: name }
      : { wrong: "looks like a duration: choose another name" };
  });
}

/** Name of an environment variable that holds a secret: capitals, so that a pasted secret is told from a name. */
export function variableName() {
  const wrong = "has to name an environment variable in capitals; the secret itself does not belong here";
  return matching(/^[A-Z][A-Z0-9_]*$/, wrong);
}

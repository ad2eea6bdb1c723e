import type { Millis } from "../time.js";

/** Who reads a text, as far as it is written in another way for them. */
export interface Reader {
  /** IANA name of the time zone in which they read times; `UTC` where theirs is not known. */
  readonly zone: string;
  /** When it is written: times of other years are shown with the year. */
  readonly nowMs: Millis;
  /** What they call the command. */
  readonly command: string;
  /** What somebody is called, by the Slack id of a person or of a user group. */
  nameOf(id: string): string;
}

/** Somebody of whom Slack tells nothing. */
export function anybody(command: string, nowMs: Millis): Reader {
  return { zone: "UTC", nowMs, command, nameOf: unnamed };
}

/** Where Slack tells no name nobody is called by a bare id, and whoever looks for them still finds it. */
export function unnamed(id: string): string {
  return id.startsWith("S") ? `a group (${id})` : `somebody (${id})`;
}

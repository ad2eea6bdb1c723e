import { z } from "zod";

/** The command as our own sentences write it, whatever the workspace calls it. */
export const COMMAND = "/mesos";

/** What a workspace may call it: Slack takes lower-case letters, digits, `_` and `-`, at most 32 of them. */
export const commandName = z.string().regex(/^\/[a-z0-9_-]{1,32}$/);

/** The name that Slack says was typed; ours for one that Slack's rules do not allow. */
export function commandNameOf(typed: string): string {
  return commandName.catch(COMMAND).parse(typed);
}

/** The command as a word of a sentence: not a part of a path or of another name. */
const OURS = /(?<![^\s`'"(])\/mesos(?![\w/-])/g;

/** A word joiner, which nobody sees, inside a `/mesos` that people or masters wrote. */
const THEIRS = "/\u2060mesos";

/** A text of people or masters as a part of our sentences: its `/mesos` is not ours to rename. Twice changes nothing. */
export function notOurs(text: string): string {
  return text.replaceAll(COMMAND, THEIRS);
}

/** One of our texts for somebody who knows the command by this name; what people wrote in it reads as they wrote it. */
export function named(text: string, command: string): string {
  return text.replace(OURS, command).replaceAll(THEIRS, COMMAND);
}

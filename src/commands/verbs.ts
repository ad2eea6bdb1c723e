import { COMMAND } from "./mistake.js";
import type { Verb } from "./verb.js";
import { CHANGING } from "./verbs-change.js";
import { SHOWING } from "./verbs-show.js";

/** The whole language: the parser, the help and docs/commands.md are made from this table. */
export const VERBS: readonly Verb[] = [...CHANGING, ...SHOWING];

/** The form of a verb, such as `/mesos drain <hosts> [duration]`. */
export function usage(verb: Verb): string {
  return `${COMMAND} ${verb.name} ${verb.takes}`.trim();
}

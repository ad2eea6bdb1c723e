import type { Verb } from "./verb.js";
import { CHANGING } from "./verbs-change.js";
import { SHOWING } from "./verbs-show.js";

/** The whole language: the parser, the help and docs/commands.md are made from this table. */
export const VERBS: readonly Verb[] = [...CHANGING, ...SHOWING];

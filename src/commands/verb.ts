import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import type { LineForm } from "./line.js";

/** One row of the table of verbs, from which the parser, the help and docs/commands.md are made. */
export interface Verb extends LineForm {
  readonly name: Command["verb"];
  /** One line, lower case, for the list of verbs. */
  readonly summary: string;
  /** Sentences for the verb's own help. */
  readonly details: readonly string[];
  /** Whole lines without `/mesos`; every one of them parses. The first is shown with mistakes. */
  readonly examples: readonly string[];
  /** Words of other tools, which are answered with this verb but never taken for it. */
  readonly elsewhere: readonly string[];
  /** Reads the rest of the line. */
  read(args: Arguments): Command;
}

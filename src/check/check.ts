// Could the bot do its work here? Looks at all that it needs and changes nothing: it joins no lane, posts nothing, writes nothing.

import { inWords } from "../base/in-words.js";
import type { Config } from "../config/config.js";
import type { Env } from "../config/environment.js";
import { lookAtConfiguration } from "./configuration.js";
import { type Finding, unknown } from "./finding.js";
import { lookAtMasters } from "./masters.js";
import { lookAtSlack } from "./slack.js";
import { lookAtStore } from "./store.js";

/** A question, answered by nothing where the role of the process does not ask it. */
type Question = (config: Config, env: Env) => Promise<readonly Finding[]>;

const QUESTIONS: readonly { readonly about: string; readonly ask: Question }[] = [
  { about: "configuration", ask: lookAtConfiguration },
  { about: "store", ask: lookAtStore },
  { about: "masters", ask: lookAtMasters },
  { about: "Slack", ask: lookAtSlack },
];

/** What was looked at failed in a way that nobody thought of; the other answers are told all the same. */
const unforeseen =
  (about: string) =>
  (error: unknown): readonly Finding[] => [
    unknown(
      about,
      `It could not be looked at: ${inWords(error)}.`,
      "Report this, with the code if there is one.",
    ),
  ];

/**
 * The answers to all questions, in their order.
 *
 * @param env where the configuration was read from.
 */
export async function check(config: Config, env: Env): Promise<readonly Finding[]> {
  const answers = QUESTIONS.map(({ about, ask }) => ask(config, env).catch(unforeseen(about)));
  return (await Promise.all(answers)).flat();
}

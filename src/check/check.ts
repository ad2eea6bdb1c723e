// Could the bot do its work here? Looks at all that it needs and changes nothing: it joins no lane, posts nothing, writes nothing.

import type { Config } from "../config/config.js";
import type { Env } from "../config/environment.js";
import { lookAtConfiguration } from "./configuration.js";
import type { Finding } from "./finding.js";
import { lookAtMasters } from "./masters.js";
import { lookAtSlack } from "./slack.js";
import { lookAtStore } from "./store.js";

/** A question, answered by nothing where the role of the process does not ask it. */
type Question = (config: Config, env: Env) => Promise<readonly Finding[]>;

const QUESTIONS: readonly Question[] = [lookAtConfiguration, lookAtStore, lookAtMasters, lookAtSlack];

/**
 * The answers to all questions, in their order.
 *
 * @param env where the configuration was read from.
 */
export async function check(config: Config, env: Env): Promise<readonly Finding[]> {
  return (await Promise.all(QUESTIONS.map((ask) => ask(config, env)))).flat();
}

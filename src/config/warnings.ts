import { editDistance } from "../hosts/nearest.js";
import type { Config } from "./config.js";
import type { Env } from "./environment.js";
import { VARIABLE_NAMES } from "./environment-schema.js";

/** What is no mistake and may still not be meant, in sentences for the log. No value is repeated. */
export function configWarnings(config: Config, env: Env): readonly string[] {
  return [...misspelled(env), ...withoutChannel(config)];
}

/** Variables that nobody reads and whose names are nearly ours: an optional one would otherwise just not count. */
function misspelled(env: Env): readonly string[] {
  const known: readonly string[] = VARIABLE_NAMES;
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name) || (env[name] ?? "").trim() === "") return [];
    // A name of four letters is near too many others: Marathon sets PORT0 and PORTS.
    const meant = known.find(
      (ours) => ours.length > 4 && ours.slice(0, 3) === name.slice(0, 3) && editDistance(name, ours, 2) <= 2,
    );
    return meant === undefined ? [] : [`${name} is set, but nothing reads it: was ${meant} meant?`];
  });
}

function withoutChannel(config: Config): readonly string[] {
  const names = config.clusters.filter(({ channel }) => channel === null).map(({ name }) => name);
  if (names.length === 0 || config.role === "worker") return [];
  const which = names.length === 1 ? `Cluster ${names[0]} has` : `Clusters ${names.join(", ")} have`;
  return [
    `${which} no Slack channel set: each maintenance is shown where its command is typed, so the bot has to be a member there, and with several clusters a command has to say which one it means. Set channel (SLACK_CHANNEL).`,
  ];
}

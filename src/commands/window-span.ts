import { formatSpan } from "../maintenance/time.js";
import type { Arguments } from "./arguments.js";
import type { CommandCluster } from "./command.js";
import { looksLikeDuration, parseDuration } from "./duration.js";
import { Mistake } from "./mistake.js";

/** How long a window lasts, in milliseconds, within the cluster's limit; its default if the line does not say. */
export function readDuration(args: Arguments, cluster: CommandCluster): number {
  const text = args.peek();
  if (text === null || !looksLikeDuration(text)) return cluster.defaultDurationMs;
  const ms = spanOf(args);
  const longest = cluster.maxDurationMs;
  if (ms <= longest) return ms;
  throw new Mistake(`${text} is longer than the ${formatSpan(longest)} that ${cluster.name} allows.`);
}

/** How much longer a window gets, in milliseconds: less than the named cluster, else the most patient, allows in all. */
export function readExtension(args: Arguments): number {
  const text = args.peek();
  if (text === null) throw new Mistake("By how much? extend needs a duration.");
  const ms = spanOf(args);
  const longest = Math.max(0, ...args.clustersMeant().map((cluster) => cluster.maxDurationMs));
  if (ms <= longest) return ms;
  const where = args.namedCluster() ?? "any cluster";
  throw new Mistake(
    `${text} more is too long: a window lasts at most ${formatSpan(longest)} in ${where}, from its start.`,
  );
}

function spanOf(args: Arguments): number {
  const parsed = parseDuration(args.word() ?? "");
  if (!parsed.ok) throw new Mistake(parsed.problem);
  return parsed.ms;
}

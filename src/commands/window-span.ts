import { formatSpan } from "../maintenance/time.js";
import type { Arguments } from "./arguments.js";
import type { CommandCluster } from "./command.js";
import { looksLikeDuration, parseDuration, writeDuration } from "./duration.js";
import { Mistake } from "./mistake.js";

/** How long a window lasts, in milliseconds, within the cluster's limit; its default if the line does not say. */
export function readDuration(args: Arguments, cluster: CommandCluster): number {
  const text = args.peek();
  if (text === null || !looksLikeDuration(text)) return cluster.defaultDurationMs;
  const limit = { ms: cluster.maxDurationMs, whose: cluster.name };
  return readSpan(args, text, limit, writeDuration(cluster.defaultDurationMs));
}

/** How much longer a window gets, in milliseconds: within the limit of the named cluster, else of the most patient. */
export function readExtension(args: Arguments): number {
  const text = args.peek();
  if (text === null) throw new Mistake("By how much? extend needs a duration.", asked(args, 0));
  if (!looksLikeDuration(text)) {
    // `extend m-7k3q2 by 2h`
    const filler = looksLikeDuration(args.peek(1) ?? "");
    throw new Mistake(`${text} is not a duration.`, filler ? args.lineInstead(1) : asked(args, 1));
  }
  const named = args.namedCluster();
  const longest = Math.max(0, ...args.clusters.map(({ maxDurationMs }) => maxDurationMs));
  const limit = { ms: named?.maxDurationMs ?? longest, whose: named?.name ?? "any cluster" };
  return readSpan(args, text, limit, "<duration>");
}

function asked(args: Arguments, count: number): string {
  return args.lineInstead(count, "<duration>");
}

function readSpan(
  args: Arguments,
  text: string,
  limit: { readonly ms: number; readonly whose: string },
  instead: string,
): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Mistake(parsed.problem, args.lineInstead(1, parsed.guess ?? instead));
  if (parsed.ms > limit.ms) {
    const problem = `${text} is longer than the ${formatSpan(limit.ms)} that ${limit.whose} allows.`;
    throw new Mistake(problem, args.lineInstead(1, writeDuration(limit.ms)));
  }
  args.word();
  return parsed.ms;
}

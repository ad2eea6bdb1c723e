import { nearest } from "../hosts/nearest.js";
import type { CommandCluster, CommandContext } from "./command.js";

/** The cluster of that name, without regard to case. */
export function clusterNamed(name: string, context: CommandContext): CommandCluster | null {
  return context.clusters.find((cluster) => cluster.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** The cluster that a line means if it names none: the channel's, else the only one. */
export function impliedCluster(
  context: CommandContext,
): { ok: true; cluster: CommandCluster } | { ok: false; problem: string } {
  const here = context.clusters.filter((cluster) => cluster.channel === context.channel);
  const candidates = here.length > 0 ? here : context.clusters;
  const [first, ...more] = candidates;
  if (!first) return { ok: false, problem: "No cluster is configured." };
  if (more.length === 0) return { ok: true, cluster: first };
  const whose =
    here.length > 0 ? "This channel belongs to more than one cluster" : "This channel belongs to no cluster";
  return { ok: false, problem: `${whose}; say which one: ${clusterNames(candidates)}.` };
}

/** The cluster that a mistyped name may stand for. */
export function nearestCluster(name: string, context: CommandContext): string | null {
  return (
    nearest(
      name,
      context.clusters.map((cluster) => cluster.name),
      { limit: 1 },
    )[0] ?? null
  );
}

/** The cluster that stands in the place of one that is not there: the nearest in spelling, else the only one. */
export function clusterInstead(name: string, context: CommandContext): string | null {
  const [only, ...more] = context.clusters;
  return nearestCluster(name, context) ?? (more.length === 0 ? (only?.name ?? null) : null);
}

export function clusterNames(clusters: readonly CommandCluster[]): string {
  return clusters.map((cluster) => cluster.name).join(", ");
}

import { nearestOne } from "../hosts/nearest.js";
import type { CommandCluster, CommandContext } from "./command.js";
import { Mistake } from "./mistake.js";

/** The cluster of that name, without regard to case. */
export function clusterNamed(name: string, context: CommandContext): CommandCluster | null {
  return context.clusters.find((cluster) => cluster.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** The cluster that a line means if it names none: the channel's, else the only one. */
export function impliedCluster(
  context: Pick<CommandContext, "clusters" | "channel">,
): { ok: true; cluster: CommandCluster } | { ok: false; problem: string } {
  const here = context.clusters.filter((cluster) => cluster.channel === context.channel);
  const candidates = here.length > 0 ? here : context.clusters;
  const [first, ...more] = candidates;
  if (!first) return { ok: false, problem: "No cluster is configured." };
  if (more.length === 0) return { ok: true, cluster: first };
  const whose =
    here.length > 0 ? "This channel belongs to more than one cluster" : "This channel belongs to no cluster";
  return { ok: false, problem: `${whose}; say which one with --cluster: ${namesOf(candidates)}.` };
}

/** The mistake of a cluster that is not there. `from`: where its name begins in the line. */
export function unknownCluster(name: string, from: number, { clusters }: CommandContext): Mistake {
  const near = nearestOne(
    name,
    clusters.map((cluster) => cluster.name),
  );
  const guess = near === null ? "." : `; did you mean ${near.name}?`;
  const all = clusters.length === 0 ? "None is configured." : `Configured: ${namesOf(clusters)}.`;
  const problem = `There is no cluster ${name}${guess} ${all}`;
  return new Mistake(problem, near?.sure ? { from, to: from + name.length, meant: near.name } : null);
}

function namesOf(clusters: readonly CommandCluster[]): string {
  return clusters.map((cluster) => cluster.name).join(", ");
}

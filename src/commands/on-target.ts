import type { Arguments } from "./arguments.js";

/**
 * A verb's hosts or id, with the cluster they are in, and nothing after them. Hosts belong to a cluster; an id is one of
 * a kind, so it needs none.
 */
export function onTarget(args: Arguments) {
  const target = args.target();
  const cluster = target.kind === "id" ? (args.namedCluster()?.name ?? null) : args.cluster().name;
  args.end();
  return { cluster, target };
}

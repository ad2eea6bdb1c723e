import { basename, dirname } from "node:path";
import { checkCluster, type Surroundings } from "./cluster.js";
import { clustersFileSchema } from "./cluster-schema.js";
import { type ClusterSource, clusterOfEnvironment, clusterOfFile } from "./cluster-source.js";
import type { ClusterConfig, ZooKeeperConfig } from "./config.js";
import type { Problem } from "./config-error.js";
import type { EnvironmentReader } from "./environment.js";
import { clusterName } from "./fields.js";
import { issueProblems, problemAt, shownPath } from "./issue-problems.js";
import { tryRead } from "./read-file.js";
import { keysAt } from "./schema-walk.js";
import { LEAST_FILE, parseYaml } from "./yaml-source.js";

/** Settings that describe the only cluster, and would be ignored beside a clusters file. */
const ONE_CLUSTER = [
  "MESOS_MASTERS",
  "MESOS_CLUSTER",
  "MESOS_PRINCIPAL",
  "SLACK_CHANNEL",
  "APPROVERS",
] as const;

/** The clusters, from the file or from the environment; those with problems are left out, and the problems recorded. */
export function readClusters(env: EnvironmentReader, around: Surroundings): readonly ClusterConfig[] {
  const sources = env.given("CLUSTERS_FILE") ? sourcesOfFile(env, around) : sourcesOfEnvironment(env, around);
  const clusters = sources.flatMap((source) => {
    const checked = checkCluster(source, around);
    if (checked.ok) return [{ source, cluster: checked.value }];
    env.problems.push(...checked.problems);
    return [];
  });
  env.problems.push(...sharedMasters(clusters));
  return clusters.map(({ cluster }) => cluster);
}

function sourcesOfEnvironment(env: EnvironmentReader, around: Surroundings): readonly ClusterSource[] {
  const masters = env.need(
    "MESOS_MASTERS",
    "is not set, and neither is CLUSTERS_FILE: one of them has to name a cluster",
  );
  if (around.role !== "bot" && env.given("MESOS_PRINCIPAL") !== env.given("MESOS_SECRET")) {
    const [missing, present] = env.given("MESOS_SECRET")
      ? (["MESOS_PRINCIPAL", "MESOS_SECRET"] as const)
      : (["MESOS_SECRET", "MESOS_PRINCIPAL"] as const);
    env.refuse(missing, `is not set, but ${present} is: a login needs both`);
  }
  return masters === null ? [] : [clusterOfEnvironment(env)];
}

function sourcesOfFile(env: EnvironmentReader, around: Surroundings): readonly ClusterSource[] {
  for (const name of ONE_CLUSTER.filter((variable) => env.given(variable))) {
    env.refuse(name, "is set together with CLUSTERS_FILE, which would override it: keep one of them");
  }
  const path = env.values.CLUSTERS_FILE;
  if (path === undefined) return [];
  const file = tryRead(around.readFile, path, true);
  if ("wrong" in file) {
    env.refuse("CLUSTERS_FILE", file.wrong);
    return [];
  }
  const base = basename(path);
  const yaml = parseYaml(file.text, base);
  if (!yaml.ok) {
    env.problems.push(...yaml.problems);
    return [];
  }
  const places = {
    where: (at: readonly PropertyKey[], isNamed?: boolean) =>
      `${base}:${yaml.value.lineOf(at)} ${shownPath(at, isNamed)}`.trimEnd(),
    example: () => LEAST_FILE,
    keys: (at: readonly PropertyKey[]) => keysAt(clustersFileSchema, at),
  };
  const strict = clustersFileSchema.safeParse(yaml.value.data);
  if (!strict.success) env.problems.push(...issueProblems(strict.error, places));
  // An unknown key beside the clusters must not hide what is wrong inside them.
  const checked = clustersFileSchema.strip().safeParse(yaml.value.data);
  if (!checked.success) return [];
  const entries = Object.entries(checked.data.clusters);
  if (entries.length === 0) {
    env.problems.push(problemAt(places, ["clusters"], "names no cluster"));
  }
  return entries.map(([name, settings]) => {
    const named = clusterName.safeParse(name);
    if (!named.success) {
      const what = named.error.issues.map((issue) => issue.message).join("; ");
      env.problems.push({ where: places.where(["clusters", name], false), what, example: "prod" });
    }
    return clusterOfFile(name, settings, yaml.value, { base, folder: dirname(path) });
  });
}

/** The same for two lines that name the same servers in another order. */
function electionOf({ servers, path }: ZooKeeperConfig): string {
  return `zk://${servers.map(({ host, port }) => `${host.toLowerCase()}:${port}`).sort()}${path}`;
}

/** Two clusters on one master would be two writers of one schedule (invariant 8), and a master twice is a slip. */
function sharedMasters(
  clusters: readonly { readonly source: ClusterSource; readonly cluster: ClusterConfig }[],
): readonly Problem[] {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { source, cluster } of clusters) {
    const { zooKeeper } = cluster;
    const where = zooKeeper === null ? cluster.masters : [electionOf(zooKeeper)];
    for (const [index, master] of where.entries()) {
      const owner = owners.get(master);
      if (owner === undefined) {
        owners.set(master, cluster.name);
        continue;
      }
      if (zooKeeper !== null) {
        problems.push(
          problemAt(
            source.places,
            ["masters"],
            `is where ${owner} finds its masters: they belong to one cluster`,
          ),
        );
        continue;
      }
      const what =
        owner === cluster.name
          ? "is the same master as one before it"
          : `is a master of ${owner} as well: one master belongs to one cluster`;
      problems.push(problemAt(source.places, ["masters", index], what));
    }
  }
  return problems;
}

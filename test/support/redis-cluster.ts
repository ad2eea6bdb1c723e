import { startRedisOn, type TestRedis, type Wire } from "./redis.js";
import { until } from "./until.js";

/** A Redis Cluster of our own. */
export interface TestRedisCluster {
  /** The master of nearly all slots, so of the queue; a replica waits to take over. */
  readonly first: TestRedis;
  /** Two masters, which elect, and the replica. */
  readonly others: readonly TestRedis[];
  dispose(): Promise<void>;
}

/**
 * Starts three masters and a replica of the first. A node that is silent for 2 s is given up by the others.
 *
 * @param wires of the nodes; plain where there is none.
 */
export async function startRedisCluster(wires: readonly Wire[] = []): Promise<TestRedisCluster> {
  const nodes: TestRedis[] = [];
  const dispose = async () => {
    await Promise.all(nodes.map((node) => node.dispose()));
  };
  try {
    for (let n = 0; n < 4; n += 1) nodes.push(await startNode(wires[n] ?? {}));
    const [first, ...others] = nodes;
    if (first === undefined) throw new Error("There is no first node.");
    const slots = [
      ["0", "16381"],
      ["16382", "16382"],
      ["16383", "16383"],
    ];
    const admins = nodes.map((node) => node.admin());
    await Promise.all(
      admins.map(async (admin, n) => {
        const [from, to] = slots[n] ?? [];
        if (from === undefined || to === undefined) return;
        await admin.call("CLUSTER", "ADDSLOTSRANGE", from, to);
        await admin.call("CLUSTER", "SET-CONFIG-EPOCH", String(n + 1));
      }),
    );
    // Only then: a node that knows another takes no epoch any more.
    await Promise.all(
      admins.map(async (admin) => {
        await admin.call("CLUSTER", "MEET", first.host, String(first.port));
        await admin.quit();
      }),
    );
    const [leader, replica] = [first.admin(), others[2]?.admin()];
    if (replica === undefined) throw new Error("There is no replica.");
    const knows = async (words: string) => String(await replica.call("CLUSTER", "INFO")).includes(words);
    await until("the nodes know each other", () => knows("cluster_known_nodes:4"));
    const id = String(await leader.call("CLUSTER", "MYID"));
    await until("the replica is one", async () => {
      // It does not know the first one until they have shaken hands.
      const said = await replica.call("CLUSTER", "REPLICATE", id).catch(() => null);
      return said === "OK";
    });
    await until("the replica has a copy", async () =>
      (await replica.info()).includes("master_link_status:up"),
    );
    await until("the Cluster works", () => knows("cluster_state:ok"));
    await Promise.all([leader.quit(), replica.quit()]);
    return { first, others, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function startNode(wire: Wire): Promise<TestRedis> {
  const { host = "127.0.0.1", name, certificate } = wire;
  return startRedisOn(
    wire,
    ...["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-announce-ip", host],
    ...(certificate ? ["--tls-cluster", "yes"] : []),
    ...(name === undefined
      ? []
      : ["--cluster-announce-hostname", name, "--cluster-preferred-endpoint-type", "hostname"]),
  );
}

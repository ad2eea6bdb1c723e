import { Cluster, type ClusterNode, type ClusterOptions } from "ioredis";

/** Without the settings that would choose among the constructors' overloads. */
type Options = Omit<ClusterOptions, "redisOptions"> & {
  readonly redisOptions: Omit<NonNullable<ClusterOptions["redisOptions"]>, "replyMapping">;
};

/**
 * Names stay names until a node is connected to: its certificate is checked against the name, and one that is not known any
 * more keeps the other nodes from nothing.
 */
const dnsLookup: ClusterOptions["dnsLookup"] = (host, done) => done(null, host);

/**
 * A client of a Redis Cluster that finds it again by any node that it has, and so do its copies. ioredis connects anew
 * through the nodes of the configuration only, and BullMQ has the connections that workers block on connect anew whenever
 * one was silent: with the node of `REDIS_URL` gone, those workers would never come back, though the Cluster lives.
 */
export function redisCluster(configured: readonly ClusterNode[], options: Options): Cluster {
  // ioredis keeps this array and reads it each time it connects anew.
  const known: ClusterNode[] = [...configured];

  function client(own: Options): Cluster {
    const cluster = new Cluster(known, { ...own, dnsLookup });
    cluster.on("refresh", () => {
      const seen = cluster.nodes().map(({ options: { host, port } }) => ({ host, port }) as ClusterNode);
      known.splice(0, known.length, ...configured, ...seen);
    });
    const copy = (_nodes?: unknown, change: Partial<Options> = {}) => client({ ...own, ...change });
    // Its type tells answers in several versions of Redis' protocol apart; a copy has that of its original.
    cluster.duplicate = copy as Cluster["duplicate"];
    return cluster;
  }

  return client(options);
}

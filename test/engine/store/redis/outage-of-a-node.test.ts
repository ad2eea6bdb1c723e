import { startRedisCluster } from "../../../support/redis-cluster.js";
import { redisAt } from "../places.js";
import { outagesOf } from "./outage-story.js";

const HOSTS = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"];

outagesOf(
  "a node of a Redis Cluster",
  "the node of a Redis Cluster that REDIS_URL names and that holds the queue",
  async (authority) => {
    const wires = HOSTS.map(async (host) =>
      authority === null ? {} : { host, certificate: await authority.certificate([`IP:${host}`]) },
    );
    const { first, dispose } = await startRedisCluster(await Promise.all(wires));
    const settings = { ...redisAt(first.url), cluster: [], ca: authority?.pem ?? null };
    return { settings, holder: first, failsOver: true, copies: 1, dispose };
  },
);

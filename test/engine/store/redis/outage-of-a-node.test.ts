import { afterAll, beforeAll, test } from "vitest";
import { type Authority, createAuthority, tlsAvailable } from "../../../support/redis-certificates.js";
import { startRedisCluster } from "../../../support/redis-cluster.js";
import { suiteFor } from "../../../support/require.js";
import { redisAt } from "../places.js";
import { fromDrainToUpOnEachWire, type Installation, WAYS } from "./outage-story.js";

suiteFor(
  "the outage of a node of a Redis Cluster",
  tlsAvailable,
)(() => {
  let authority: Authority;
  beforeAll(async () => {
    authority = await createAuthority();
  });
  afterAll(() => authority.dispose());

  async function installation(tls: boolean): Promise<Installation> {
    const hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"];
    const wireOf = async (host: string) => ({
      host,
      certificate: await authority.certificate([`IP:${host}`]),
    });
    const { first, dispose } = await startRedisCluster(tls ? await Promise.all(hosts.map(wireOf)) : []);
    const settings = { ...redisAt(first.url), cluster: [], ca: tls ? authority.pem : null };
    return { settings, holder: first, failsOver: true, copies: 1, dispose };
  }

  test.each(WAYS)(
    "a maintenance goes on once when the node of a Redis Cluster that REDIS_URL names and that holds the queue %s, plain and over TLS",
    async (way) => {
      await fromDrainToUpOnEachWire(installation, way);
    },
  );
});

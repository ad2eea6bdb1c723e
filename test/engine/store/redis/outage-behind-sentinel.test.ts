import { afterAll, beforeAll, test } from "vitest";
import { startWatchedRedis } from "../../../support/redis.js";
import { type Authority, createAuthority, tlsAvailable } from "../../../support/redis-certificates.js";
import { suiteFor } from "../../../support/require.js";
import { redisAt, sentinelAt } from "../places.js";
import { fromDrainToUpOnEachWire, type Installation, WAYS } from "./outage-story.js";

suiteFor(
  "the outage of a master behind Sentinel",
  tlsAvailable,
)(() => {
  let authority: Authority;
  beforeAll(async () => {
    authority = await createAuthority();
  });
  afterAll(() => authority.dispose());

  async function installation(tls: boolean): Promise<Installation> {
    const wire = tls ? { certificate: await authority.certificate(["IP:127.0.0.1"]) } : {};
    const { master, sentinel, dispose } = await startWatchedRedis({
      master: wire,
      replica: wire,
      sentinel: wire,
    });
    const plain = sentinelAt(sentinel);
    const settings = {
      ...plain,
      ...(tls ? { url: redisAt("rediss://ignored").url, ca: authority.pem } : {}),
      sentinel: plain.sentinel && { ...plain.sentinel, tls },
    };
    return { settings, holder: master, failsOver: true, copies: 1, dispose };
  }

  test.each(WAYS)(
    "a maintenance goes on once when the master behind Sentinel %s, plain and over TLS",
    async (way) => {
      await fromDrainToUpOnEachWire(installation, way);
    },
  );
});

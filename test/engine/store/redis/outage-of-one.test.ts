import { afterAll, beforeAll, test } from "vitest";
import { startRedisOn } from "../../../support/redis.js";
import { type Authority, createAuthority, tlsAvailable } from "../../../support/redis-certificates.js";
import { suiteFor } from "../../../support/require.js";
import { redisAt } from "../places.js";
import { fromDrainToUpOnEachWire, type Installation, WAYS } from "./outage-story.js";

suiteFor(
  "the outage of a Redis alone",
  tlsAvailable,
)(() => {
  let authority: Authority;
  beforeAll(async () => {
    authority = await createAuthority();
  });
  afterAll(() => authority.dispose());

  async function installation(tls: boolean): Promise<Installation> {
    const wire = tls ? { certificate: await authority.certificate(["IP:127.0.0.1"]) } : {};
    const server = await startRedisOn(wire);
    const settings = { ...redisAt(server.url), ca: tls ? authority.pem : null };
    return { settings, holder: server, failsOver: false, copies: 0, dispose: server.dispose };
  }

  test.each(WAYS)(
    "a maintenance goes on once when a Redis alone %s and comes back, plain and over TLS",
    async (way) => {
      await fromDrainToUpOnEachWire(installation, way);
    },
  );
});

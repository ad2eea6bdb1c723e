import { startRedisOn } from "../../../support/redis.js";
import { redisAt } from "../places.js";
import { outagesOf } from "./outage-story.js";

outagesOf("a Redis alone", "a Redis alone, which comes back,", async (authority) => {
  const wire = authority === null ? {} : { certificate: await authority.certificate(["IP:127.0.0.1"]) };
  const server = await startRedisOn(wire);
  const settings = { ...redisAt(server.url), ca: authority?.pem ?? null };
  return { settings, holder: server, failsOver: false, copies: 0, dispose: server.dispose };
});

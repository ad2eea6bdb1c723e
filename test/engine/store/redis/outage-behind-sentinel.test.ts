import { startWatchedRedis } from "../../../support/redis.js";
import { redisAt, sentinelAt } from "../places.js";
import { outagesOf } from "./outage-story.js";

outagesOf("a master behind Sentinel", "the master behind Sentinel", async (authority) => {
  const wire = authority === null ? {} : { certificate: await authority.certificate(["IP:127.0.0.1"]) };
  const { master, sentinel, dispose } = await startWatchedRedis({
    master: wire,
    replica: wire,
    sentinel: wire,
  });
  const plain = sentinelAt(sentinel);
  const settings = {
    ...plain,
    ...(authority === null ? {} : { url: redisAt("rediss://ignored").url, ca: authority.pem }),
    sentinel: plain.sentinel && { ...plain.sentinel, tls: authority !== null },
  };
  return { settings, holder: master, failsOver: true, copies: 1, dispose };
});

import { BlockList, isIP } from "node:net";
import { editDistance } from "../hosts/nearest.js";
import type { Config, HostPort } from "./config.js";
import type { Env } from "./environment.js";
import { VARIABLE_NAMES } from "./environment-schema.js";
import { readRedisUrl } from "./redis-url.js";

/** What is no mistake and may still not be meant, in sentences for the log. No value is repeated. */
export function configWarnings(config: Config, env: Env): readonly string[] {
  return [...misspelled(env), ...withoutChannel(config), ...inClearText(config)];
}

/** Variables that nobody reads and whose names are nearly ours: an optional one would otherwise just not count. */
function misspelled(env: Env): readonly string[] {
  const known: readonly string[] = VARIABLE_NAMES;
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name) || (env[name] ?? "").trim() === "") return [];
    // A name of four letters is near too many others: Marathon sets PORT0 and PORTS.
    const meant = known.find(
      (ours) => ours.length > 4 && ours.slice(0, 3) === name.slice(0, 3) && editDistance(name, ours, 2) <= 2,
    );
    return meant === undefined ? [] : [`${name} is set, but nothing reads it: was ${meant} meant?`];
  });
}

function withoutChannel(config: Config): readonly string[] {
  const names = config.clusters.filter(({ channel }) => channel === null).map(({ name }) => name);
  if (names.length === 0 || config.role === "worker") return [];
  const which = names.length === 1 ? `Cluster ${names[0]} has` : `Clusters ${names.join(", ")} have`;
  return [
    `${which} no Slack channel set: each maintenance is shown where its command is typed, so the bot has to be a member there, and with several clusters a command has to say which one it means. Set channel (SLACK_CHANNEL).`,
  ];
}

const WHO_LISTENS =
  "whoever listens there can read it, and then change the queue that says what is taken down";

/** Passwords that leave this machine without TLS. */
function inClearText({ store }: Config): readonly string[] {
  if (store.kind !== "redis") return [];
  const url = readRedisUrl(store.url.reveal());
  if ("wrong" in url) return [];
  const { sentinel, cluster } = store;
  // Which Redis the sentinels name is not known; it is hardly elsewhere than they are.
  const places = sentinel === null ? [url, ...(cluster ?? [])] : sentinel.addresses;
  if (places.every(isHere)) return [];
  const warnings: string[] = [];
  if (url.password !== null && !url.tls) {
    warnings.push(
      `REDIS_URL holds a password and begins with redis://, so the password goes over the network in clear text: ${WHO_LISTENS}. Use rediss:// (TLS), with REDIS_CA_FILE for an authority of your own.`,
    );
  }
  if (sentinel !== null && sentinel.password !== null && !sentinel.tls) {
    warnings.push(
      "REDIS_SENTINEL_PASSWORD goes to the sentinels over the network in clear text: whoever listens there can read it, and then name another Redis. Set REDIS_SENTINEL_TLS=true.",
    );
  }
  return warnings;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether what is sent there stays on this machine. */
function isHere({ host }: HostPort): boolean {
  const family = isIP(host);
  return family === 0
    ? /^(?:.*\.)?localhost$/i.test(host)
    : LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}

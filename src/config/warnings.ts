import { BlockList, isIP } from "node:net";
import { LEAST_SECRET } from "../base/known-secrets.js";
import { editDistance } from "../hosts/nearest.js";
import { list } from "../maintenance/text/list.js";
import type { ClusterConfig, Config } from "./config.js";
import type { Env } from "./environment.js";
import { VARIABLE_NAMES } from "./environment-schema.js";
import { readRedisUrl } from "./redis-url.js";
import { SLACK_VARIABLES } from "./slack-settings.js";

/** What is no mistake and may still not be meant, in sentences for the log. No value is repeated. */
export function configWarnings(config: Config, env: Env): readonly string[] {
  return [
    ...misspelled(config, env),
    ...withoutChannel(config),
    ...inClearText(config),
    ...inClearTextToProxy(config),
    ...shownSecrets(config),
    ...config.clusters.flatMap(readableLogins),
  ];
}

/** A short secret would be found in the middle of words, and half of what is said would be masked. */
function shownSecrets({ unhideable }: Config): readonly string[] {
  return unhideable.map(
    (name) =>
      `${name} holds a secret of fewer than ${LEAST_SECRET} characters, or a part of the word "secret": where somebody else says it (a master in an error, a program in its output) it may be shown. Choose a longer one.`,
  );
}

/** Variables that nobody reads and whose names are nearly ours: an optional one would otherwise just not count. */
function misspelled({ role }: Config, env: Env): readonly string[] {
  const known: readonly string[] = VARIABLE_NAMES;
  const unread: readonly string[] = role === "worker" ? SLACK_VARIABLES : [];
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name) || (env[name] ?? "").trim() === "") return [];
    // A name of four letters is near too many others: Marathon sets PORT0 and PORTS.
    const meant = known.find(
      (ours) => ours.length > 4 && ours.slice(0, 3) === name.slice(0, 3) && editDistance(name, ours, 2) <= 2,
    );
    // HTTP_PROXY is usual beside HTTPS_PROXY, and stands in environments of workers too.
    return meant === undefined || (env[meant] ?? "").trim() !== "" || unread.includes(meant)
      ? []
      : [`${name} is set, but nothing reads it: was ${meant} meant?`];
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
  if (places.every(({ host }) => isHere(host))) return [];
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

function inClearTextToProxy({ slack }: Config): readonly string[] {
  const url = new URL(slack?.proxy?.url.reveal() ?? "https://none");
  return url.password === "" || !isReadable(url.href)
    ? []
    : [
        "HTTPS_PROXY holds a password and begins with http://, so the password goes to the proxy in clear text: whoever listens on the way can read it. Use an https:// address if the proxy has one, and a login that is good for nothing else.",
      ];
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether what is sent there stays on this machine. */
function isHere(address: string): boolean {
  const host = address.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  return family === 0
    ? /^(?:.*\.)?localhost$/i.test(host)
    : LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}

/** Logins that go over a network as they are. What stays on this machine is nobody else's to read. */
function readableLogins({
  name,
  masters,
  credentials,
  zooKeeper,
  marathons,
}: ClusterConfig): readonly string[] {
  const told = (whose: string, where: readonly string[], next: string) =>
    where.length === 0
      ? []
      : [
          `Cluster ${name}: the login for ${whose} goes to ${list(where)} unencrypted, so whoever can listen on the way can read and use it. ${next}`,
        ];
  const https = "or let nobody else onto the network between them and the worker";
  const found =
    zooKeeper?.scheme === "http" && !isOnlyHere(zooKeeper.allowed)
      ? ["the masters that ZooKeeper names"]
      : [];
  return [
    ...told(
      "masters",
      credentials === null ? [] : [...masters.filter(isReadable), ...found],
      zooKeeper === null
        ? `Have the masters speak https and write https:// addresses, ${https}.`
        : `Have the masters speak https and set zookeeper.scheme to https, ${https}.`,
    ),
    ...told(
      "ZooKeeper",
      zooKeeper?.auth
        ? zooKeeper.servers.filter(({ host }) => !isHere(host)).map(({ host, port }) => `${host}:${port}`)
        : [],
      "Use a login that may read the masters' path and nothing else, and let nobody else onto that network: a digest is sent as it is.",
    ),
    ...told(
      "Marathon",
      marathons.flatMap(({ url, authorization }) => (authorization !== null && isReadable(url) ? [url] : [])),
      `Have Marathon speak https and write an https:// address, ${https}.`,
    ),
  ];
}

function isReadable(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !isHere(hostname);
}

function isOnlyHere(allowed: readonly string[]): boolean {
  return allowed.length > 0 && allowed.every(isHere);
}

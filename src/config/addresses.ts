import { isIP } from "node:net";
import { Secret } from "../base/secret.js";
import type { HostPort } from "./config.js";
import { type Reading, text } from "./fields.js";
import { readHostPort } from "./host-port.js";
import { readProxyUrl } from "./proxy-url.js";
import { readRedisUrl } from "./redis-url.js";

/** The port that mesos-master listens on unless told otherwise. */
const MESOS_PORT = 5050;

const SENTINEL_PORT = 26_379;

const REDIS_PORT = 6_379;

/**
 * Base URL of a master from what people write: `http://10.0.0.1:5050`, `https://mesos.example.com`, or plain
 * `10.0.0.1:5050` and `10.0.0.1`, which mean http and Mesos' own port.
 */
export const masterUrl = text("is not a master's URL: write scheme, host and port", (input) => {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(input)?.[1]?.toLowerCase();
  if (scheme === "zk") {
    return { wrong: "is a ZooKeeper address, which stands alone: masters: zk://host1,host2/mesos" };
  }
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") {
    return { wrong: "is not a master's URL: it starts with http:// or https://" };
  }
  if (/^[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*$/i.test(input)) {
    return { wrong: "is an IPv6 address without brackets: write [::1]:5050" };
  }
  const url = parseUrl(scheme === undefined ? `http://${input}` : input);
  if (url === null || url.port === "0" || !/^(?:[\w.-]+|\[.*\])$/.test(url.hostname)) return null;
  if (hasLogin(url)) return { wrong: "holds a user or password: credentials have settings of their own" };
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    return { wrong: "has more than scheme, host and port: leave out what follows them" };
  }
  // A URL object drops an explicit port 80, so whether one was named is read from the text.
  if (scheme === undefined && !/:\d+\/?$/.test(input)) url.port = String(MESOS_PORT);
  return { value: url.origin };
});

const ZOOKEEPER_PORT = 2181;

/** What stands in a `zk://` line. */
export interface ZooKeeperAddress {
  readonly servers: readonly HostPort[];
  readonly path: string;
  /** `user:secret`. */
  readonly auth: Secret | null;
}

/**
 * The line that agents and masters take as `--master` and `--zk`: `zk://[user:secret@]host[:port],…/path`. As Mesos reads
 * it (`src/zookeeper/url.hpp`): the last `@` ends the login, and the first `/` begins the path.
 */
export const zooKeeperAddress = text(
  "is neither a list of masters' URLs nor a ZooKeeper address such as zk://host1:2181,host2:2181/mesos",
  (input): Reading<ZooKeeperAddress> => {
    const rest = /^zk:\/\/(.*)$/is.exec(input)?.[1];
    if (rest === undefined) return null;
    const slash = rest.indexOf("/");
    const path = slash < 0 ? "" : rest.slice(slash).replace(/\/+$/, "");
    if (path === "")
      return { wrong: "names no path below the root of ZooKeeper: write zk://host1,host2/mesos" };
    const authority = rest.slice(0, slash);
    const at = authority.lastIndexOf("@");
    const login = at < 0 ? null : authority.slice(0, at);
    if (login !== null && !/^[^:]+:./.test(login)) return { wrong: "has a login that is not user:secret" };
    const written = authority.slice(at + 1).split(",");
    const servers = written.map(serverOf).filter((server) => server !== null);
    if (servers.length < written.length) return { wrong: "has a server that is not host or host:port" };
    if (/\s|\/\//.test(path)) return { wrong: "has a path that cannot be one" };
    return { value: { servers, path, auth: login === null ? null : new Secret(login) } };
  },
);

function serverOf(written: string): HostPort | null {
  const url = parseUrl(`zk://${written}`);
  if (url === null || url.hostname === "" || hasLogin(url) || url.pathname !== "") return null;
  if (url.search !== "" || url.hash !== "" || url.port === "0") return null;
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: url.port === "" ? ZOOKEEPER_PORT : Number(url.port) };
}

/** A host name, an IP, or a network such as `10.0.0.0/24`. */
export const hostOrNetwork = text(
  "is neither a host name nor an IP or network such as 10.0.0.0/24",
  (input) => {
    const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(input) ?? [];
    const family = isIP(address);
    if (bits !== undefined)
      return family !== 0 && Number(bits) <= (family === 6 ? 128 : 32) ? { value: input } : null;
    const isName = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(input) && !/^[\d.]+$/.test(input);
    return family !== 0 || isName ? { value: input.toLowerCase() } : null;
  },
);

/** Base URL of a web API, with a trailing slash. */
export const apiUrl = text("is not a URL with http:// or https://", (input) => {
  const url = parseUrl(input);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  if (hasLogin(url)) return { wrong: "must not hold a user or password" };
  return { value: url.href.endsWith("/") ? url.href : `${url.href}/` };
});

/** Base URL of a Marathon, without a slash at its end; a path is kept, for those behind a proxy such as DC/OS's. */
export const marathonUrl = text("is not a URL with http:// or https://", (input) => {
  const url = parseUrl(input);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  if (hasLogin(url)) return { wrong: "must not hold a user or password: they have settings of their own" };
  if (url.search !== "" || url.hash !== "") return { wrong: "has a query: leave out what follows the path" };
  return { value: url.href.replace(/\/+$/, "") };
});

/** A Redis URL, secret as a whole because of the password in it. */
export const redisUrl = text("is not text", (input) => {
  const url = readRedisUrl(input);
  return "wrong" in url ? url : { value: new Secret(input) };
});

/** A proxy's URL, secret as a whole because of the password that may be in it. */
export const proxyUrl = text("is not text", (input): Reading<Secret> => {
  const url = readProxyUrl(input);
  return "wrong" in url ? url : { value: new Secret(url.href) };
});

/** Addresses of sentinels, comma separated; 26379 where no port is named. */
export const sentinelAddresses = hostPorts(SENTINEL_PORT, "REDIS_SENTINEL_PASSWORD");

/** Addresses of nodes of a Redis Cluster, comma separated; 6379 where no port is named. */
export const redisAddresses = hostPorts(REDIS_PORT, "REDIS_URL");

/** @param login which setting has user and password. */
function hostPorts(defaultPort: number, login: string) {
  const usual = "is not a list of host:port, comma separated";
  return text(usual, (input): Reading<readonly HostPort[]> => {
    if (input.includes("@")) return { wrong: `holds a user or password: that belongs into ${login}` };
    const addresses = splitList(input).map((item) => readHostPort(item, defaultPort));
    const wrong = addresses.find((address) => "wrong" in address);
    if (wrong !== undefined) return { wrong: `${usual}: one ${wrong.wrong}` };
    const right = addresses.filter((address) => "host" in address);
    return right.length === 0 ? null : { value: right };
  });
}

/** Items of a comma separated list, trimmed, without empty ones. */
export function splitList(input: string): readonly string[] {
  return input
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** A URL, or `null`. White space and backslashes are refused, which a URL object would silently mend. */
function parseUrl(input: string): URL | null {
  return !/[\s\\,]/.test(input) && URL.canParse(input) ? new URL(input) : null;
}

function hasLogin(url: URL): boolean {
  return url.username !== "" || url.password !== "";
}

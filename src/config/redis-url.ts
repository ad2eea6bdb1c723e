import { isIPv6 } from "node:net";
import type { HostPort } from "./config.js";

/** What stands in a Redis URL, decoded. */
export interface RedisUrl extends HostPort {
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
}

const REDIS_PORT = 6_379;

/** What would be read differently by one program and the other, and so has to be written with a %. */
const HAS_TO_BE_ENCODED = /[/?#@[\]\\]/;

/**
 * `redis://[user][:password]@host[:port][/database]`. The last `@` ends user and password, whatever stands in them, so that
 * no part of a password is taken for a host, and what is wrong is told of the right part. The clauses go on from the name of
 * a setting, and repeat nothing.
 */
export function readRedisUrl(text: string): RedisUrl | { readonly wrong: string } {
  const [, scheme = "", rest = ""] = /^(rediss?):\/\/(.*)$/is.exec(text) ?? [];
  if (scheme === "") {
    const wrong =
      "is not a Redis URL with redis:// or rediss://, a host and, if need be, user, password and database";
    return { wrong };
  }
  if (/[\s\p{Cc}]/u.test(rest)) return { wrong: "has white space in it: a space is written %20" };
  const at = rest.lastIndexOf("@");
  const login = at < 0 ? "" : rest.slice(0, at);
  if (HAS_TO_BE_ENCODED.test(login)) {
    const wrong =
      "has a letter in its user or password that has to be written with a %: / is %2F, ? is %3F, # is %23, @ is %40, [ is %5B, ] is %5D, \\ is %5C";
    return { wrong };
  }
  const [, user = "", password = ""] = /^([^:]*):?(.*)$/s.exec(login) ?? [];
  const [username, secret] = [decoded(user), decoded(password)];
  if (username === null || secret === null) {
    return { wrong: "has a % in its user or password that stands for nothing: write it as %25" };
  }
  const place = placeOf(rest.slice(at + 1));
  if ("wrong" in place) return place;
  return {
    tls: scheme.toLowerCase() === "rediss",
    username: username === "" ? null : username,
    password: secret === "" ? null : secret,
    ...place,
  };
}

/** What stands behind the login. */
function placeOf(text: string): (HostPort & { readonly database: number }) | { readonly wrong: string } {
  const [authority = "", ...path] = text.split("/");
  if (/[?#]/.test(text)) {
    const wrong =
      "has more than a database behind the host: leave out what begins with ? or #; in a password they are written %3F and %23";
    return { wrong };
  }
  const address = readHostPort(authority, REDIS_PORT);
  if ("wrong" in address) return address;
  const database = path.join("/");
  return /^\d{0,9}$/.test(database)
    ? { ...address, database: Number(database) }
    : { wrong: "has a database that is not a number: behind the host stands / and a number, or nothing" };
}

/** `host`, `host:port`, `[::1]:port`; the port of the kind where none is named. */
export function readHostPort(text: string, defaultPort: number): HostPort | { readonly wrong: string } {
  if (isIPv6(text)) return { wrong: "has an IPv6 address without brackets: it is written [::1]" };
  const [, written = "", port = ""] = /^(\[.*\]|[^:]*):?(.*)$/s.exec(text) ?? [];
  // A URL writes an IPv6 address in brackets, a socket wants it without.
  const host = written.replace(/^\[(.*)\]$/s, "$1");
  if (host === "") return { wrong: "names no host" };
  const isHost = host === written ? /^[a-z0-9_](?:[\w.-]*)$/i.test(host) : isIPv6(host);
  if (!isHost) {
    return {
      wrong: text.includes(",") ? "names more than one host" : "has a host that is neither a name nor an IP",
    };
  }
  const isPort = port === "" || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
  if (!isPort) return { wrong: "has a port that is not a whole number from 1 to 65535" };
  return { host, port: port === "" ? defaultPort : Number(port) };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

import type { HostPort } from "./config.js";
import { readHostPort } from "./host-port.js";
import { splitLogin, type UrlLogin } from "./url-login.js";

/** What stands in a Redis URL, decoded. */
export interface RedisUrl extends HostPort, UrlLogin {
  readonly tls: boolean;
  readonly database: number;
}

const REDIS_PORT = 6_379;

/** `redis://[user][:password]@host[:port][/database]`. The clauses go on from the name of a setting, and repeat nothing. */
export function readRedisUrl(text: string): RedisUrl | { readonly wrong: string } {
  const [, scheme = "", behind = ""] = /^(rediss?):\/\/(.*)$/is.exec(text) ?? [];
  if (scheme === "") {
    const wrong =
      "is not a Redis URL with redis:// or rediss://, a host and, if need be, user, password and database";
    return { wrong };
  }
  if (/[\s\p{Cc}]/u.test(behind)) return { wrong: "has white space in it: a space is written %20" };
  const login = splitLogin(behind);
  if ("wrong" in login) return login;
  const { username, password, rest } = login;
  const place = placeOf(rest);
  return "wrong" in place ? place : { tls: scheme.toLowerCase() === "rediss", username, password, ...place };
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

import { readHostPort } from "./host-port.js";
import { splitLogin } from "./url-login.js";

/**
 * The address of a proxy as a URL: `[http[s]://][user:password@]host[:port]`, as `HTTPS_PROXY` is written for other programs.
 * Where it begins with no scheme it is http, and the port is the scheme's own where none is named.
 */
export function readProxyUrl(text: string): { readonly href: string } | { readonly wrong: string } {
  const [, scheme = "http", rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text) ?? [];
  const isTls = /^https$/i.test(scheme);
  if (/^socks/i.test(scheme))
    return { wrong: "names a SOCKS proxy: only HTTP proxies are known, which take CONNECT" };
  if (!isTls && !/^http$/i.test(scheme))
    return { wrong: "is not a proxy's address: it begins with http:// or https://" };
  if (/[\s\p{Cc}]/u.test(rest)) return { wrong: "has white space in it: a space is written %20" };
  const login = splitLogin(rest);
  if ("wrong" in login) return login;
  if ((login.username === null) !== (login.password === null)) {
    return { wrong: "has a user without a password, or the other way round" };
  }
  const place = login.rest.replace(/\/$/, "");
  if (/[/?#]/.test(place))
    return { wrong: "has more than scheme, login, host and port: leave out what follows them" };
  const address = readHostPort(place, isTls ? 443 : 80);
  if ("wrong" in address) return address;
  const { host, port } = address;
  const before = rest.slice(0, rest.length - login.rest.length);
  return {
    href: `${isTls ? "https" : "http"}://${before}${host.includes(":") ? `[${host}]` : host}:${port}`,
  };
}

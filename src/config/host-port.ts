import { isIPv6 } from "node:net";
import type { HostPort } from "./config.js";

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

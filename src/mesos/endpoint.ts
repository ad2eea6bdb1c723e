/** One master's address. */
export interface Endpoint {
  /** `scheme://host:port`, always with a port. */
  readonly origin: string;
  /** `host:port`, as it is shown to people. */
  readonly name: string;
}

/** The port that mesos-master listens on unless told otherwise. */
const MESOS_PORT = "5050";

/**
 * Reads a configured address: `http://host:port`, `https://host:port`, or plain `host:port` and `host`, which mean http
 * and Mesos' own port.
 *
 * @throws TypeError with a sentence if it is none of these.
 */
export function parseEndpoint(address: string): Endpoint {
  const bare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  const url = readUrl(bare ? `http://${address}` : address);
  if (url === null || url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new TypeError("Expected the address of a master such as http://10.0.0.1:5050, got something else.");
  }
  return endpointOf(url, bare && !/:\d+\/?$/.test(address) ? MESOS_PORT : url.port);
}

/**
 * Where a redirect leads: masters send `//HOST:PORT/master/api/v1`, without a scheme, where HOST is the leader's
 * `--hostname`. `null` if it cannot be read. The path is not looked at: calls go to `/api/v1` only.
 */
export function redirectTarget(location: string, from: Endpoint): Endpoint | null {
  const url = readUrl(location, from.origin);
  return url === null ? null : endpointOf(url, url.port);
}

function endpointOf(url: URL, port: string): Endpoint {
  const name = `${url.hostname}:${port || (url.protocol === "https:" ? "443" : "80")}`;
  return { origin: `${url.protocol}//${name}`, name };
}

function readUrl(text: string, base?: string): URL | null {
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  const usable = /^https?:$/.test(url.protocol) && url.hostname !== "" && !url.username && !url.password;
  return usable ? url : null;
}

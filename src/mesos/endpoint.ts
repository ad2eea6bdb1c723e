/** One master's address. */
export interface Endpoint {
  /** `scheme://host:port`, always with a port. */
  readonly origin: string;
  /** `host:port`, as it is shown to people. */
  readonly name: string;
}

/** The endpoint of a configured master, whose URL has been checked: scheme, host and perhaps a port. */
export function endpointOf({ protocol, hostname, port }: URL): Endpoint {
  const name = `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
  return { origin: `${protocol}//${name}`, name };
}

/**
 * Where a redirect leads: masters send `//HOST:PORT/master/api/v1`, without a scheme, where HOST is the leader's
 * `--hostname`. `null` if it cannot be read. The path is not looked at: calls go to `/api/v1` only.
 */
export function redirectTarget(location: string, from: Endpoint): Endpoint | null {
  if (!URL.canParse(location, from.origin)) return null;
  const url = new URL(location, from.origin);
  const usable = /^https?:$/.test(url.protocol) && url.hostname !== "" && !url.username && !url.password;
  return usable ? endpointOf(url) : null;
}

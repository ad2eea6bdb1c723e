// What is the matter with the connections to a Redis. Its client only knows that they do not come about, and would blame the
// network for a certificate; so somebody looks at the wires themselves, without a password.

import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { Redis } from "ioredis";
import { within } from "../../../base/within.js";
import type { HostPort, RedisConfig, SentinelConfig } from "../../../config/config.js";
import type { RedisUrl } from "../../../config/redis-url.js";
import { urlOf, written } from "./redis-address.js";
import { certificateTrouble, tlsOptions } from "./redis-tls.js";

/** What is wrong with a wire, in sentences. */
export interface WireTrouble {
  readonly what: string;
  readonly next: string;
}

/** One kind of wire, to Redis or to the sentinels, and what the settings say of it. */
interface Kind {
  readonly name: string;
  readonly hasTls: boolean;
  readonly ca: string | null;
  /** Password of this kind; only for questions after the wire was found to be good. */
  readonly login: { readonly username?: string; readonly password?: string };
  readonly wrongLogin: string;
  readonly isNoTls: string;
  readonly useTls: string;
  readonly isTls: string;
  readonly useNoTls: string;
}

const LIMIT_MS = 2_000;

const ENDS = {
  what: "ends the connection when TLS stands",
  next: "It may ask for a certificate of the bot, which has none: set `tls-auth-clients no` there.",
} as const;

const NOTHING_COMMON = {
  what: "and the bot find no TLS that both speak",
  next: "Look at `tls-protocols` and `tls-ciphers` there.",
} as const;

const NO_SUCH_MASTER: WireTrouble = {
  what: "The sentinels watch no master of the name in REDIS_SENTINEL_NAME.",
  next: "Write the name of `sentinel monitor` there, or the addresses of other sentinels into REDIS_SENTINELS.",
};

/**
 * Looks at every wire that the settings ask for: to the sentinels and to the master that they name, or to the nodes that are
 * configured and those that they name.
 *
 * @returns `null` where nothing was found: Redis is away, or well.
 */
export async function lookAtWires(settings: RedisConfig): Promise<WireTrouble | null> {
  const url = urlOf(settings);
  const { sentinel, cluster, ca } = settings;
  const redis = redisKind(url, ca);
  if (sentinel !== null) return await behindSentinels(sentinel, sentinelKind(sentinel, ca), redis);
  const configured = [url, ...(cluster ?? [])];
  const first = await firstTrouble(configured, redis);
  if (first !== null || cluster === null) return first;
  const named = await Promise.all(configured.map((node) => nodesNamedBy(node, redis)));
  return await firstTrouble(named.flat(), redis);
}

async function behindSentinels(
  { addresses, name }: SentinelConfig,
  kind: Kind,
  redis: Kind,
): Promise<WireTrouble | null> {
  const trouble = await firstTrouble(addresses, kind);
  const asked = await Promise.all(
    addresses.map((end) => ask(end, kind, "SENTINEL", "get-master-addr-by-name", name)),
  );
  const masters = asked.map(({ said }) => said).filter((said) => Array.isArray(said));
  const [host, port] = masters[0] ?? [];
  // One sentinel that is well is enough; only if none is, the sentinels are what is wrong.
  if (host !== undefined) return await troubleOf({ host: String(host), port: Number(port) }, redis);
  if (trouble !== null) return trouble;
  if (asked.some(({ said }) => said === null)) {
    return NO_SUCH_MASTER;
  }
  return asked.find(({ refused }) => refused !== null)?.refused ?? null;
}

async function nodesNamedBy(node: HostPort, kind: Kind): Promise<readonly HostPort[]> {
  const { said } = await ask(node, kind, "CLUSTER", "SLOTS");
  if (!Array.isArray(said)) return [];
  const nodes = said.flatMap((range: unknown) => (Array.isArray(range) ? range.slice(2) : []));
  return nodes.flatMap((named: unknown) =>
    Array.isArray(named) && named[0] ? [{ host: String(named[0]), port: Number(named[1]) }] : [],
  );
}

async function firstTrouble(ends: readonly HostPort[], kind: Kind): Promise<WireTrouble | null> {
  const each = new Map(ends.map((end) => [written(end), end]));
  const found = await Promise.all([...each.values()].map((end) => troubleOf(end, kind)));
  return found.find((trouble) => trouble !== null) ?? null;
}

async function troubleOf(end: HostPort, kind: Kind): Promise<WireTrouble | null> {
  const who = `${kind.name} at ${written(end)}`;
  if (!kind.hasTls) {
    const plain = await speak(() => connectPlain(end), "connect");
    if (plain.answer !== null || !plain.isConnected) return null;
    // Only whether it speaks TLS is asked, so nothing is trusted to it.
    const tls = await speak(() => connectTls({ ...end, rejectUnauthorized: false }), "secureConnect");
    if (!tls.isConnected && !isOfTls(tls.code)) return null;
    return { what: `${who} speaks TLS, but ${kind.isNoTls}.`, next: kind.useTls };
  }
  const options = { ...end, ...tlsOptions(kind.ca, end.host) };
  const tls = await speak(() => connectTls(options), "secureConnect");
  if (tls.answer !== null) return null;
  if (tls.certificate !== null) {
    const { what, next } = certificateTrouble(tls.certificate);
    return { what: `The certificate of ${who} ${what} (${tls.certificate}).`, next };
  }
  if (tls.isConnected && tls.code !== null) {
    return { what: `${who} ${ENDS.what} (${tls.code}).`, next: ENDS.next };
  }
  const plain = await speak(() => connectPlain(end), "connect");
  if (plain.answer !== null && /^[+-]/.test(plain.answer)) {
    return { what: `${who} speaks without TLS, but ${kind.isTls}.`, next: kind.useNoTls };
  }
  if (!isOfTls(tls.code)) return null;
  return { what: `${who} ${NOTHING_COMMON.what} (${tls.code}).`, next: NOTHING_COMMON.next };
}

interface Spoken {
  /** What came back. */
  readonly answer: string | null;
  readonly isConnected: boolean;
  /** Why the certificate was refused. */
  readonly certificate: string | null;
  /** Why it ended without an answer; `null` when it was silent. */
  readonly code: string | null;
}

/** Says what needs no password, and what came of it. */
async function speak(
  open: () => Socket | TLSSocket,
  connected: "connect" | "secureConnect",
): Promise<Spoken> {
  let socket: Socket | TLSSocket;
  try {
    socket = open();
  } catch {
    // What a sentinel or a node named is no address.
    return { answer: null, isConnected: false, certificate: null, code: "no address" };
  }
  let isConnected = false;
  const spoken = new Promise<Spoken>((resolve) => {
    socket.once(connected, () => {
      isConnected = true;
      socket.write("PING\r\n");
    });
    const end = (answer: string | null, code: string | null) => {
      const refused = "authorizationError" in socket ? socket.authorizationError : null;
      resolve({ answer, isConnected, certificate: refused ? String(refused) : null, code });
    };
    socket.once("data", (bytes) => end(bytes.toString("latin1"), null));
    socket.on("error", (error) => end(null, "code" in error ? String(error.code) : error.name));
    socket.once("close", () => end(null, "closed"));
  });
  try {
    return await within(LIMIT_MS, spoken, () => ({
      answer: null,
      isConnected,
      certificate: null,
      code: null,
    }));
  } finally {
    socket.destroy();
  }
}

/** Whether an error came about because both speak TLS. */
function isOfTls(code: string | null): boolean {
  return code !== null && /^ERR_SSL_.*ALERT|^ERR_SSL_UNSUPPORTED_PROTOCOL/.test(code);
}

/** What one end answers, and how it refuses; `undefined` where it does not answer. */
async function ask(
  end: HostPort,
  { name, hasTls, ca, login, wrongLogin }: Kind,
  command: string,
  ...words: readonly string[]
): Promise<{ readonly said: unknown; readonly refused: WireTrouble | null }> {
  const client = new Redis({
    ...end,
    ...login,
    ...(hasTls ? { tls: tlsOptions(ca, end.host) } : {}),
    lazyConnect: true,
    retryStrategy: null,
    enableReadyCheck: false,
    connectTimeout: LIMIT_MS,
  });
  let why = "";
  client.on("error", (error: Error) => {
    why = error.message;
  });
  try {
    const asked = client.call(command, [...words]);
    return { said: await within(LIMIT_MS, asked, () => undefined), refused: null };
  } catch {
    const word = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR AUTH)/.exec(why)?.[0];
    const refused =
      word === undefined ? null : { what: `${name} at ${written(end)} refuses: ${word}.`, next: wrongLogin };
    return { said: undefined, refused };
  } finally {
    client.disconnect();
  }
}

const REDIS = {
  name: "Redis",
  wrongLogin: "Check user and password in REDIS_URL.",
  isTls: "REDIS_URL begins with rediss://",
  useNoTls: "Turn TLS on there; or, only where nobody can listen, write redis://.",
  isNoTls: "REDIS_URL begins with redis://",
  useTls: "Write rediss:// into REDIS_URL, and name the file of an authority of your own in REDIS_CA_FILE.",
} as const;

const SENTINEL = {
  name: "The sentinel",
  wrongLogin: "Check REDIS_SENTINEL_PASSWORD.",
  isTls: "REDIS_SENTINEL_TLS is true",
  useNoTls: "Turn TLS on there; or, only where nobody can listen, set REDIS_SENTINEL_TLS=false.",
  isNoTls: "REDIS_SENTINEL_TLS is not true",
  useTls: "Set REDIS_SENTINEL_TLS=true, and name the file of an authority of your own in REDIS_CA_FILE.",
} as const;

function redisKind({ tls, username, password }: RedisUrl, ca: string | null): Kind {
  const login = { ...(username === null ? {} : { username }), ...(password === null ? {} : { password }) };
  return { ...REDIS, hasTls: tls, ca, login };
}

function sentinelKind({ tls, password }: SentinelConfig, ca: string | null): Kind {
  return { ...SENTINEL, hasTls: tls, ca, login: password === null ? {} : { password: password.reveal() } };
}

/** All that is told beside certificates, with `<address>`. */
export const WIRE_TROUBLES: readonly WireTrouble[] = [
  ...[REDIS, SENTINEL].flatMap(({ name, isTls, useNoTls, isNoTls, useTls, wrongLogin }) => [
    { what: `${name} at <address> speaks without TLS, but ${isTls}.`, next: useNoTls },
    { what: `${name} at <address> speaks TLS, but ${isNoTls}.`, next: useTls },
    ...(name === REDIS.name ? [] : [{ what: `${name} at <address> refuses: <its word>.`, next: wrongLogin }]),
  ]),
  ...[ENDS, NOTHING_COMMON].map(({ what, next }) => ({ what: `Redis at <address> ${what}.`, next })),
  NO_SUCH_MASTER,
];

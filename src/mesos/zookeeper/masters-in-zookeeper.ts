import { BlockList, isIP, isIPv6 } from "node:net";
import { within } from "../../base/within.js";
import type { ZooKeeperConfig } from "../../config/config.js";
import { type Endpoint, endpointOf } from "../endpoint.js";
import { mesosError } from "../errors/errors.js";
import type { Masters } from "../masters.js";
import type { MasterAddress } from "./candidates.js";
import { MasterWatch, type Said } from "./master-watch.js";

/** A first word of ZooKeeper is waited for as long as one silent server may take. */
const FIRST_WORD_MS = 8_000;

/** ZooKeeper is read again at most this often, however often its master says that it does not lead. */
const AGAIN_MS = 500;

export interface MastersInZooKeeperOptions {
  readonly cluster: string;
  readonly zooKeeper: ZooKeeperConfig;
  /** Told when ZooKeeper begins to be away, and when it is back. */
  readonly onAway: (why: string | null) => void;
}

/**
 * The leading master as ZooKeeper names it. Only a hint: it is asked whether it leads before anything is believed. While
 * ZooKeeper is away the last one that it named counts, for as long as that one answers.
 */
export function mastersInZooKeeper({ cluster, zooKeeper, onAway }: MastersInZooKeeperOptions): Masters {
  const { servers, path, auth } = zooKeeper;
  const allowed = allowList(zooKeeper.allowed);
  let watch: MasterWatch | null = null;
  let said: Said | null = null;
  let named: MasterAddress | null = null;
  /** The one that was named when masters were asked for last. */
  let given: MasterAddress | null = null;
  let isAway = false;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let firstWord: () => void = () => undefined;
  const heard = new Promise<void>((resolve) => {
    firstWord = resolve;
  });

  const onSaid = (now: Said): void => {
    said = now;
    if (now.kind === "leads") named = now.master;
    if (now.kind === "nobody" || now.kind === "unreadable") named = null;
    if ((now.kind === "away") !== isAway) {
      isAway = now.kind === "away";
      onAway(now.kind === "away" ? now.why : null);
    }
    firstWord();
  };

  const current = (): Endpoint => {
    if (named !== null) {
      const endpoint = endpointFor(named, zooKeeper.scheme, allowed);
      if (endpoint !== null) return endpoint;
      const master = `${named.ip ?? named.hostname}:${named.port}`;
      throw mesosError("master_not_allowed", { cluster, master }, { sent: "no" });
    }
    if (said?.kind === "nobody") throw mesosError("no_leader", { cluster }, { sent: "no" });
    if (said?.kind === "unreadable")
      throw mesosError("zookeeper_unreadable", { cluster, why: said.why }, { sent: "no" });
    const why = said?.kind === "away" ? said.why : "no server has answered yet";
    throw mesosError("zookeeper_away", { cluster, why }, { sent: "no" });
  };

  return {
    async addresses() {
      watch ??= new MasterWatch({ servers, path, auth: auth?.reveal() ?? null, onSaid });
      if (said === null) await within(FIRST_WORD_MS, heard, () => undefined);
      given = named;
      return [current()];
    },
    async lookAgain() {
      // Another one may have been named while the last one was asked.
      const isOther = () => named !== null && JSON.stringify(named) !== JSON.stringify(given);
      if (watch === null || isOther() || performance.now() < readAtMs + AGAIN_MS) return isOther();
      readAtMs = performance.now();
      await watch.look();
      return isOther();
    },
    isWhole: false,
    includes: (endpoint) =>
      named !== null && endpointFor(named, zooKeeper.scheme, allowed)?.origin === endpoint.origin,
    close: () => watch?.close(),
  };
}

type Allows = (host: string) => boolean;

/**
 * The address at which a master is called. A name suits https, whose certificate has one; else the IP, which needs no
 * look-up. Of the two only one that is allowed: what connects to it is what counts.
 */
function endpointFor(
  { ip, hostname, port }: MasterAddress,
  scheme: ZooKeeperConfig["scheme"],
  allows: Allows,
): Endpoint | null {
  const wanted = scheme === "https" ? [hostname, ip] : [ip, hostname];
  const host = wanted.find((one) => one !== null && allows(one));
  if (host === undefined || host === null) return null;
  return endpointOf(new URL(`${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`));
}

/** Names and networks, as they are configured; an empty list allows everything. */
function allowList(allowed: readonly string[]): Allows {
  if (allowed.length === 0) return () => true;
  const names = new Set(allowed.map((one) => one.toLowerCase()));
  const networks = new BlockList();
  for (const one of allowed) {
    const [address = "", bits] = one.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (isIP(address) !== 0)
      networks.addSubnet(address, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  }
  return (host) =>
    isIP(host) === 0 ? names.has(host.toLowerCase()) : networks.check(host, isIPv6(host) ? "ipv6" : "ipv4");
}

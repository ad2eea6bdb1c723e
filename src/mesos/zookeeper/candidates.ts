import { z } from "zod";
import type { HostPort } from "../../config/config.js";

/** What the nodes below the masters' path come to. */
export type Candidates =
  | { readonly kind: "first"; readonly node: string }
  /** No master stands for election. */
  | { readonly kind: "nobody" }
  /** A master before 0.24 comes first, whose node says nothing that we can read. */
  | { readonly kind: "too_old"; readonly node: string };

/**
 * Whose turn it is: of all candidates the one with the smallest number leads, whatever its label
 * (`src/zookeeper/detector.cpp`). Nodes without a number, such as `log_replicas`, are none.
 */
export function firstOf(nodes: readonly string[]): Candidates {
  const numbered = nodes.flatMap((node) => {
    const [, label, digits] = /^(?:(.+)_)?(\d{10})$/.exec(node) ?? [];
    return digits === undefined ? [] : [{ node, label, number: Number(digits) }];
  });
  const candidates = numbered.filter(({ label }) => label === "json.info" || label === "info");
  const [first] = candidates.sort((a, b) => a.number - b.number);
  if (first === undefined) return { kind: "nobody" };
  return first.label === "json.info"
    ? { kind: "first", node: first.node }
    : { kind: "too_old", node: first.node };
}

const port = z.number().int().min(1).max(65_535);

/** What a master says of itself in its node (`MasterInfo`). `ip` outside of `address` is a number in either byte order. */
const masterInfo = z.object({
  hostname: z.string().min(1).optional(),
  port: port.optional(),
  address: z.object({ ip: z.string().min(1), port }).optional(),
});

/** Where the master of a node can be reached; `null` where its node does not say it. */
export function addressIn(data: Buffer): HostPort | null {
  const info = masterInfo.safeParse(parsed(data.toString("utf8")));
  if (!info.success) return null;
  const { address, hostname, port: ownPort } = info.data;
  if (address !== undefined) return { host: address.ip, port: address.port };
  return hostname === undefined || ownPort === undefined ? null : { host: hostname, port: ownPort };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { z } from "zod";

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

const hostName = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/);

const ip = z.union([z.ipv4(), z.ipv6()]);

/** What a master says of itself in its node (`MasterInfo`). `ip` outside of `address` is a number in either byte order. */
const masterInfo = z.object({
  hostname: hostName.optional(),
  port: port.optional(),
  address: z.object({ ip, port }).optional(),
});

/** Where a master says it can be reached; whoever can write in ZooKeeper can say anything here. */
export interface MasterAddress {
  readonly ip: string | null;
  readonly hostname: string | null;
  readonly port: number;
}

/** The address in the node of a master; `null` where it says none. */
export function addressIn(data: Buffer): MasterAddress | null {
  const info = masterInfo.safeParse(parsed(data.toString("utf8")));
  if (!info.success) return null;
  const { address, hostname = null } = info.data;
  const ip = address?.ip ?? null;
  const at = address?.port ?? info.data.port;
  return at === undefined || (ip ?? hostname) === null ? null : { ip, hostname, port: at };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

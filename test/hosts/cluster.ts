import { createHostIndex, type HostIndex } from "../../src/hosts/host-index.js";
import { parseInventory } from "../../src/hosts/inventory/parse.js";
import { parsePattern } from "../../src/hosts/pattern.js";
import { resolveHosts } from "../../src/hosts/resolve.js";
import { atOnce } from "../../src/maintenance/at-once.js";
import type { Machine } from "../../src/maintenance/cluster/machine.js";
import type { Agent } from "../../src/maintenance/cluster/world.js";

/** An agent written as `name ip`, with attributes, `zone=` and `region=` after it. */
export function agent(text: string): Agent {
  const [hostname = "", ip = "", ...rest] = text.split(" ");
  const pairs = rest.map((pair) => ({ name: pair.split("=")[0] ?? "", value: pair.split("=")[1] ?? "" }));
  const domain = (name: string) => pairs.find((pair) => pair.name === name)?.value ?? null;
  return {
    id: `agent-${hostname}-${ip}`,
    machine: { hostname, ip },
    port: null,
    attributes: pairs.filter(({ name }) => name !== "zone" && name !== "region"),
    region: domain("region"),
    zone: domain("zone"),
    active: true,
    deactivated: false,
    drain: null,
    resources: null,
  };
}

export function indexOf(
  agents: readonly string[],
  inventory: string | null = null,
  file = "hosts.ini",
): HostIndex {
  if (inventory === null) return atOnce(createHostIndex(agents.map(agent), null));
  const parsed = atOnce(parseInventory(inventory, file));
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return atOnce(createHostIndex(agents.map(agent), parsed.inventory));
}

export function resolve(pattern: string, index: HostIndex) {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) throw new Error(parsed.problem);
  const resolved = atOnce(resolveHosts(parsed.pattern, index));
  if (!resolved.ok) throw new Error(resolved.problem);
  return resolved.resolution;
}

export function namesOf(machines: readonly Machine[]): string {
  return machines.map(({ hostname }) => hostname).join(" ");
}

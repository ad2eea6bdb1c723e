import { isIP } from "node:net";
import type { RunInput, RunMachine } from "./run-input.js";

/** What a run is given, as text: what is written to its standard input, and its two files. */
export interface RunFiles {
  readonly stdin: string;
  /** An Ansible inventory (INI): the machines with their addresses, in the group `maintenance`. */
  readonly inventory: string;
  /** One host a line, for `--limit @file`. */
  readonly limit: string;
}

/** What a run is given. Writes nothing. A machine that cannot be named safely is a comment; `whyNotNamed` says why. */
export function filesOf(input: RunInput): RunFiles {
  const { window, machines, ...rest } = input;
  const told = {
    ...rest,
    window: { start: iso(window.startMs), end: window.endMs === null ? null : iso(window.endMs) },
    machines,
  };
  return {
    stdin: `${JSON.stringify(told, null, 2)}\n`,
    inventory: `[maintenance]\n${machines.map((m) => `${inventoryLine(m)}\n`).join("")}`,
    limit: machines.map(({ hostname }) => (isSafeName(hostname) ? `${hostname}\n` : "")).join(""),
  };
}

/**
 * Why these machines cannot be put into an inventory, as a sentence; `null` when they can. Agents choose their names
 * themselves, and Ansible reads much into a name: ranges, variables, patterns that stand for other machines.
 */
export function whyNotNamed({ machines }: RunInput): string | null {
  if (machines.length === 0) return "There are no machines to run it on.";
  const unsafe = machines.find((m) => !isSafeName(m.hostname) || !isAddress(m.ip));
  if (unsafe !== undefined) {
    return `The machine ${JSON.stringify(unsafe.hostname)} (${JSON.stringify(unsafe.ip)}) cannot be named safely in an inventory.`;
  }
  const names = machines.map((m) => m.hostname.toLowerCase());
  const twice = machines.find((m, index) => names.indexOf(m.hostname.toLowerCase()) !== index);
  return twice === undefined
    ? null
    : `Two machines are called ${twice.hostname}: an inventory cannot tell them apart.`;
}

function inventoryLine({ hostname, ip }: RunMachine): string {
  return isSafeName(hostname) && isAddress(ip)
    ? `${hostname} ansible_host=${ip}`
    : `# cannot be named safely: ${JSON.stringify(hostname)} ${JSON.stringify(ip)}`;
}

/** Names that mean groups of hosts to Ansible. */
const GROUPS: readonly string[] = ["all", "ungrouped", "maintenance"];

/** Letters, digits, dots, dashes and underscores, as host names have them; nothing that Ansible reads as more. */
function isSafeName(name: string): boolean {
  return (
    /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9_])?$/.test(name) && !GROUPS.includes(name.toLowerCase())
  );
}

function isAddress(ip: string): boolean {
  return isIP(ip) !== 0 && /^[0-9a-fA-F.:]+$/.test(ip);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

import { parseIniInventory } from "./inventory-ini.js";
import { parseYamlInventory } from "./inventory-yaml.js";

/** A host of an Ansible inventory. */
export interface InventoryHost {
  readonly name: string;
  /** `ansible_host` (or the older `ansible_ssh_host`): where Ansible connects to; `null` if not given. */
  readonly address: string | null;
}

/** Hosts and groups of an Ansible inventory; variables other than the address are not kept. */
export interface Inventory {
  /** What people call it: the file's name. */
  readonly name: string;
  /** In the order in which they first stand in the file: the order of Ansible's results. */
  readonly hosts: readonly InventoryHost[];
  /** Hosts of every group, children included and before the group's own; with `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

export type ParsedInventory =
  | { readonly ok: true; readonly inventory: Inventory }
  /** Every problem found, each a sentence with its line number. */
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads an Ansible inventory, INI or YAML (JSON too): by the extension of its name, else by what its first lines look
 * like. Nothing of it is run: inventory scripts and plug-in configurations are refused.
 */
export function parseInventory(text: string, name: string): ParsedInventory {
  if (text.startsWith("#!")) {
    return {
      ok: false,
      problems: [`${name} is a program (#!). Save what it prints with --list as YAML and use that.`],
    };
  }
  return looksYaml(text, name) ? parseYamlInventory(text, name) : parseIniInventory(text, name);
}

function looksYaml(text: string, name: string): boolean {
  if (/\.(?:ya?ml|json)$/i.test(name)) return true;
  if (/\.(?:ini|cfg)$/i.test(name)) return false;
  const first = text.split(/\r?\n/).find((line) => !/^\s*(?:[#;].*)?$/.test(line)) ?? "";
  return /^(?:---|\{|[^\s:[\]]+:\s*(?:#.*)?$)/.test(first);
}

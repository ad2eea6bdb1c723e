import { parseIniInventory } from "./ini.js";
import type { ParsedInventory } from "./inventory.js";
import { parseYamlInventory } from "./yaml.js";

/**
 * Reads an Ansible inventory, INI or YAML (JSON too): by the extension of its name, else by what its first lines look
 * like. `name` is shown to people: without a folder. Nothing of it is run: inventory scripts and plug-in configurations are refused.
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

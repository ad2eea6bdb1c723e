import type { Steps } from "../steps.js";
import { eventsOf } from "../yaml/yaml-events.js";
import { parseIniInventory } from "./ini.js";
import type { ParsedInventory } from "./inventory.js";
import { readYamlInventory } from "./read-yaml.js";

/**
 * Reads an Ansible inventory, INI or YAML (JSON too): by the extension of its name, else by what its first lines look
 * like. `name` is shown to people: without a folder. Nothing of it is run: inventory scripts and plug-in configurations are refused.
 */
export function* parseInventory(text: string, name: string): Steps<ParsedInventory> {
  if (!isYamlInventory(text, name)) return yield* parsePlainInventory(text, name);
  return yield* readYamlInventory(text, eventsOf(text), name);
}

/** Whether the text is to be parsed as YAML (`eventsOf`) and then read (`readYamlInventory`). */
export function isYamlInventory(text: string, name: string): boolean {
  return formOf(text, name) === "yaml";
}

/** Reads one that is not YAML. */
export function* parsePlainInventory(text: string, name: string): Steps<ParsedInventory> {
  const form = formOf(text, name);
  return typeof form === "object" ? form : yield* parseIniInventory(text, name);
}

/** How the file is to be read; or what it is, if not what its name says. */
function formOf(text: string, name: string): "ini" | "yaml" | ParsedInventory {
  const told = (what: string): ParsedInventory => ({ ok: false, problems: [`${name}: This ${what}`] });
  if (text.startsWith("#!")) {
    return told("is a program (#!). Save what it prints with --list as YAML and use that.");
  }
  const looksYaml = /^(?:---|\{|[^\s:[\]]+:\s*(?:#.*)?$)/.test(firstLine(text));
  if (/\.(?:ya?ml|json)$/i.test(name)) {
    const looksIni = INI_SECTION.test(text) || INI_HOST.test(firstLine(text));
    return looksIni ? told("is an INI inventory, and its name is that of YAML: name it .ini.") : "yaml";
  }
  if (!/\.(?:ini|cfg)$/i.test(name)) return looksYaml ? "yaml" : "ini";
  return looksYaml ? told("is a YAML inventory, and its name is that of INI: name it .yml.") : "ini";
}

const INI_SECTION = /^\[[^\]\s,'"]+\]\s*(?:#.*)?$/m;

const INI_HOST = /^[\w.-]+(?:\[[\w:]+\])?[\w.-]*\s+\w+=/;

/** The first line that is no comment. */
function firstLine(text: string): string {
  for (const [line] of text.matchAll(/[^\r\n]+/g)) {
    const content = line.replace(/^\uFEFF/, "");
    if (!/^\s*(?:[#;].*)?$/.test(content)) return content;
  }
  return "";
}

import { machineKey } from "../maintenance/cluster/machine.js";
import type { Agent } from "../maintenance/cluster/world.js";
import type { Expression } from "./glob.js";
import { agentsOf, type Host, hostOf, namesOf, shortName, valuesOf } from "./host.js";
import type { HostIndex } from "./host-index.js";
import type { Term } from "./pattern.js";
import { applySubscript } from "./subscript.js";
import type { Matcher } from "./term.js";

interface TermMatch {
  readonly hosts: readonly Host[];
  /** The term itself if it stands for nothing, or the members of its range that do. */
  readonly missing: readonly string[];
  /** Why the term itself stands for nothing, if it is not simply that nothing is called so. */
  readonly why?: string;
  /** Plain names that stand for several hosts each. */
  readonly shared: readonly SharedName[];
}

export interface SharedName {
  readonly name: string;
  readonly hosts: readonly Host[];
}

/** What one matcher finds. */
interface Found {
  /** One that a group and a wildcard both have stands there twice, as in Ansible, which counts it twice in positions. */
  readonly hosts: readonly Host[];
  /** True for a group without hosts: nothing, but not a mistake. */
  readonly known: boolean;
  readonly absent?: readonly string[];
  readonly shared?: readonly SharedName[];
}

/** Finds what a term stands for: its first reading that matches anything. */
export function matchTerm(term: Term, index: HostIndex): TermMatch {
  for (const { matcher, subscript } of term.readings) {
    const isHostFirst = term.role === "union" && subscript === null;
    const found = find(matcher, isHostFirst, index);
    if (found.hosts.length === 0 && !found.known) continue;
    const hosts = unique(applySubscript(found.hosts, subscript));
    const nothing = hosts.length === 0 && (term.role === "union" || !found.known || subscript !== null);
    if (nothing) return { ...standsForNothing(term), ...(subscript === null ? {} : whyOutside(term, found)) };
    return { hosts, missing: term.role === "union" ? (found.absent ?? []) : [], shared: found.shared ?? [] };
  }
  const isPosition = term.readings.every(({ subscript }) => subscript !== null);
  return { ...standsForNothing(term), ...(isPosition ? whyNoBase(term) : {}) };
}

function standsForNothing({ text }: Term): TermMatch {
  return { hosts: [], missing: [text], shared: [] };
}

function whyNoBase(term: Term): { readonly why: string } {
  const base = baseOf(term);
  return { why: `a position in what ${base} matches, which is nothing; names are written out, with commas` };
}

function whyOutside(term: Term, { hosts }: Found): { readonly why: string } {
  const last = hosts.length - 1;
  if (last < 0) return { why: `${baseOf(term)} has no hosts` };
  const has = last === 0 ? "one host, at [0]" : `${hosts.length} hosts, from [0] to [${last}]`;
  return { why: `${baseOf(term)} has ${has}` };
}

function baseOf({ text }: Term): string {
  return text.slice(0, text.lastIndexOf("["));
}

function find(matcher: Matcher, isHostFirst: boolean, index: HostIndex): Found {
  switch (matcher.kind) {
    case "all":
      return foundIn(index.all());
    case "word":
      return findWord(matcher.name, isHostFirst, index);
    case "names": {
      const each = matcher.names.map((name) => ({ name, ...findWord(name, isHostFirst, index) }));
      return {
        hosts: each.flatMap(({ hosts }) => hosts),
        known: each.some(({ known }) => known),
        shared: each.flatMap(({ shared = [] }) => shared),
        absent: each.filter(({ hosts }) => hosts.length === 0).map(({ name }) => name),
      };
    }
    case "glob":
    case "regex":
      return findMatching(matcher, index);
    case "selector": {
      const { by, value } = matcher;
      const isSelected = (agent: Agent) => valuesOf(agent, by).some((one) => expressionFits(value, one));
      return foundIn(index.inOrder(index.hosts.filter((host) => agentsOf(host).some(isSelected))));
    }
    case "machine": {
      const key = machineKey(matcher.machine);
      const registered = index.named(matcher.machine.hostname.toLowerCase());
      const same = registered.filter((host) => host.machine !== null && machineKey(host.machine) === key);
      return foundIn(same.length > 0 ? same : [hostOf(matcher.machine.hostname, matcher.machine, null)]);
    }
  }
}

function foundIn(hosts: readonly Host[]): Found {
  return { hosts, known: false };
}

function foundByName(name: string, hosts: readonly Host[]): Found {
  return { ...foundIn(hosts), shared: hosts.length < 2 ? [] : [{ name, hosts }] };
}

/**
 * A plain name, as in Ansible: a host by its exact name before a group; but after `&` and `!`, and under a position, the group
 * comes first, and a name with a dot is both. Then an IP, then a short name that only one host has.
 */
function findWord(name: string, isHostFirst: boolean, index: HostIndex): Found {
  const exact = index.named(name);
  if (isHostFirst && exact.length > 0) return foundByName(name, exact);
  const group = index.group(name);
  if (group) return { hosts: name.includes(".") ? [...group, ...exact] : group, known: true };
  if (exact.length > 0) return foundByName(name, exact);
  const addressed = index.addressed(name);
  if (addressed.length > 0) return foundIn(addressed);
  const short = index.shortNamed(name);
  return foundIn(short ? [short] : []);
}

/** Groups whose name fits, with all their hosts, in the order of the file, then hosts whose name fits: Ansible's order. */
function findMatching(
  { kind, fits, onAddresses }: Extract<Matcher, { kind: "glob" | "regex" }>,
  index: HostIndex,
): Found {
  // Wildcards never mean "all" and "ungrouped", as Ansible's documentation has it: `a*` must not take in everything.
  const groups = index.groupNames.filter((name) => name !== "ungrouped" && fits(name));
  const hosts = index.hosts.filter(
    (host) =>
      fits(host.key) ||
      host.aliases.some(fits) ||
      (onAddresses && host.machine !== null && fits(host.machine.ip)),
  );
  if (hosts.length === 0 && groups.length === 0 && kind === "glob") {
    const short = index.hosts.filter((host) =>
      namesOf(host).some((name) => fits(shortName(name)) && index.shortNamed(shortName(name)) === host),
    );
    return foundIn(index.inOrder(short));
  }
  const members = groups.flatMap((name) => index.group(name) ?? []);
  const ordered = index.inOrder(hosts);
  return { hosts: members.length > 0 ? [...members, ...ordered] : ordered, known: groups.length > 0 };
}

/** Whether a value of an agent is what the expression stands for, without regard to case. */
function expressionFits(expression: Expression, value: string): boolean {
  const lower = value.toLowerCase();
  switch (expression.kind) {
    case "word":
      return lower === expression.name;
    case "names":
      return expression.names.includes(lower);
    case "glob":
      return expression.fits(lower);
  }
}

function unique(hosts: readonly Host[]): readonly Host[] {
  const once = new Set(hosts);
  return once.size === hosts.length ? hosts : [...once];
}

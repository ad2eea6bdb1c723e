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
  /** Plain names that stand for several hosts each. */
  readonly shared: readonly SharedName[];
}

export interface SharedName {
  readonly name: string;
  readonly hosts: readonly Host[];
}

/** What one matcher finds. `known` is true for a group without hosts: nothing, but not a mistake. */
interface Found {
  readonly hosts: readonly Host[];
  readonly known: boolean;
  readonly absent?: readonly string[];
  readonly shared?: readonly SharedName[];
}

/** Finds what a term stands for: its first reading that matches anything. */
export function matchTerm(term: Term, index: HostIndex): TermMatch {
  for (const { matcher, subscript } of term.readings) {
    const found = find(matcher, term.role, index);
    if (found.hosts.length === 0 && !found.known) continue;
    const hosts = applySubscript(found.hosts, subscript);
    const nothing = hosts.length === 0 && (term.role === "union" || !found.known || subscript !== null);
    const missing = nothing ? [term.text] : term.role === "union" ? (found.absent ?? []) : [];
    return { hosts, missing, shared: found.shared ?? [] };
  }
  return { hosts: [], missing: [term.text], shared: [] };
}

function find(matcher: Matcher, role: Term["role"], index: HostIndex): Found {
  switch (matcher.kind) {
    case "all":
      return foundIn(index.all());
    case "word":
      return findWord(matcher.name, role, index);
    case "names": {
      const each = matcher.names.map((name) => ({ name, ...findWord(name, role, index) }));
      return {
        hosts: unique(each.flatMap(({ hosts }) => hosts)),
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
 * A plain name: a host by its exact name before a group, as in Ansible, where only after `&` and `!` the group comes
 * first; then an IP, then a short name that only one host has.
 */
function findWord(name: string, role: Term["role"], index: HostIndex): Found {
  const exact = index.named(name);
  if (role === "union" && exact.length > 0) return foundByName(name, exact);
  const group = index.group(name);
  if (group) return { hosts: group, known: true };
  if (exact.length > 0) return foundByName(name, exact);
  const addressed = index.addressed(name);
  if (addressed.length > 0) return foundIn(addressed);
  const short = index.shortNamed(name);
  return foundIn(short ? [short] : []);
}

/** Groups whose name fits, with all their hosts, then hosts whose name fits: Ansible's order. */
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
  return { hosts: members.length > 0 ? unique([...members, ...ordered]) : ordered, known: groups.length > 0 };
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
  return [...new Set(hosts)];
}

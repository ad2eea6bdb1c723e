import { type Machine, machineKey } from "../maintenance/cluster/machine.js";
import type { Resolution } from "../maintenance/cluster/resolution.js";
import type { Host } from "./host.js";
import type { HostIndex } from "./host-index.js";
import { matchTerm, type SharedName } from "./match-term.js";
import type { HostPattern, Term } from "./pattern.js";
import { suggest } from "./suggest.js";

/** Suggestions are looked up for this many terms; further ones are listed without. */
const MOST_SUGGESTIONS = 8;

/**
 * The machines that a pattern stands for, by Ansible's rules: unions first, in the order they are written, then all
 * `&`, then all `!`, wherever they stand; without any union everything is the start. Ansible: "Patterns: targeting
 * hosts and groups".
 */
export function resolveHosts(pattern: HostPattern, index: HostIndex): Resolution {
  const matchedNothing: Resolution["matchedNothing"][number][] = [];
  const literalOf = new Map<string, Host>();
  /** Makes a literal machine that is written twice one host, so that hosts compare as objects. */
  const one = (host: Host): Host => {
    if (!isLiteral(host)) return host;
    const key = machineKey(host.machine);
    const first = literalOf.get(key) ?? host;
    literalOf.set(key, first);
    return first;
  };
  const matches = pattern.terms.map((term) => {
    const match = matchTerm(term, index);
    for (const missing of match.missing) {
      const lookUp = missing === term.text && matchedNothing.length < MOST_SUGGESTIONS;
      const nearest = lookUp ? suggest(term, index) : [];
      matchedNothing.push({ term: missing, nearest, ...(match.why === undefined ? {} : { why: match.why }) });
    }
    const hosts = match.hosts.some(isLiteral) ? match.hosts.map(one) : match.hosts;
    return { role: term.role, hosts, shared: match.shared };
  });

  const machines: Machine[] = [];
  const unknown: string[] = [];
  const doubts = new Set<string>();
  const literals: Machine[] = [];
  const selected = selectedBy(matches, index);
  for (const host of selected) {
    if (host.machine === null) {
      unknown.push(host.name);
      if (host.doubt !== null) doubts.add(host.doubt);
    } else {
      machines.push(host.machine);
      if (host.agent === null) literals.push(host.machine);
    }
  }
  const ambiguous = ambiguousIn(matches, selected);
  return {
    machines,
    matchedNothing,
    ...(ambiguous.length === 0 ? {} : { ambiguous }),
    unknown,
    ...(doubts.size === 0 ? {} : { doubts: [...doubts] }),
    literals,
  };
}

interface Match {
  readonly role: Term["role"];
  /** Each once. */
  readonly hosts: readonly Host[];
  readonly shared: readonly SharedName[];
}

/** Names that still stand for several machines when the other terms have had their say. */
function ambiguousIn(
  matches: readonly Match[],
  selected: Iterable<Host>,
): NonNullable<Resolution["ambiguous"]> {
  const shared = matches.filter(({ role }) => role !== "exclusion").flatMap((match) => match.shared);
  if (shared.length === 0) return [];
  const chosen = new Set(selected);
  return shared.flatMap(({ name, hosts }) => {
    const machines = hosts.flatMap((host) =>
      chosen.has(host) && host.machine !== null ? [host.machine] : [],
    );
    return machines.length < 2 ? [] : [{ term: name, machines }];
  });
}

/** Each once, in the order of the terms. */
function selectedBy(matches: readonly Match[], index: HostIndex): Iterable<Host> {
  const [first] = matches;
  // A single term may stand for the whole of a large cluster, and there is nothing to compare it with.
  if (matches.length === 1 && first?.role === "union") return first.hosts;
  const unions = matches.filter(({ role }) => role === "union");
  const selected = new Set(unions.length > 0 ? unions.flatMap(({ hosts }) => hosts) : index.all());
  for (const { role, hosts } of matches) {
    if (role !== "intersection") continue;
    const others = new Set(hosts);
    for (const host of selected) if (!others.has(host)) selected.delete(host);
  }
  for (const { role, hosts } of matches) {
    if (role === "exclusion") for (const host of hosts) selected.delete(host);
  }
  return selected;
}

/** Given as `host|ip`, and no registered agent stands for it. */
function isLiteral(host: Host): host is Host & { readonly machine: Machine } {
  return host.machine !== null && host.agent === null;
}

import { type Machine, machineKey } from "../maintenance/cluster/machine.js";
import type { Resolution } from "../maintenance/cluster/resolution.js";
import type { Host } from "./host.js";
import type { HostIndex } from "./host-index.js";
import { matchTerm, type SharedName, weightOf } from "./match-term.js";
import { type Parsed, type Problem, problemOf } from "./parsed.js";
import type { HostPattern, Term } from "./pattern.js";
import { forEach, type Steps } from "./steps.js";
import { suggest } from "./suggest.js";

/** Suggestions are looked up for this many terms; further ones are listed without. */
const MOST_SUGGESTIONS = 8;

/**
 * So many steps a pattern may take, which are a few seconds of a processor at most. Fifty terms with a wildcard take as many on
 * 50,000 hosts.
 */
export const WORK = 5_000_000;

/**
 * The machines that a pattern stands for, by Ansible's rules: unions first, in the order they are written, then all
 * `&`, then all `!`, wherever they stand; without any union everything is the start. Ansible: "Patterns: targeting
 * hosts and groups". A pattern that takes more than WORK is refused: before anything is looked up where its terms tell,
 * else when the hosts of the groups turn out to be so many.
 */
export function* resolveHosts(
  pattern: HostPattern,
  index: HostIndex,
): Steps<Parsed<{ readonly resolution: Resolution }>> {
  if (leastWork(pattern, index) > WORK) return tooMuchWork(index);
  const steps = resolve(pattern, index);
  let done = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) return { ok: true, resolution: step.value };
    done += step.value;
    if (done > WORK) return tooMuchWork(index);
    yield step.value;
  }
}

/** What it takes to look at every host with every term. */
function leastWork({ terms }: HostPattern, { hosts, groupNames }: HostIndex): number {
  const weights = terms.map(({ readings }) => Math.max(...readings.map(({ matcher }) => weightOf(matcher))));
  return weights.reduce((sum, weight) => sum + weight, 0) * (hosts.length + groupNames.length);
}

function tooMuchWork({ hosts }: HostIndex): Problem {
  return problemOf(
    `The host pattern is too much work on ${hosts.length} hosts: it has too many wildcards, regular expressions or groups. Name a group or an attribute instead, or fewer at a time.`,
  );
}

function* resolve(pattern: HostPattern, index: HostIndex): Steps<Resolution> {
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
  const matches: Match[] = [];
  for (const term of pattern.terms) {
    const match = yield* matchTerm(term, index);
    for (const missing of match.missing) {
      const lookUp = missing === term.text && matchedNothing.length < MOST_SUGGESTIONS;
      const nearest = lookUp ? yield* suggest(term, index) : [];
      matchedNothing.push({ term: missing, nearest, ...(match.why === undefined ? {} : { why: match.why }) });
    }
    const [first] = match.hosts;
    const hosts = match.hosts.length === 1 && first !== undefined ? [one(first)] : match.hosts;
    matches.push({ role: term.role, hosts, shared: match.shared });
    yield 1;
  }

  const machines: Machine[] = [];
  const unknown: string[] = [];
  const doubts = new Set<string>();
  const literals: Machine[] = [];
  const selected = yield* selectedBy(matches, index);
  yield* forEach(selected, 1, (host) => {
    if (host.machine === null) {
      unknown.push(host.name);
      if (host.doubt !== null) doubts.add(host.doubt);
    } else {
      machines.push(host.machine);
      if (host.agent === null) literals.push(host.machine);
    }
  });
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
function* selectedBy(matches: readonly Match[], index: HostIndex): Steps<Iterable<Host>> {
  const [first] = matches;
  // A single term may stand for the whole of a large cluster, and there is nothing to compare it with.
  if (matches.length === 1 && first?.role === "union") return first.hosts;
  const unions = matches.filter(({ role }) => role === "union");
  const selected = new Set<Host>();
  for (const { hosts } of unions.length > 0 ? unions : [{ hosts: yield* index.all() }])
    yield* forEach(hosts, 1, (host) => selected.add(host));
  for (const { role, hosts } of matches) {
    if (role !== "intersection") continue;
    const others = new Set<Host>();
    yield* forEach(hosts, 1, (host) => others.add(host));
    yield* forEach(selected, 1, (host) => {
      if (!others.has(host)) selected.delete(host);
    });
  }
  for (const { role, hosts } of matches)
    if (role === "exclusion") yield* forEach(hosts, 1, (host) => selected.delete(host));
  return selected;
}

/** Given as `host|ip`, and no registered agent stands for it. */
function isLiteral(host: Host): host is Host & { readonly machine: Machine } {
  return host.machine !== null && host.agent === null;
}

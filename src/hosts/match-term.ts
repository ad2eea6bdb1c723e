import { machineKey } from "../maintenance/cluster/machine.js";
import type { Expression } from "./glob.js";
import { agentsOf, type Host, hostOf, namesOf, shortName, valuesOf } from "./host.js";
import type { HostIndex } from "./host-index.js";
import type { Term } from "./pattern.js";
import { filtered, forEach, type Steps } from "./steps.js";
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
  readonly hosts: readonly Host[];
  /** One that a group and a wildcard both have stands there twice, as in Ansible, which counts it twice in positions. */
  readonly mayRepeat?: true;
  /** True for a group without hosts: nothing, but not a mistake. */
  readonly known: boolean;
  readonly absent?: readonly string[];
  readonly shared?: readonly SharedName[];
}

/** Finds what a term stands for: its first reading that matches anything. */
export function* matchTerm(term: Term, index: HostIndex): Steps<TermMatch> {
  for (const { matcher, subscript } of term.readings) {
    const isHostFirst = term.role === "union" && subscript === null;
    const found = yield* find(matcher, isHostFirst, index);
    if (found.hosts.length === 0 && !found.known) continue;
    const chosen = applySubscript(found.hosts, subscript);
    const hosts = found.mayRepeat ? yield* unique(chosen) : chosen;
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

function* find(matcher: Matcher, isHostFirst: boolean, index: HostIndex): Steps<Found> {
  switch (matcher.kind) {
    case "all":
      return foundIn(yield* index.all());
    case "word":
      return yield* findWord(matcher.name, isHostFirst, index);
    case "names":
      return yield* findNames(matcher.names(), isHostFirst, index);
    case "glob":
    case "regex":
      return yield* findMatching(matcher, index);
    case "selector": {
      const { by, value } = matcher;
      const fits = yield* valueFits(value);
      const isSelected = (host: Host) =>
        agentsOf(host).some((agent) => valuesOf(agent, by).some((one) => fits(one.toLowerCase())));
      return foundIn(yield* filtered(index.hosts, weightOf(matcher), isSelected));
    }
    case "machine": {
      const key = machineKey(matcher.machine);
      const registered = index.named(matcher.machine.hostname.toLowerCase());
      const same = registered.filter((host) => host.machine !== null && machineKey(host.machine) === key);
      return foundIn(same.length > 0 ? same : [hostOf(matcher.machine.hostname, matcher.machine, null)]);
    }
  }
}

/** How many steps it takes to look at one host. */
export function weightOf(matcher: Matcher): number {
  switch (matcher.kind) {
    case "glob":
    case "regex":
      return matcher.weight;
    case "selector":
      return 4 + (matcher.value.kind === "glob" ? matcher.value.weight : 0);
    default:
      return 0;
  }
}

function foundIn(hosts: readonly Host[]): Found {
  return { hosts, known: false };
}

function foundByName(name: string, hosts: readonly Host[]): Found {
  return { ...foundIn(hosts), shared: hosts.length < 2 ? [] : [{ name, hosts }] };
}

function* findNames(names: Iterable<string>, isHostFirst: boolean, index: HostIndex): Steps<Found> {
  const hosts: Host[] = [];
  const absent: string[] = [];
  const shared: SharedName[] = [];
  let known = false;
  let done = 0;
  for (const name of names) {
    const found = yield* findWord(name, isHostFirst, index);
    for (const host of found.hosts) hosts.push(host);
    if (found.hosts.length === 0) absent.push(name);
    for (const one of found.shared ?? []) shared.push(one);
    known ||= found.known;
    done += 2 + found.hosts.length;
    if (done < 1_000) continue;
    yield done;
    done = 0;
  }
  yield done;
  return { hosts, mayRepeat: true, known, absent, shared };
}

/**
 * A plain name, as in Ansible: a host by its exact name before a group; but after `&` and `!`, and under a position, the group
 * comes first, and a name with a dot is both. Then an IP, then a short name that only one host has.
 */
function* findWord(name: string, isHostFirst: boolean, index: HostIndex): Steps<Found> {
  const exact = index.named(name);
  if (isHostFirst && exact.length > 0) return foundByName(name, exact);
  if (index.hasGroup(name)) {
    const group = yield* index.group(name);
    return name.includes(".")
      ? { hosts: [...group, ...exact], mayRepeat: true, known: true }
      : { hosts: group, known: true };
  }
  if (exact.length > 0) return foundByName(name, exact);
  const addressed = (yield* index.addresses()).get(name) ?? [];
  if (addressed.length > 0) return foundIn(addressed);
  const short = (yield* index.shortNames()).get(name);
  return foundIn(short ? [short] : []);
}

/** Groups whose name fits, with all their hosts, in the order of the file, then hosts whose name fits: Ansible's order. */
function* findMatching(
  { kind, weight, fits, onAddresses }: Extract<Matcher, { kind: "glob" | "regex" }>,
  index: HostIndex,
): Steps<Found> {
  // Wildcards never mean "all" and "ungrouped", as Ansible's documentation has it: `a*` must not take in everything.
  const groups = yield* filtered(index.groupNames, weight, (name) => name !== "ungrouped" && fits(name));
  const isMeant = (host: Host) =>
    fits(host.key) ||
    host.aliases.some(fits) ||
    (onAddresses && host.machine !== null && fits(host.machine.ip));
  const hosts = yield* filtered(index.hosts, weight, isMeant);
  if (hosts.length === 0 && groups.length === 0 && kind === "glob") {
    const shortNames = yield* index.shortNames();
    const isShort = (host: Host) =>
      namesOf(host).some((name) => fits(shortName(name)) && shortNames.get(shortName(name)) === host);
    return foundIn(yield* filtered(index.hosts, weight, isShort));
  }
  if (groups.length === 0) return { hosts, known: false };
  const members: Host[] = [];
  for (const name of groups)
    yield* forEach(yield* index.group(name), 1, (host) => {
      members.push(host);
    });
  return { hosts: members.concat(hosts), mayRepeat: true, known: true };
}

/** Whether a value of an agent, in lower case, is what the expression stands for. */
function* valueFits(expression: Expression): Steps<(value: string) => boolean> {
  switch (expression.kind) {
    case "word":
      return (value) => value === expression.name;
    case "names": {
      const names = new Set<string>();
      yield* forEach(expression.names(), 2, (name) => names.add(name));
      return (value) => names.has(value);
    }
    case "glob":
      return expression.fits;
  }
}

function* unique(hosts: readonly Host[]): Steps<readonly Host[]> {
  const once = new Set<Host>();
  yield* forEach(hosts, 1, (host) => once.add(host));
  return once.size === hosts.length ? hosts : [...once];
}

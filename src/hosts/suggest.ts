import { agentsOf, shortName, valuesOf } from "./host.js";
import type { HostIndex } from "./host-index.js";
import { editDistance, nearest, slack } from "./nearest.js";
import type { Term } from "./pattern.js";

const MOST = 3;

/** What a person may have meant by a term that stands for nothing, nearest first. */
export function suggest(term: Term, index: HostIndex): readonly string[] {
  const matcher = term.readings.at(-1)?.matcher;
  switch (matcher?.kind) {
    case "word":
      return nearestNames(matcher.name, index);
    case "names":
      return nearestNames(matcher.names[0] ?? "", index);
    case "glob":
      return nearestHeads(matcher.head, index);
    case "selector": {
      const { by, value } = matcher;
      const agents = index.hosts.flatMap(agentsOf);
      const values = agents.flatMap((agent) => valuesOf(agent, by));
      if (values.length > 0 || !by.startsWith("@"))
        return nearestOrFirst(value.kind === "word" ? value.name : "", values).map((one) => `${by}=${one}`);
      const names = agents.flatMap((agent) => agent.attributes.map(({ name }) => name));
      return nearestOrFirst(by.slice(1), names).map((name) => `@${name}=*`);
    }
    default:
      return [];
  }
}

function nearestNames(word: string, index: HostIndex): readonly string[] {
  const candidates = [...index.groupNames, ...index.hosts.map((host) => host.name)];
  const among = (candidate: string) => [candidate, shortName(candidate)];
  const short = shortName(word);
  if (short === word) return nearest(word, candidates, { among });
  // A full name where the master knows short ones, or in another domain: first the host of that very name.
  const namesakes = candidates.filter((name) => shortName(name).toLowerCase() === short.toLowerCase());
  const close = new Set([...namesakes, ...nearest(word, candidates)]);
  return close.size > 0 ? [...close].slice(0, MOST) : nearest(short, candidates, { among });
}

/** For a glob: hosts whose names begin nearly as it does. */
function nearestHeads(head: string, index: HostIndex): readonly string[] {
  if (head.length < 2) return [];
  const most = slack(head.length);
  const near = index.hosts.filter(({ key }) => editDistance(head, key.slice(0, head.length), most) <= most);
  return index
    .inOrder(near)
    .slice(0, MOST)
    .map(({ name }) => name);
}

/** The nearest of the values there are; the first of them where none is near. */
function nearestOrFirst(word: string, values: readonly string[]): readonly string[] {
  const sorted = [...new Set(values)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const close = nearest(word, sorted);
  return close.length > 0 ? close : sorted.slice(0, MOST);
}

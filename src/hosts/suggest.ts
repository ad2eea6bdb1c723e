import type { Agent } from "../maintenance/cluster/world.js";
import { agentsOf, shortName, valuesOf } from "./host.js";
import type { HostIndex } from "./host-index.js";
import { editDistance, nearestOfMany, slack } from "./nearest.js";
import type { Term } from "./pattern.js";
import { filtered, forEach, type Steps, sorted } from "./steps.js";

const MOST = 3;

const BY_NAME = new Intl.Collator("en", { numeric: true });

/** What a person may have meant by a term that stands for nothing, nearest first. */
export function* suggest(term: Term, index: HostIndex): Steps<readonly string[]> {
  const matcher = term.readings.at(-1)?.matcher;
  switch (matcher?.kind) {
    case "word":
      return yield* nearestNames(matcher.name, index);
    case "names": {
      const [first = ""] = matcher.names();
      return yield* nearestNames(first, index);
    }
    case "glob":
      return yield* nearestHeads(matcher.head, index);
    case "selector": {
      const { by, value } = matcher;
      const values = yield* collected(index, (agent) => valuesOf(agent, by));
      if (values.size > 0 || !by.startsWith("@")) {
        const near = yield* nearestOrFirst(value.kind === "word" ? value.name : "", values);
        return near.map((one) => `${by}=${one}`);
      }
      const names = yield* collected(index, ({ attributes }) => attributes.map(({ name }) => name));
      return (yield* nearestOrFirst(by.slice(1), names)).map((name) => `@${name}=*`);
    }
    default:
      return [];
  }
}

/** What the agents have, each once. */
function* collected(index: HostIndex, of: (agent: Agent) => readonly string[]): Steps<ReadonlySet<string>> {
  const all = new Set<string>();
  yield* forEach(index.hosts, 4, (host) => {
    for (const agent of agentsOf(host)) for (const one of of(agent)) all.add(one);
  });
  return all;
}

function* nearestNames(word: string, index: HostIndex): Steps<readonly string[]> {
  const candidates = [...index.groupNames, ...index.hosts.map((host) => host.name)];
  const among = (candidate: string) => [candidate, shortName(candidate)];
  const short = shortName(word);
  if (short === word) return yield* nearestOfMany(word, candidates, { among });
  // A full name where the master knows short ones, or in another domain: first the host of that very name.
  const namesakes = yield* filtered(
    candidates,
    1,
    (name) => shortName(name).toLowerCase() === short.toLowerCase(),
  );
  const close = new Set([...namesakes.slice(0, MOST), ...(yield* nearestOfMany(word, candidates))]);
  return close.size > 0 ? [...close].slice(0, MOST) : yield* nearestOfMany(short, candidates, { among });
}

/** For a glob: hosts whose names begin nearly as it does. */
function* nearestHeads(head: string, index: HostIndex): Steps<readonly string[]> {
  if (head.length < 2) return [];
  const most = slack(head.length);
  const isNear = ({ key }: { readonly key: string }) =>
    editDistance(head, key.slice(0, head.length), most) <= most;
  const near = yield* filtered(index.hosts, 4, isNear);
  return near.slice(0, MOST).map(({ name }) => name);
}

/** The nearest of the values there are; the first of them where none is near. */
function* nearestOrFirst(word: string, values: ReadonlySet<string>): Steps<readonly string[]> {
  const inOrder = yield* sorted([...values], BY_NAME.compare);
  const close = yield* nearestOfMany(word, inOrder);
  return close.length > 0 ? close : inOrder.slice(0, MOST);
}

import { groupBy } from "../group-by.js";
import type { Framework, World } from "./world.js";

/** How the framework with an id is called for people; `undefined` for one that is not known. */
export type FrameworkNames = (id: string) => string | undefined;

type Named = Pick<Framework, "id" | "name" | "principal">;

const known = new WeakMap<World, FrameworkNames>();

/**
 * How the frameworks that a world shows are called: by their names, and where several have one name with what tells them
 * apart behind it. A name is no identity (invariant 13).
 */
export function frameworkNamesIn(world: World): FrameworkNames {
  const names = known.get(world) ?? frameworkNames(world.frameworks);
  known.set(world, names);
  return names;
}

/** The same of these frameworks, each once by its id. */
export function frameworkNames(frameworks: Iterable<Named>): FrameworkNames {
  const names = new Map<string, string>();
  const byId = new Map([...frameworks].map((one) => [one.id, one]));
  for (const [name, same] of groupBy([...byId.values()], (one) => one.name)) {
    const marks = same.length === 1 ? null : marksOf(same);
    same.forEach(({ id }, at) => {
      names.set(id, marks === null ? name : `${name} (${marks[at]})`);
    });
  }
  return (id) => names.get(id);
}

/** What is behind the name of each: the principal, else the end of the id, else the whole id; whichever differs for all. */
function marksOf(same: readonly Named[]): string[] {
  const marks = [
    same.map(({ principal }) => principal ?? ""),
    same.map(({ id }) => (id.lastIndexOf("-") > 0 ? `…${id.slice(id.lastIndexOf("-"))}` : id)),
  ];
  const differing = marks.find((each) => new Set(each).size === same.length && !each.includes(""));
  return differing ?? same.map(({ id }) => id);
}

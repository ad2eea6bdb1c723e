import { frameworkNamesIn } from "../cluster/framework-names.js";
import type { World } from "../cluster/world.js";
import { counted } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { takenFor, writesOf } from "./facts.js";
import { type FrameworkMapping, recogniser } from "./recognise.js";

/**
 * Who else writes the maintenance schedule, a sentence each, for the start of a drain: frameworks that are known for it,
 * and whoever posted windows that are not ours.
 *
 * @param foreign how many machines are in windows of others.
 */
export function otherWriters(world: World, mapping: readonly FrameworkMapping[], foreign: number): string[] {
  const kindOf = recogniser(mapping);
  const nameOf = frameworkNamesIn(world);
  const known = world.frameworks.flatMap((framework) => {
    const kind = kindOf(framework);
    const writes = writesOf(kind);
    if (writes === null) return [];
    const next = writes.bringsUp
      ? " Stop that first, or the machines may come Up while somebody works on them."
      : "";
    return [
      `Framework ${quoted(nameOf(framework.id) ?? framework.name)} ${takenFor(kind)}, which ${writes.how}.${next}`,
    ];
  });
  if (foreign === 0) return known;
  const machines =
    foreign === 1 ? "1 machine is in a window" : `${counted(foreign, "machine")} are in windows`;
  return [
    ...known,
    `Somebody else writes the schedule too: ${machines} of others. A program that posts a list of its own takes our window out with it; the thread says so if that happens.`,
  ];
}

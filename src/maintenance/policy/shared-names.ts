import type { Machine } from "../cluster/machine.js";
import type { Resolution } from "../cluster/resolution.js";
import type { World } from "../cluster/world.js";
import { namesIn } from "../cluster/world-index.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Objection } from "./objection.js";

/** So many machines at most are written out in a line that names all of them. */
const MOST_IN_LINE = 5;

/**
 * Why nothing is done for a plain name that stands for several machines, and the lines that name one of them, or all: a host
 * name is no identity (invariants 4 and 13). `null` where every name stands for one.
 *
 * @param command what comes before the hosts in these lines: `/mesos drain`.
 * @param isLikely which of the machines is more likely the one that was meant.
 */
export function whyAmbiguous(
  { ambiguous = [] }: Resolution,
  world: World,
  command: string,
  isLikely: (machine: Machine) => boolean,
): Objection | null {
  if (ambiguous.length === 0) return null;
  const names = namesIn(
    world,
    ambiguous.flatMap(({ machines }) => machines),
  );
  const why = ambiguous.map(({ term, machines }) => {
    const told = quoted(list(machines.map(names.of)));
    return `\`${quoted(term)}\` stands for ${machines.length} machines in ${world.cluster}: ${told}.`;
  });
  const next = ambiguous.map(({ machines }) => {
    const line = (some: readonly Machine[]) => `${command} ${quoted(some.map(names.typed).join(","))}`;
    const one = machines.find(isLikely) ?? machines[0];
    const all = machines.length > MOST_IN_LINE ? "" : `; for all of them: ${line(machines)}`;
    return one === undefined ? "" : `Name the one that is meant: ${line([one])}${all}.`;
  });
  return { why: why.join(" "), next: next.join(" "), change: null };
}

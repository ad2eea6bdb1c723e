import type { World } from "../cluster/world.js";
import { indexWorld, tasksOf, type WatchedMachine } from "../cluster/world-index.js";
import type { Maintenance } from "../record/record.js";
import { wildcard } from "../text/glob.js";
import type { Millis } from "../time.js";
import { isAmong, type Person, type Policy } from "./policy.js";

export type Owner = Maintenance["owners"][number];

/**
 * Whose frameworks and apps run on these machines: per owner (user or group id) the names that the policy gives to them
 * and that have tasks there.
 */
export function affectedOwners(
  policy: Policy,
  world: World,
  machines: readonly WatchedMachine[],
): { readonly owner: string; readonly of: string[] }[] {
  const index = indexWorld(world);
  const names = new Set<string>();
  for (const task of machines.flatMap((watched) => tasksOf(watched, index))) {
    names.add(index.frameworks.get(task.frameworkId)?.name ?? task.frameworkId);
    names.add(task.app);
  }
  const found = new Map<string, Set<string>>();
  for (const { match, owners } of policy.owners) {
    const theirs = [...names].filter(wildcard(match));
    if (theirs.length === 0) continue;
    for (const owner of owners) found.set(owner, new Set([...(found.get(owner) ?? []), ...theirs]));
  }
  return [...found].map(([owner, of]) => ({ owner, of: [...of].sort() }));
}

/** The entries of this person: their own, and those of groups they were found to be in. */
export function ownedBy(record: Maintenance, person: Person): Owner[] {
  return record.owners.filter((entry) => isAmong(person, [entry.owner]));
}

/** The record with what a person says for these owners. */
export function withOwnersSaying(
  record: Maintenance,
  of: readonly Owner[],
  said: Owner["said"],
  by: string,
  atMs: Millis,
): Maintenance {
  const ids = of.map(({ owner }) => owner);
  const owners = record.owners.map((entry) =>
    ids.includes(entry.owner) ? { ...entry, said, by, atMs } : entry,
  );
  return { ...record, owners };
}

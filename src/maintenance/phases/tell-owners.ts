import { affectedOwners, type Owner } from "../policy/owners.js";
import { isDraining, watchedMachines } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import type { Moment } from "./step.js";

/** Tells owners of what runs on our machines, each once; what else of theirs turns up later is noted. */
export function tellOwners(record: Maintenance, { world, policy, nowMs }: Moment): Maintenance {
  if (policy.owners.length === 0) return record;
  const draining = record.batches.filter(isDraining);
  const affected = affectedOwners(policy, world, draining.flatMap(watchedMachines));
  const known = new Map(record.owners.map((entry) => [entry.owner, entry]));
  const isNews = affected.some(({ owner, of }) => of.some((name) => !known.get(owner)?.of.includes(name)));
  if (!isNews) return record;
  const added = affected.filter(({ owner }) => !known.has(owner));
  const owners = [
    ...record.owners.map((entry): Owner => {
      const more = affected.find(({ owner }) => owner === entry.owner)?.of ?? [];
      return { ...entry, of: [...new Set([...entry.of, ...more])].sort() };
    }),
    ...added.map((entry): Owner => ({ ...entry, said: "nothing", by: null, atMs: null })),
  ];
  const next = { ...record, owners };
  return added.length === 0 ? next : withEvent(next, nowMs, { kind: "owners_told", owners: added });
}

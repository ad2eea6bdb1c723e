import { quoted } from "../text/quote.js";
import type { Millis } from "../time.js";
import type { Hold, Maintenance } from "./record.js";

type Owner = Maintenance["owners"][number];

/** All who hold a maintenance, the oldest first; it goes on when the last of them is released. */
export function holdsOf({ held }: Maintenance): Hold[] {
  if (held === null) return [];
  const { also = [], ...oldest } = held;
  return [oldest, ...also];
}

/** Whether it is this hold that an owner's entry stands for. */
export function isHeldBy({ owner, said, by }: Owner, hold: Hold): boolean {
  return said === "hold" && hold.as === "owner" && hold.by === (by ?? owner);
}

/** The record with exactly these holds. */
export function withHolds(record: Maintenance, [oldest, ...also]: readonly Hold[]): Maintenance {
  if (oldest === undefined) return { ...record, held: null };
  return { ...record, held: also.length === 0 ? oldest : { ...oldest, also } };
}

/** The record without these holds; owners who held by them have said nothing, on the word of `by`. */
export function without(record: Maintenance, ending: readonly Hold[], by: string, atMs: Millis): Maintenance {
  const left = holdsOf(record).filter((one) => !ending.some((each) => each.by === one.by));
  const owners = record.owners.map((entry) =>
    ending.some((one) => isHeldBy(entry, one)) ? { ...entry, said: "nothing" as const, by, atMs } : entry,
  );
  return withHolds({ ...record, owners }, left);
}

/** `<@U0BOB> (backup runs), <@U0KIM>`: everybody who holds it, and why. */
export function holdersText(record: Maintenance): string {
  return holdsOf(record)
    .map(({ by, reason }) => `<@${by}>${reasonOf(reason)}`)
    .join(", ");
}

/** ` (backup runs)`, or nothing. */
export function reasonOf(reason: string | null): string {
  return reason === null ? "" : ` (${quoted(reason)})`;
}

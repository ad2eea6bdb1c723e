import { namesIn } from "../cluster/world-index.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { DrainAsked } from "./drain-asked.js";
import type { Objection } from "./objection.js";

/** As many names as show what was miscounted. */
const MOST_NAMES = 10;

/** The requester typed how many machines it is (`--confirm 40`), and that is exactly how many it is now. */
export function isConfirmed({ record, machines }: DrainAsked): boolean {
  return record.confirmed === machines.length;
}

/** Whoever typed a number has counted: of other machines than that nothing is done, whether a rule asks for a number or not. */
export function otherNumber(asked: DrainAsked): Objection | null {
  const { record, machines, world } = asked;
  if (record.confirmed === null || isConfirmed(asked)) return null;
  const count = machines.length;
  const names = quoted(list(machines.map(namesIn(world, machines).of), ", ", MOST_NAMES));
  const changed = `it may stand for ${count > record.confirmed ? "more" : "fewer"} now than when they were counted`;
  return {
    why: `--confirm ${record.confirmed} was typed, and ${quoted(record.hosts)} stands for ${counted(count, "machine")} (${names}); ${changed}.`,
    next: "",
    change: {},
    unlessMeant: ["mend the pattern"],
  };
}

import { type FoundTrouble, troubleOf } from "./troubles.js";
import { mendUnreadable, type Unreadable, whichUnreadable } from "./unreadable.js";

/** What keeps from going on whatever depends on which machines others hold. @param all at least one. */
export function besideUnreadable(all: readonly Unreadable[], goOn?: string): FoundTrouble {
  return troubleOf("others_unreadable", { which: whichUnreadable(all), mend: mendUnreadable(all) }, goOn);
}

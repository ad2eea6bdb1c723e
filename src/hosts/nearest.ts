import { atOnce } from "../maintenance/at-once.js";
import { forEach, type Steps, sorted } from "./steps.js";

/**
 * Edit distance between two words (insert, delete, replace, swap of neighbours), given up as soon as it must exceed
 * `most`; then the answer is `most + 1`. Only the diagonal band that can stay within `most` is computed, so comparing
 * with tens of thousands of host names stays a matter of milliseconds.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  // What both begin or end with costs nothing; names of one cluster share most of their letters.
  let start = 0;
  let endA = a.length;
  let endB = b.length;
  while (start < endA && start < endB && a.charCodeAt(start) === b.charCodeAt(start)) start += 1;
  while (endA > start && endB > start && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA -= 1;
    endB -= 1;
  }
  return bandedDistance(a.slice(start, endA), b.slice(start, endB), most);
}

function bandedDistance(a: string, b: string, most: number): number {
  const beyond = most + 1;
  if (a.length === 0 || b.length === 0) return Math.min(a.length + b.length, beyond);
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => Math.min(j, beyond));
  for (let i = 1; i <= a.length; i += 1) {
    const row = new Array<number>(b.length + 1).fill(beyond);
    row[0] = Math.min(i, beyond);
    let best = row[0];
    const last = Math.min(b.length, i + most);
    for (let j = Math.max(1, i - most); j <= last; j += 1) {
      const replaced = (previous[j - 1] ?? beyond) + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1);
      let cost = Math.min(replaced, (previous[j] ?? beyond) + 1, (row[j - 1] ?? beyond) + 1, beyond);
      const swapped =
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (i > 1 && j > 1 && swapped) cost = Math.min(cost, (before[j - 2] ?? beyond) + 1);
      row[j] = cost;
      if (cost < best) best = cost;
    }
    if (best > most) return beyond;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? beyond;
}

/** How many edits a word of this length may be away and still be taken for a slip of the finger. */
export function slack(length: number): number {
  return Math.min(3, Math.max(1, Math.floor(length / 3)));
}

/** How the nearest of many are asked for. */
interface Options {
  readonly limit?: number;
  readonly among?: (candidate: string) => readonly string[];
}

/**
 * The candidates nearest to a mistyped word, best first (of equals the shorter), each once, three unless told: those
 * within a few edits, else those that begin with the word. Case does not count. `among` gives further spellings of a
 * candidate to compare with, such as the part of a host name before its first dot.
 */
export function nearest(word: string, candidates: Iterable<string>, options: Options = {}): string[] {
  return atOnce(nearestOfMany(word, candidates, options));
}

/** The same, where there may be tens of thousands. */
export function* nearestOfMany(
  word: string,
  candidates: Iterable<string>,
  options: Options = {},
): Steps<string[]> {
  const wanted = word.toLowerCase();
  if (wanted === "") return [];
  const limit = options.limit ?? 3;
  const most = slack(wanted.length);
  const close = new Map<string, number>();
  const longer = new Map<string, number>();
  yield* forEach(candidates, 4, (candidate) => {
    let best = most + 1;
    for (const spelling of options.among?.(candidate) ?? [candidate]) {
      best = Math.min(best, editDistance(wanted, spelling.toLowerCase(), most));
    }
    if (best <= most) close.set(candidate, best);
    else if (close.size === 0 && candidate.toLowerCase().startsWith(wanted)) longer.set(candidate, 0);
  });
  const all = [...(close.size > 0 ? close : longer)];
  const best = yield* sorted(
    all,
    ([a, near], [b, far]) => near - far || a.length - b.length || (a < b ? -1 : 1),
  );
  return best.slice(0, limit).map(([candidate]) => candidate);
}

/** The candidate nearest to a mistyped word, or `null`. `sure` if no other is near and the word is long enough to tell. */
export function nearestOne<T extends string>(
  word: string,
  candidates: readonly T[],
): { readonly name: T; readonly sure: boolean } | null {
  const [first, second] = nearest(word, candidates, { limit: 2 });
  const name = candidates.find((candidate) => candidate === first);
  return name === undefined ? null : { name, sure: second === undefined && word.length > 2 };
}

/**
 * Work that may be left and taken up again, since over tens of thousands of hosts it takes longer than a process may leave all
 * others waiting. What it yields is how many steps it has done since: one is about as much as to compare one name.
 */
export type Steps<T> = Generator<number, T, void>;

/** So many steps take a few milliseconds at most, also while the code that does them is new. */
export const STEPS_AT_ONCE = 1_024;

/** Does something with each, which takes `weight` steps every time. */
export function* forEach<T>(items: Iterable<T>, weight: number, visit: (item: T) => void): Steps<void> {
  let done = 0;
  for (const item of items) {
    visit(item);
    done += weight;
    if (done < STEPS_AT_ONCE) continue;
    yield done;
    done = 0;
  }
  yield done;
}

/** Those that are wanted; to look at one takes `weight` steps. */
export function* filtered<T>(
  items: Iterable<T>,
  weight: number,
  isWanted: (item: T) => boolean,
): Steps<readonly T[]> {
  const wanted: T[] = [];
  yield* forEach(items, weight, (item) => {
    if (isWanted(item)) wanted.push(item);
  });
  return wanted;
}

/** So many are sorted in a millisecond or two; each time they are twice as many, one merging fewer is needed. */
const SORTED_AT_ONCE = 2_048;

/** Sorted as by `toSorted`: of equals the first stays first. */
export function* sorted<T>(items: readonly T[], compare: (a: T, b: T) => number): Steps<readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += SORTED_AT_ONCE) {
    runs.push(items.slice(at, at + SORTED_AT_ONCE).sort(compare));
    yield SORTED_AT_ONCE;
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let at = 0; at < runs.length; at += 2)
      merged.push(yield* mergedBy(compare, runs[at] ?? [], runs[at + 1] ?? []));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergedBy<T>(
  compare: (a: T, b: T) => number,
  first: readonly T[],
  second: readonly T[],
): Steps<readonly T[]> {
  const merged: T[] = [];
  let at = 0;
  yield* forEach(second, 1, (item) => {
    for (
      let next = first[at];
      at < first.length && next !== undefined && compare(next, item) <= 0;
      next = first[at]
    ) {
      merged.push(next);
      at += 1;
    }
    merged.push(item);
  });
  yield first.length;
  return merged.concat(first.slice(at));
}

/** A value that is made when it is first asked for. */
export function lazily<T>(make: () => Steps<T>): () => Steps<T> {
  let made: { readonly value: T } | null = null;
  return function* () {
    made ??= { value: yield* make() };
    return made.value;
  };
}

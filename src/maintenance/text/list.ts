/** `a, b and 3 more`. */
export function list(items: readonly string[], separator = ", ", most = 8): string {
  return listOf(items, (item) => item, separator, most);
}

/** The same of things of which only those are put into words that are shown: there may be a hundred thousand. */
export function listOf<T>(
  items: readonly T[],
  wordsOf: (item: T) => string,
  separator = ", ",
  most = 8,
): string {
  const shown = items.slice(0, most).map(wordsOf).join(separator);
  return items.length <= most ? shown : `${shown} and ${items.length - most} more`;
}

/**
 * As many of the items as fit whole into so many characters, and how many more there are: `web-01, web-02 and 10 more`. The
 * first stands there even where it does not fit.
 *
 * @param all how many there are, when these are only the first of them.
 */
export function listWithin(items: readonly string[], most: number, all = items.length): string {
  let [text = ""] = items;
  let fitting = text;
  const moreAfter = (shown: number) => (all > shown ? ` and ${all - shown} more` : "");
  for (const [at, item] of items.entries()) {
    if (at > 0) text += `, ${item}`;
    if (text.length > most && at > 0) break;
    const whole = text + moreAfter(at + 1);
    if (at === 0 || whole.length <= most) fitting = whole;
  }
  return fitting;
}

/** A number with its noun: `1 machine`, `2 machines`. */
export function counted(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}

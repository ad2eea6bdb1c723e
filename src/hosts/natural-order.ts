/** Longer numbers are not exact as JavaScript's numbers. */
const EXACT_DIGITS = 15;
/** Stands after a text that the name ends with: before everything that others go on with. */
const NO_NUMBER = "\0";

/** A name that is being put in order: what of it has not been compared yet. */
interface Item {
  readonly position: number;
  rest: string;
  number: number;
}

/**
 * Positions of the names in natural order: numbers count as numbers, so web-2 comes before web-10. Of two equal names
 * the first stays first.
 */
export function naturalOrder(names: readonly string[]): readonly number[] {
  const positions: number[] = [];
  order(
    names.map((rest, position) => ({ position, rest, number: 0 })),
    positions,
  );
  return positions;
}

/**
 * Names with the same text before their first number differ by that number, which is quick to compare; only those that
 * have it in common are looked at further. Sorting tens of thousands of whole names takes several times as long.
 */
function order(items: Item[], positions: number[]): void {
  const buckets = new Map<string, Item[]>();
  for (const item of items) {
    const text = cutText(item);
    const bucket = buckets.get(text);
    if (bucket) bucket.push(item);
    else buckets.set(text, [item]);
  }
  for (const text of [...buckets.keys()].sort()) {
    const bucket = buckets.get(text) ?? [];
    if (text.endsWith(NO_NUMBER)) {
      for (const item of bucket) positions.push(item.position);
      continue;
    }
    bucket.sort((a, b) => a.number - b.number);
    for (let start = 0, first = bucket[0]; first !== undefined; first = bucket[start]) {
      let end = start + 1;
      while (bucket[end]?.number === first.number) end++;
      if (end - start > 1) order(bucket.slice(start, end), positions);
      else positions.push(first.position);
      start = end;
    }
  }
}

/**
 * Takes the first text and the number after it off the rest. Returns the text with the number's length behind it: a
 * shorter number is a smaller one, so these keys sort as the names do. Leading zeros do not count.
 */
function cutText(item: Item): string {
  const { rest } = item;
  let start = 0;
  while (start < rest.length && !isDigit(rest, start)) start++;
  const text = rest.slice(0, start);
  let end = start;
  while (end < rest.length && isDigit(rest, end)) end++;
  while (start < end - 1 && rest[start] === "0") start++;
  const digits = rest.slice(start, end);
  item.rest = rest.slice(end);
  const exact = digits.length <= EXACT_DIGITS;
  item.number = exact ? Number(digits) : 0;
  if (digits === "") return text + NO_NUMBER;
  const key = `${text}${String.fromCharCode(0x30 + digits.length)}`;
  return exact ? key : `${key}${digits}`;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

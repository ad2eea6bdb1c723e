import { forEach, type Steps, sorted } from "./steps.js";

/** Longer numbers are not exact as JavaScript's numbers. */
const EXACT_DIGITS = 15;

/** Stands after a text that the name ends with: before everything that others go on with. */
const NO_NUMBER = "\0";

/** From here on sorting plain numbers pays for making them. */
const MANY = 100;

const ZERO = "0".charCodeAt(0);

/** Positions of names with the same text and a number of the same length after it. */
type Bucket = number[];

/**
 * Positions of the names in natural order: numbers count as numbers, so web-2 comes before web-10. Of two equal names
 * the first stays first.
 */
export function* naturalOrder(names: readonly string[]): Steps<readonly number[]> {
  const ordered: number[] = [];
  const ordering = { names, at: new Int32Array(names.length), numbers: new Float64Array(names.length) };
  yield* order([...names.keys()], ordering, ordered);
  return ordered;
}

/** Of every name where what has not been compared yet begins, and the number that it is compared by now. */
interface Ordering {
  readonly names: readonly string[];
  readonly at: Int32Array;
  readonly numbers: Float64Array;
}

/**
 * Names with the same text before their first number differ by that number, which is quick to compare; only those that
 * have it in common are looked at further. Sorting tens of thousands of whole names takes several times as long.
 */
function* order(positions: readonly number[], ordering: Ordering, ordered: number[]): Steps<void> {
  const { numbers } = ordering;
  const buckets = new Buckets(ordering);
  yield* forEach(positions, 2, (position) => buckets.add(position));
  for (const [key, bucket] of yield* buckets.inOrder()) {
    yield bucket.length;
    if (key.endsWith(NO_NUMBER)) {
      for (const position of bucket) ordered.push(position);
      continue;
    }
    sortByNumber(bucket, numbers);
    for (let start = 0, first = bucket[0]; first !== undefined; first = bucket[start]) {
      let end = start + 1;
      for (
        let next = bucket[end];
        next !== undefined && numbers[next] === numbers[first];
        next = bucket[end]
      ) {
        end++;
      }
      if (end - start > 1) yield* order(bucket.slice(start, end), ordering, ordered);
      else ordered.push(first);
      start = end;
    }
  }
}

/** Sorts in place. Positions with the same number stay as they are, in ascending order. */
function sortByNumber(bucket: Bucket, numbers: Float64Array): void {
  const numberOf = (position: number) => numbers[position] ?? 0;
  const greatest = bucket.reduce((most, position) => Math.max(most, numberOf(position)), 0);
  const places = numbers.length;
  if (bucket.length < MANY || (greatest + 1) * places > Number.MAX_SAFE_INTEGER) {
    bucket.sort((a, b) => numberOf(a) - numberOf(b));
    return;
  }
  // Number and position as one number, which is exact here: plain numbers sort several times as fast.
  const codes = new Float64Array(bucket.length);
  for (let place = 0; place < codes.length; place++) {
    const position = bucket[place] ?? 0;
    codes[place] = numberOf(position) * places + position;
  }
  codes.sort();
  for (let place = 0; place < codes.length; place++) bucket[place] = (codes[place] ?? 0) % places;
}

class Buckets {
  readonly #ordering: Ordering;
  /** By text with the number's length behind it: a shorter number is a smaller one, so these keys sort as the names do. */
  readonly #byKey = new Map<string, Bucket>();
  /** Those of the last text by the number's length: mostly the next name begins with the same text. */
  #ofText: (Bucket | undefined)[] = [];
  #text: string | null = null;

  constructor(ordering: Ordering) {
    this.#ordering = ordering;
  }

  /** Takes the first text and the number after it off what is left of the name. Leading zeros do not count. */
  add(position: number): void {
    const { names, at: places, numbers } = this.#ordering;
    const name = names[position] ?? "";
    const at = places[position] ?? 0;
    let start = at + this.#lengthOfText(name, at);
    let end = start;
    while (isDigit(name, end)) end++;
    while (start < end - 1 && name.charCodeAt(start) === ZERO) start++;
    const digits = end - start;
    places[position] = end;
    numbers[position] = digits <= EXACT_DIGITS ? numberAt(name, start, end) : 0;
    const known = this.#ofText[digits];
    if (known !== undefined) known.push(position);
    else this.#addTo(this.#keyOf(name, start, end), digits, position);
  }

  inOrder(): Steps<readonly (readonly [string, Bucket])[]> {
    return sorted([...this.#byKey], ([a], [b]) => (a < b ? -1 : 1));
  }

  /** Of the text at `at`, which becomes the last one. */
  #lengthOfText(name: string, at: number): number {
    const last = this.#text;
    if (last !== null && name.startsWith(last, at)) {
      const end = at + last.length;
      if (end === name.length || isDigit(name, end)) return last.length;
    }
    let end = at;
    while (end < name.length && !isDigit(name, end)) end++;
    this.#text = name.slice(at, end);
    this.#ofText = [];
    return end - at;
  }

  #keyOf(name: string, start: number, end: number): string {
    const text = this.#text ?? "";
    const digits = end - start;
    if (digits === 0) return text + NO_NUMBER;
    const key = `${text}${String.fromCharCode(ZERO + digits)}`;
    return digits <= EXACT_DIGITS ? key : `${key}${name.slice(start, end)}`;
  }

  #addTo(key: string, digits: number, position: number): void {
    let bucket = this.#byKey.get(key);
    if (bucket === undefined) {
      bucket = [];
      this.#byKey.set(key, bucket);
    }
    bucket.push(position);
    // Numbers that are not exact have a bucket each.
    if (digits <= EXACT_DIGITS) this.#ofText[digits] = bucket;
  }
}

/** Zero if there is none. */
function numberAt(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = number * 10 + (text.charCodeAt(at) - ZERO);
  return number;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= ZERO && code <= ZERO + 9;
}

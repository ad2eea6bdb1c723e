import fc from "fast-check";

/** A change of a text or of bytes; places are taken modulo the length. */
interface Change {
  readonly kind: "drop" | "double" | "insert" | "swap" | "splice" | "cut";
  readonly at: number;
  readonly length: number;
  readonly times: number;
  readonly token: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("drop", "double", "insert", "insert", "insert", "swap", "splice", "cut"),
  at: fc.nat(),
  length: fc.oneof(fc.nat(4), fc.nat(4), fc.nat(60)),
  // Once mostly; now and then as often as there is room: only what is long takes long.
  times: fc.oneof(
    { weight: 400, arbitrary: fc.constant(1) },
    { weight: 80, arbitrary: fc.constantFrom(2, 3, 30) },
    { weight: 1, arbitrary: fc.constant(1e9) },
  ),
  token: fc.nat(),
});

const changes = fc.array(change, { maxLength: 5 });

/** What stands in between for either. */
interface Sequence<T> {
  readonly length: number;
  slice(from: number, to?: number): T;
}

/**
 * Sequences like these bases, with a few changes each: parts are left out, doubled, exchanged, put in from the tokens or from
 * another base, once or as often as `longest` has room for.
 */
function mutated<T extends Sequence<T>>(
  o: { readonly bases: readonly T[]; readonly tokens: readonly T[]; readonly longest: number },
  join: (parts: readonly T[]) => T,
): fc.Arbitrary<T> {
  const apply = (before: T, { kind, at, length, times, token }: Change): T => {
    const from = before.length === 0 ? 0 : at % (before.length + 1);
    const to = Math.min(before.length, from + length);
    const [head, part, rest] = [before.slice(0, from), before.slice(from, to), before.slice(to)];
    const other = o.bases[token % o.bases.length] ?? before;
    switch (kind) {
      case "drop":
        return join([head, rest]);
      case "cut":
        return head;
      case "double":
        return join([head, repeated(part, times + 1, o.longest - before.length), rest]);
      case "insert": {
        const inserted = o.tokens[token % o.tokens.length] ?? part;
        return join([head, repeated(inserted, times, o.longest - before.length), before.slice(from)]);
      }
      case "swap":
        return join([head, rest.slice(0, length), part, rest.slice(length)]);
      case "splice":
        return join([head, other.slice(at % (other.length + 1))]);
    }
  };
  const repeated = (part: T, times: number, room: number): T => {
    const most = Math.max(1, Math.floor(room / Math.max(1, part.length)));
    const count = part.length === 0 ? 1 : Math.min(times, most);
    return join(Array.from({ length: count }, () => part));
  };
  return fc
    .tuple(fc.nat(o.bases.length - 1), changes)
    .map(([base, list]) => list.reduce(apply, o.bases[base] as T).slice(0, o.longest));
}

/** Texts like these, with what means something in them in other places. */
export function mutatedText(o: {
  readonly bases: readonly string[];
  readonly tokens: readonly string[];
  /** Characters of the longest one. */
  readonly longest: number;
}): fc.Arbitrary<string> {
  const joined = mutated(o, (parts: readonly string[]) => parts.join(""));
  const odd = fc.string({ unit: "binary", maxLength: 30 });
  const tokens = fc
    .array(fc.constantFrom(...o.tokens), { maxLength: 12 })
    .map((list) => list.join("").slice(0, o.longest));
  return fc.oneof(
    { weight: 20, arbitrary: joined },
    { weight: 4, arbitrary: tokens },
    { weight: 1, arbitrary: odd },
  );
}

/**
 * The same with a `[1:99]` standing for twice as many hosts as the largest cluster has, now and then: what comes of that takes a
 * thousand times longer.
 */
export function withVastRanges(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(texts, fc.nat(999))
    .map(([text, vast]) => (vast === 7 ? text.replace("[1:99]", "[1:99999]") : text));
}

/** Bytes like these: also with single bits changed, and from nothing. */
export function mutatedBytes(o: {
  readonly bases: readonly Buffer[];
  readonly tokens: readonly Buffer[];
  readonly longest: number;
}): fc.Arbitrary<Buffer> {
  const spliced = mutated<Buffer>(o, (parts) => Buffer.concat(parts));
  const flipped = fc
    .tuple(spliced, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
    .map(([bytes, flips]) => {
      const made = Buffer.from(bytes);
      for (const [at, value] of flips) if (made.length > 0) made[at % made.length] = value;
      return made;
    });
  const odd = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof(
    { weight: 12, arbitrary: spliced },
    { weight: 8, arbitrary: flipped },
    { weight: 1, arbitrary: odd },
  );
}

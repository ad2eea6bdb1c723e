import fc from "fast-check";

/** Stands in every odd text, so that a test can see where what was sent comes out again. */
export const MARK = "Zq7";

const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "then",
  "length",
  "id",
  "",
];

const TEXTS = [
  "<!channel>",
  "<@U01ALICE>",
  "<https://example.com|x>",
  "\u0000",
  "\u202e",
  "\u{1f6e0}\ufe0f",
  "\ud800",
  "\r\n",
  "a\u0301".repeat(50),
  "x".repeat(20_000),
  "{{}}",
  "%",
  "'\"`\\",
];

const text = fc.oneof(
  fc.constantFrom(...NAMES, ...TEXTS),
  fc.string({ unit: "binary", maxLength: 20 }).map((odd) => `${MARK}${odd}`),
);

const NUMBERS = [0, -0, -1, 1.5, 1e300, -1e300, 2 ** 53, -(2 ** 31), 5e-324];

const leaf = fc.oneof(fc.constantFrom(null, true, false), fc.constantFrom(...NUMBERS), fc.integer(), text);

/** A value in so many lists. */
const deep = fc
  .tuple(leaf, fc.constantFrom(10, 100, 500))
  .map(([inner, depth]) => JSON.parse(`${"[".repeat(depth)}${JSON.stringify(inner)}${"]".repeat(depth)}`));

/** Any JSON: of every kind, deep, with names that objects have by themselves, with texts that mean something elsewhere. */
export const oddJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 4 }).map(objectOf),
    deep,
  ),
})).value;

/** `__proto__` becomes a name like any other, as `JSON.parse` makes it. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const made = {};
  for (const [name, value] of entries) put(made, name, value);
  return made;
}

function put(into: object, name: string, value: unknown): void {
  Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true });
}

type Change = "drop" | "replace" | "add" | "list" | "text";

const change = fc.record({
  kind: fc.constantFrom<Change>("drop", "replace", "add", "list", "text"),
  at: fc.nat(),
  name: text,
  value: oddJson,
});

/** One of these, with one to three changes anywhere in it. */
export function nearly(...bases: readonly object[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...bases), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([base, changes]) => {
      const root = { value: structuredClone(base) as unknown };
      for (const { kind, at, name, value: made } of changes) {
        // A later change may be inside of it.
        const value = structuredClone(made);
        const places = placesIn(root);
        const place = places[at % places.length];
        if (place === undefined) continue;
        const [owner, key] = place;
        const before = (owner as Record<string, unknown>)[key];
        if (kind === "drop" && owner !== root) delete (owner as Record<string, unknown>)[key];
        else if (kind === "list") put(owner, key, [before, before]);
        else if (kind === "text") put(owner, key, JSON.stringify(before));
        else if (kind === "add" && isObject(before)) put(before, name, value);
        else put(owner, key, value);
      }
      return root.value;
    });
}

/** Every place of a value in it, from its root to its leaves. */
function placesIn(owner: object, most = 300): (readonly [object, string])[] {
  const found: (readonly [object, string])[] = [];
  const waiting: object[] = [owner];
  for (let next = waiting.shift(); next !== undefined && found.length < most; next = waiting.shift()) {
    for (const key of Object.keys(next)) {
      found.push([next, key]);
      const inner: unknown = Object.getOwnPropertyDescriptor(next, key)?.value;
      if (typeof inner === "object" && inner !== null) waiting.push(inner);
    }
  }
  return found;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

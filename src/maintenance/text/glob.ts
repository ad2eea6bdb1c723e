/** A piece of a glob: any text, any one character, a text, or one character of these (or, negated, any but these). */
export type GlobPiece =
  | "*"
  | "?"
  | { readonly text: string }
  | { readonly oneOf: string; readonly isNegated: boolean };

/** What one place of a name is compared with: the code of a character, or whether a character fits. */
type Place = number | ((code: number) => boolean);

/**
 * Whether a name fits a glob in pieces. What stands between two stars is looked for once, from left to right, and taken where it
 * first fits: that is enough for a glob, and nothing is ever tried again.
 */
export function globOf(pieces: readonly GlobPiece[]): (name: string) => boolean {
  const [first = [], ...others] = segmentsOf(pieces);
  const last = others.pop();
  const middle = others.filter(({ length }) => length > 0);
  const least = [first, ...middle, last ?? []].reduce((sum, { length }) => sum + length, 0);
  if (last === undefined) return (name) => name.length === least && isAt(name, 0, first);
  return (name) => {
    const end = name.length - last.length;
    if (name.length < least || !isAt(name, 0, first) || !isAt(name, end, last)) return false;
    let from = first.length;
    for (const segment of middle) {
      const to = end - segment.length;
      while (from <= to && !isAt(name, from, segment)) from += 1;
      if (from > to) return false;
      from += segment.length;
    }
    return true;
  };
}

/** Whether a name fits a pattern in which `*` is any text and `?` any character; case does not count. */
export function wildcard(pattern: string): (name: string) => boolean {
  const pieces = pattern
    .toLowerCase()
    .split(/([*?])/)
    .map((each) => (each === "*" || each === "?" ? each : { text: each }));
  const fits = globOf(pieces);
  return (name) => fits(name.toLowerCase());
}

/** The places between the stars. */
function segmentsOf(pieces: readonly GlobPiece[]): Place[][] {
  const segments: Place[][] = [[]];
  for (const piece of pieces) {
    if (piece === "*") segments.push([]);
    else for (const place of placesOf(piece)) segments.at(-1)?.push(place);
  }
  return segments;
}

function placesOf(piece: Exclude<GlobPiece, "*">): Place[] {
  if (piece === "?") return [() => true];
  if ("text" in piece) return Array.from({ length: piece.text.length }, (_, at) => piece.text.charCodeAt(at));
  const codes = new Set(Array.from(piece.oneOf, (character) => character.charCodeAt(0)));
  return [(code) => codes.has(code) !== piece.isNegated];
}

function isAt(name: string, from: number, segment: readonly Place[]): boolean {
  for (let at = 0; at < segment.length; at += 1) {
    const place = segment[at];
    const code = name.charCodeAt(from + at);
    if (typeof place === "function" ? !place(code) : code !== place) return false;
  }
  return true;
}

import { type GlobPiece, globOf } from "../maintenance/text/glob.js";
import { type Parsed, problemOf } from "./parsed.js";
import {
  countOf,
  isRange,
  LONGEST_NAME,
  longestOf,
  MOST_NAMES,
  type NamePart,
  namesFrom,
  parseRange,
  type Range,
} from "./range.js";

/** Globs that also hold ranges become one alternative per member; more of them in one pattern would be slow. */
export const MOST_VARIANTS = 256;

/** More in one term is no pattern of names. */
const MOST_STARS = 16;

/** A piece of a word: a text, a range or a wildcard. */
type Part = GlobPiece | Range;

/** What a word with or without wildcards stands for. All in lower case: host names compare without case. */
export type Expression =
  | { readonly kind: "word"; readonly name: string }
  /** `head` is the text before the first range. */
  | {
      readonly kind: "names";
      readonly head: string;
      readonly count: number;
      readonly names: () => Iterable<string>;
    }
  /** `head` is the text before the first wildcard. To look at a name takes `weight` steps. */
  | {
      readonly kind: "glob";
      readonly head: string;
      readonly variants: number;
      readonly weight: number;
      readonly fits: (text: string) => boolean;
    };

/**
 * A shell glob (`*`, `?`, `[ab]`, `[a-f]`, `[!ab]`) or a name with ranges (`web[01:20]`). Brackets must be balanced
 * (`splitPattern` sees to it). No name is made here: a few characters may stand for very many.
 */
export function parseExpression(text: string): Parsed<{ readonly expression: Expression }> {
  const lower = text.toLowerCase();
  const parts: Part[] = [];
  for (const [piece] of lower.matchAll(/\[[^\]]*\]|\*+|\?|[^[*?]+/g)) {
    if (piece.startsWith("[")) {
      const bracket = parseBracket(piece.slice(1, -1));
      if (!bracket.ok) return bracket;
      parts.push(bracket.part);
    } else if (piece.startsWith("*")) parts.push("*");
    else parts.push(piece === "?" ? "?" : { text: piece });
  }
  return parts.every(isOfName) ? nameFrom(text, parts) : globFrom(text, parts);
}

function isOfName(part: Part): part is NamePart {
  return typeof part === "object" && !("oneOf" in part);
}

function nameFrom(text: string, parts: readonly NamePart[]): Parsed<{ readonly expression: Expression }> {
  const count = countOf(parts);
  if (count > MOST_NAMES) return problemOf(`The ranges in ${text} stand for more than ${MOST_NAMES} names.`);
  if (longestOf(parts) > LONGEST_NAME)
    return problemOf(`A host name has at most ${LONGEST_NAME} characters.`);
  const [name = ""] = namesFrom(parts);
  if (count === 1) return { ok: true, expression: { kind: "word", name } };
  const [first] = parts;
  const head = first !== undefined && "text" in first ? first.text : "";
  return { ok: true, expression: { kind: "names", head, count, names: () => namesFrom(parts) } };
}

function globFrom(text: string, parts: readonly Part[]): Parsed<{ readonly expression: Expression }> {
  const variants = countOf(parts.filter(isOfName));
  if (variants > MOST_VARIANTS) {
    return problemOf(
      `The ranges in ${text} together with wildcards stand for more than ${MOST_VARIANTS} names.`,
    );
  }
  const stars = parts.filter((part) => part === "*").length;
  if (stars > MOST_STARS) return problemOf(`A term has at most ${MOST_STARS} wildcards (*).`);
  const globs = variantsOf(parts).map(globOf);
  const [first] = parts;
  const head = typeof first === "object" && "text" in first ? first.text : "";
  // Most names of a large cluster do not even begin as the glob does.
  const fits = (name: string) => name.startsWith(head) && globs.some((glob) => glob(name));
  return { ok: true, expression: { kind: "glob", head, variants, weight: variants * (1 + stars), fits } };
}

/** The pieces for each choice of one member per range. */
function variantsOf(parts: readonly Part[]): GlobPiece[][] {
  return parts.reduce<GlobPiece[][]>(
    (variants, part) => {
      const choices =
        typeof part === "object" && "count" in part
          ? Array.from({ length: part.count }, (_, at) => ({ text: part.member(at) }))
          : [part];
      return variants.flatMap((pieces) => choices.map((choice) => [...pieces, choice]));
    },
    [[]],
  );
}

function parseBracket(body: string): Parsed<{ readonly part: Part }> {
  if (isRange(body)) {
    const range = parseRange(body);
    return range.ok ? { ok: true, part: range.range } : range;
  }
  const dashed = /^(\d+)-(\d+)$/.exec(body);
  if (dashed && body.length > 3) {
    // A glob would read [1-20] as "one of 1, 2 and 0": never what was meant.
    const range = `[${dashed[1]}:${dashed[2]}]`;
    return problemOf(
      `[${body}] stands for a single character; a range of numbers is written with a colon: ${range}.`,
    );
  }
  if (/^\w+\.\.+\w+$/.test(body)) {
    return problemOf(`[${body}] is not a range; it is written with a colon, such as [01:20].`);
  }
  if (body.startsWith("^")) {
    return problemOf(`"None of these characters" is written [!…], not [^…].`);
  }
  const negated = body.startsWith("!");
  const characters = negated ? body.slice(1) : body;
  if (!/^[a-z0-9._-]+$/.test(characters)) {
    const list = /^[\w-]+(?:,[\w-]+)+$/.test(characters);
    return problemOf(
      list
        ? `[${body}] is not a list: brackets hold single characters such as [ab] or a range such as [01:20]. Write out the names with a comma between them.`
        : `[${body}] is neither a set of characters such as [ab] nor a range such as [01:20].`,
    );
  }
  const oneOf = charactersOf(characters);
  if (oneOf !== null) return { ok: true, part: { oneOf, isNegated: negated } };
  return problemOf(
    // A span among other characters (`[web-01]`) was no span at all.
    /^[^-]-[^-]$/.test(characters)
      ? `The range ${characters} in [${body}] ends before it begins.`
      : `[${body}] is neither a set of characters such as [ab] nor a range such as [01:20]; a whole name needs no brackets.`,
  );
}

/**
 * The characters of a set with spans such as `a-f`, where a dash stands for itself only at the beginning or at the end; `null` for
 * anything else, and where a span ends before it begins.
 */
function charactersOf(text: string): string | null {
  if (!/^-?(?:[^-](?:-[^-])?)*-?$/.test(text)) return null;
  let all = "";
  for (const [part] of text.matchAll(/[^-]-[^-]|./g)) {
    const low = part.charCodeAt(0);
    const high = part.charCodeAt(part.length - 1);
    if (low > high) return null;
    for (let code = low; code <= high; code += 1) all += String.fromCharCode(code);
  }
  return all;
}

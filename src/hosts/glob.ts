import { type GlobPiece, globOf } from "../maintenance/text/glob.js";
import { type Parsed, problemOf } from "./parsed.js";
import { expandRange, isRange, MOST_NAMES } from "./range.js";

/** Globs that also hold ranges become one alternative per member; beyond this many they would be slow. */
const MOST_VARIANTS = 256;

/** A piece of a word: a wildcard, or the texts it may be, which are several for a range. */
type Part = Exclude<GlobPiece, { readonly text: string }> | { readonly members: readonly string[] };

/** What a word with or without wildcards stands for. All in lower case: host names compare without case. */
export type Expression =
  | { readonly kind: "word"; readonly name: string }
  | { readonly kind: "names"; readonly names: readonly string[] }
  /** `head` is the text before the first wildcard. */
  | { readonly kind: "glob"; readonly head: string; readonly fits: (text: string) => boolean };

/**
 * A shell glob (`*`, `?`, `[ab]`, `[a-f]`, `[!ab]`) or a name with ranges (`web[01:20]`). Brackets must be balanced
 * (`splitPattern` sees to it).
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
    else if (piece === "?") parts.push("?");
    else parts.push({ members: [piece] });
  }
  const wild = parts.some((part) => !isText(part));
  const count = parts.reduce((product, part) => product * (isText(part) ? part.members.length : 1), 1);
  const most = wild ? MOST_VARIANTS : MOST_NAMES;
  if (count > most) {
    const what = wild ? "together with wildcards " : "";
    return problemOf(`The ranges in ${text} ${what}stand for more than ${most} names.`);
  }
  const variants = variantsOf(parts);
  if (!wild) {
    const names = variants.map((pieces) => pieces.map(textOf).join(""));
    const [name = ""] = names;
    return { ok: true, expression: count === 1 ? { kind: "word", name } : { kind: "names", names } };
  }
  const globs = variants.map(globOf);
  const head = /^[^*?[]*/.exec(lower)?.[0] ?? "";
  // Most names of a large cluster do not even begin as the glob does.
  const fits = (name: string) => name.startsWith(head) && globs.some((glob) => glob(name));
  return { ok: true, expression: { kind: "glob", head, fits } };
}

function isText(part: Part): part is { readonly members: readonly string[] } {
  return typeof part === "object" && "members" in part;
}

function textOf(piece: GlobPiece): string {
  return typeof piece === "object" && "text" in piece ? piece.text : "";
}

/** The pieces for each choice of one member per part. */
function variantsOf(parts: readonly Part[]): GlobPiece[][] {
  return parts.reduce<GlobPiece[][]>(
    (variants, part) => {
      const choices = isText(part) ? part.members.map((text) => ({ text })) : [part];
      return variants.flatMap((pieces) => choices.map((choice) => [...pieces, choice]));
    },
    [[]],
  );
}

function parseBracket(body: string): Parsed<{ readonly part: Part }> {
  if (isRange(body)) {
    const range = expandRange(body);
    return range.ok ? { ok: true, part: { members: range.members } } : range;
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

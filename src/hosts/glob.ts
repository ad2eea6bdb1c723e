import { expandRange, isRange, MOST_NAMES } from "./range.js";

/** Globs that also hold ranges become one alternative per member; beyond this many they would be slow. */
const MOST_VARIANTS = 256;

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "star" }
  | { readonly kind: "any" }
  | { readonly kind: "class"; readonly source: string }
  | { readonly kind: "range"; readonly members: readonly string[] };

/** What a word with or without wildcards stands for. All in lower case: host names compare without case. */
export type Expression =
  | { readonly kind: "word"; readonly name: string }
  | { readonly kind: "names"; readonly names: readonly string[] }
  /** `head` is the text before the first wildcard. */
  | { readonly kind: "glob"; readonly regexp: RegExp; readonly head: string };

type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: string };

/**
 * A shell glob (`*`, `?`, `[ab]`, `[a-f]`, `[!ab]`) or a name with ranges (`web[01:20]`). Brackets must be balanced
 * (`splitPattern` sees to it).
 */
export function parseExpression(text: string): ParsedExpression {
  const lower = text.toLowerCase();
  const parts: Part[] = [];
  for (const [piece] of lower.matchAll(/\[[^\]]*\]|\*+|\?|[^[*?]+/g)) {
    if (piece.startsWith("*")) parts.push({ kind: "star" });
    else if (piece === "?") parts.push({ kind: "any" });
    else if (!piece.startsWith("[")) parts.push({ kind: "text", text: piece });
    else {
      const bracket = parseBracket(piece.slice(1, -1));
      if (!bracket.ok) return bracket;
      parts.push(bracket.part);
    }
  }
  const wild = parts.some((part) => part.kind === "star" || part.kind === "any" || part.kind === "class");
  const ranges = parts.filter((part) => part.kind === "range");
  if (!wild && ranges.length === 0) return { ok: true, expression: { kind: "word", name: lower } };

  const count = ranges.reduce((product, range) => product * range.members.length, 1);
  const most = wild ? MOST_VARIANTS : MOST_NAMES;
  if (count > most) {
    const what = wild ? "together with wildcards " : "";
    return { ok: false, problem: `The ranges in ${text} ${what}stand for more than ${most} names.` };
  }
  const variants = expandRanges(parts);
  if (!wild) return { ok: true, expression: { kind: "names", names: variants.map(textOf) } };
  return {
    ok: true,
    expression: { kind: "glob", regexp: toRegExp(variants), head: /^[^*?[]*/.exec(lower)?.[0] ?? "" },
  };
}

function parseBracket(body: string): { ok: true; part: Part } | { ok: false; problem: string } {
  if (isRange(body)) {
    const range = expandRange(body);
    return range.ok ? { ok: true, part: { kind: "range", members: range.members } } : range;
  }
  const dashed = /^(\d+)-(\d+)$/.exec(body);
  if (dashed && body.length > 3) {
    // A glob would read [1-20] as "one of 1, 2 and 0": never what was meant.
    const range = `[${dashed[1]}:${dashed[2]}]`;
    return {
      ok: false,
      problem: `[${body}] stands for a single character; a range of numbers is written with a colon: ${range}.`,
    };
  }
  if (/^\w+\.\.+\w+$/.test(body)) {
    return { ok: false, problem: `[${body}] is not a range; it is written with a colon, such as [01:20].` };
  }
  if (body.startsWith("^")) {
    return { ok: false, problem: `"None of these characters" is written [!…], not [^…].` };
  }
  const negated = body.startsWith("!");
  const characters = negated ? body.slice(1) : body;
  if (!/^[a-z0-9._-]+$/.test(characters)) {
    const list = /^[\w-]+(?:,[\w-]+)+$/.test(characters);
    return {
      ok: false,
      problem: list
        ? `[${body}] is not a list: brackets hold single characters such as [ab] or a range such as [01:20]. Write out the names with a comma between them.`
        : `[${body}] is neither a set of characters such as [ab] nor a range such as [01:20].`,
    };
  }
  for (const [span, low = "", high = ""] of characters.matchAll(/([^-])-([^-])/g)) {
    if (low > high) {
      return {
        ok: false,
        // A span among other characters (`[web-01]`) was no span at all.
        problem:
          characters === span
            ? `The range ${span} in [${body}] ends before it begins.`
            : `[${body}] is neither a set of characters such as [ab] nor a range such as [01:20]; a whole name needs no brackets.`,
      };
    }
  }
  // Only letters, digits and `. _ -` get here; a dash stays a range only between two characters.
  const source = characters.replace(/^-|-$/g, "\\-");
  return { ok: true, part: { kind: "class", source: `[${negated ? "^" : ""}${source}]` } };
}

function expandRanges(parts: readonly Part[]): readonly (readonly Part[])[] {
  let variants: Part[][] = [[]];
  for (const part of parts) {
    if (part.kind !== "range") for (const variant of variants) variant.push(part);
    else {
      variants = variants.flatMap((variant) =>
        part.members.map((text): Part[] => [...variant, { kind: "text", text }]),
      );
    }
  }
  return variants;
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}

/**
 * One expression for all variants. What stands between two stars is matched once, as early as possible, and never
 * tried again (a lookahead with a back reference is atomic): that is enough for a glob and keeps `*a*a*a*a*b` from
 * backtracking for ages.
 */
function toRegExp(variants: readonly (readonly Part[])[]): RegExp {
  let groups = 0;
  const sources = variants.map((parts) => {
    const segments: string[] = [""];
    for (const part of parts) {
      if (part.kind === "star") segments.push("");
      else segments.push(`${segments.pop() ?? ""}${sourceOf(part)}`);
    }
    const first = segments.shift() ?? "";
    const last = segments.pop();
    if (last === undefined) return first;
    const middle = segments
      .filter((segment) => segment !== "")
      .map((segment) => `(?=(?<g${groups}>.*?${segment}))\\k<g${groups++}>`);
    return `${first}${middle.join("")}.*${last}`;
  });
  return new RegExp(`^(?:${sources.join("|")})$`, "s");
}

function sourceOf(part: Part): string {
  switch (part.kind) {
    case "text":
      return part.text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    case "any":
      return ".";
    case "class":
      return part.source;
    case "star":
    case "range":
      return "";
  }
}

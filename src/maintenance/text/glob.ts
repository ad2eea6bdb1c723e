/**
 * One regular expression for globs in pieces: `*`, or what stands for itself as a regular expression has it (`escaped`).
 * What stands between two stars is matched once, as early as possible, and never tried again (a lookahead with a back
 * reference is atomic): that is enough for a glob and keeps `*a*a*a*a*b` from backtracking for ages.
 */
export function globOf(globs: readonly (readonly string[])[]): RegExp {
  let groups = 0;
  const sources = globs.map((pieces) => {
    const segments = [""];
    for (const piece of pieces) {
      if (piece === "*") segments.push("");
      else segments.push(`${segments.pop() ?? ""}${piece}`);
    }
    const [first = "", ...middle] = segments;
    const last = middle.pop();
    if (last === undefined) return first;
    const once = middle
      .filter((segment) => segment !== "")
      .map((segment) => `(?=(?<g${groups}>.*?${segment}))\\k<g${groups++}>`);
    return `${first}${once.join("")}.*${last}`;
  });
  return new RegExp(`^(?:${sources.join("|")})$`, "su");
}

/** A text in which no character means anything to a regular expression. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Whether a name fits a pattern in which `*` is any text and `?` any character; case does not count. */
export function wildcard(pattern: string): (name: string) => boolean {
  const pieces = [...pattern.toLowerCase()].map((each) =>
    each === "*" ? each : each === "?" ? "." : escaped(each),
  );
  const regexp = globOf([pieces]);
  return (name) => regexp.test(name.toLowerCase());
}

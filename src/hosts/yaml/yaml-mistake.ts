/**
 * What is wrong with a file, as the end of a sentence on it. A parser's own sentence can quote the text around a mistake,
 * secrets included; so only a code is made of it.
 */
export function yamlMistake({ code }: { readonly code: string }): string {
  return MISTAKES[code] ?? "is not valid YAML";
}

const MISTAKES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "has a key (or a name) that stands there twice",
  BAD_ALIAS: "has an alias (*name) without its anchor (&name) before it",
  TOO_DEEP: "has brackets or mappings in one another so deep that nothing is read of it",
  TOO_MUCH_MERGED: "merges (<<) so much that nothing is read of it",
  TAB_AS_INDENT: "is indented with a tab: YAML wants spaces",
  BAD_INDENT: "is not valid YAML: the indentation does not fit",
  MULTIPLE_DOCS: "begins a second document: keep everything in one",
  MISSING_CHAR: "is not valid YAML: a quote, bracket, comma or colon is missing",
};

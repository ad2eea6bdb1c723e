/**
 * Undoes what Slack and its keyboards do to typed text: links around host names, escaped `&`, `<` and `>`, curly
 * quotes, backticks, spaces that are not plain or not single, characters of no width. Doing it twice changes nothing.
 * Slack: "Retrieving messages: unescaping", "Slash commands".
 */
export function undoFormatting(text: string): string {
  // Slack sends one layer; a person can type more, such as a link whose label holds half of an escape.
  let plain = text;
  for (let before: string | null = null; before !== plain; ) {
    before = plain;
    plain = undoOneLayer(plain);
  }
  return plain;
}

function undoOneLayer(text: string): string {
  return text
    .replace(/[\u200B-\u200D\u2060\uFEFF\u00AD]/g, "")
    .replaceAll("`", "")
    .replace(/[\u201C\u201D\u201E\u201F\u2033]/g, '"')
    .replace(/[\u2018\u2019\u201A\u201B\u2032]/g, "'")
    .replace(/&(?:amp;)*(lt;|gt;)?/g, (_, bracket?: string) =>
      bracket === "lt;" ? "<" : bracket === "gt;" ? ">" : "&",
    )
    .replace(/<((?:https?:\/\/|mailto:|tel:)[^<>|]*)(?:\|([^<>]*))?>/gi, linkText)
    .replace(/[\s\u0085]+/g, " ")
    .trim();
}

/** What was typed: the label; without one, the host alone, unless the address goes on after it. */
function linkText(_: string, address: string, label?: string): string {
  if (label !== undefined && label !== "") return label;
  return /^https?:\/\/([^/?#]+)\/?$/i.exec(address)?.[1] ?? address.replace(/^(?:mailto|tel):/i, "");
}

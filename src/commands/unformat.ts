import { withoutInvisible } from "../maintenance/text/one-line.js";

/**
 * Undoes what Slack and its keyboards do to typed text: links around host names, escaped `&`, `<` and `>`, curly
 * quotes, backticks, bullets, letters and signs of full width, spaces that are not plain or not single, control characters, which are
 * shown as spaces, characters of no width. Doing it twice changes nothing.
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

/** How far the full-width forms of ASCII, which East Asian keyboards type, lie above it in Unicode. */
const FULL_WIDTH = 0xfee0;

function undoOneLayer(text: string): string {
  return withoutInvisible(text)
    .replaceAll("`", "")
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH))
    .replaceAll("\u3001", ",")
    .replaceAll("\u2217", "*")
    .replaceAll("\u223C", "~")
    .replace(/(^|\s)[\u2022\u2023\u25AA\u25CF\u25E6]+/g, "$1")
    .replace(/[\u201C\u201D\u201E\u201F\u2033\u300C\u300D\u300E\u300F]/g, '"')
    .replace(/[\u2018\u2019\u201A\u201B\u2032]/g, "'")
    .replace(/&(?:amp;)*(lt;|gt;)?/g, (_, bracket?: string) =>
      bracket === "lt;" ? "<" : bracket === "gt;" ? ">" : "&",
    )
    .replace(/<((?:https?:\/\/|mailto:|tel:)[^<>|]*)(?:\|([^<>]*))?>/gi, linkText)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

/** What was typed: the label; without one, the host alone, unless the address goes on after it. */
function linkText(_: string, address: string, label?: string): string {
  if (label !== undefined && label !== "") return label;
  return /^https?:\/\/([^/?#]+)\/?$/i.exec(address)?.[1] ?? address.replace(/^(?:mailto|tel):/i, "");
}

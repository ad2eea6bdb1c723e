import type { LocalMessage } from "../local-slack/local-slack.js";

interface Texts {
  readonly text?: unknown;
  readonly fields?: unknown;
  readonly elements?: unknown;
  readonly name?: string;
}

/** A message as a terminal can show it: its blocks' texts, one line each, buttons in brackets. */
export function plainText(message: LocalMessage, names: Readonly<Record<string, string>>): string {
  const lines = message.blocks.flatMap((block) => linesOf(block));
  const text = lines.length > 0 ? lines.join("\n") : message.text;
  const files = listOf(message.files).map((file) => `📎 ${file.name ?? "a file"}`);
  return readable([text, ...files].filter((line) => line !== "").join("\n"), names);
}

function linesOf(block: Texts & { readonly type: string }): string[] {
  if (block.type === "divider") return [];
  if (block.type === "actions")
    return [
      listOf(block.elements)
        .map((element) => `[${textOf(element)}]`)
        .join(" "),
    ];
  const own = block.text === undefined ? [] : [textOf(block)];
  const fields = listOf(block.fields).map((field) => textOf(field).replace(/\n/g, "  "));
  const elements = block.type === "context" ? [listOf(block.elements).map(textOf).join("  ")] : [];
  return [...own, ...(fields.length > 0 ? [fields.join("   ")] : []), ...elements];
}

function listOf(value: unknown): Texts[] {
  return Array.isArray(value) ? (value as Texts[]) : [];
}

function textOf(value: Texts): string {
  if (typeof value.text === "string") return value.text;
  return typeof value.text === "object" && value.text !== null ? textOf(value.text as Texts) : "";
}

/** Slack's markup undone: mentions become names, times their fallback, bold plain, escapes characters. */
function readable(text: string, names: Readonly<Record<string, string>>): string {
  return (
    text
      .replace(/<@([A-Z0-9]+)>/g, (_, id: string) => `@${names[id] ?? id}`)
      .replace(/<#([A-Z0-9]+)>/g, "#$1")
      .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, "$1")
      .replace(/(^|\s)\*([^*\n]+)\*/g, "$1$2")
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&amp;/g, "&")
      // As the page gets them (slack/render/plain-page.ts).
      .replaceAll("‹", "<")
      .replaceAll("›", ">")
      .replaceAll("∗", "*")
      .replaceAll("∼", "~")
      .replaceAll("\u00a0", " ")
      .replaceAll("\u2060", "")
  );
}

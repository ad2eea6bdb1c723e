import type { Block, SlackMessage } from "../../src/slack/render/blocks.js";

/** mrkdwn as a reader sees it: mentions as `@U…` and `@S…`, times as their fallback, escapes undone, code and bold marks away. */
export function toPlain(mrkdwn: string): string {
  return mrkdwn
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<@([^>|]+)>/g, "@$1")
    .replace(/<!subteam\^([^>|]+)>/g, "@$1")
    .replace(/```\n?/g, "")
    .replace(/`([^`\n]*)`/g, "$1")
    .replace(/(^|[\s(])\*([^*\n]+)\*(?=[\s,.:;)]|$)/gm, "$1$2")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** A message as a reader sees it, with its buttons as `[Label]`. */
export function renderText(message: SlackMessage): string {
  return message.blocks.map((block) => textsOf(block).join("\n")).join("\n");
}

function textsOf(block: Block): string[] {
  switch (block.type) {
    case "header":
      return [block.text.text];
    case "section":
      return [...(block.text ? [block.text] : []), ...(block.fields ?? [])].map(({ text }) => toPlain(text));
    case "context":
      return block.elements.flatMap((element) => (element.type === "image" ? [] : [toPlain(element.text)]));
    case "actions":
      return [
        block.elements
          .flatMap((element) => (element.type === "button" ? [`[${element.text.text}]`] : []))
          .join(" "),
      ];
  }
}

import type { types } from "@slack/bolt";
import type { Block, SlackMessage } from "./blocks.js";

/**
 * A message for a page that draws less of Slack's markup than Slack does: the one of `local-slack` 0.1.8 draws `code` in a
 * fixed-width face, and leaves blocks of code, dates, groups and escapes as they are written, with spaces run together. So that
 * a newcomer reads there what a person reads in Slack, each is sent as what it stands for.
 */
export function forPlainPage({ text, blocks }: SlackMessage): SlackMessage {
  return { text: plainMarkup(text), blocks: blocks.map(plainBlock) };
}

/** The same for a dialog or a Home. An input that the page cannot draw, and that may stay empty, is left out. */
export function viewForPlainPage<V extends types.View>(view: V): V {
  const blocks = view.blocks.flatMap((block) => {
    if (block.type === "input") {
      const { optional, element } = block as types.InputBlock;
      return optional === true && element.type === "datetimepicker" ? [] : [block];
    }
    return [plainBlock(block as Block)];
  });
  return { ...view, blocks };
}

function plainBlock(block: Block): Block {
  switch (block.type) {
    case "section":
      return {
        ...block,
        ...(block.text === undefined ? {} : { text: plainText(block.text) }),
        ...(block.fields === undefined ? {} : { fields: block.fields.map(plainText) }),
      };
    case "context":
      return {
        ...block,
        elements: block.elements.map((element) => (element.type === "mrkdwn" ? plainText(element) : element)),
      };
    default:
      return block;
  }
}

function plainText<T extends { readonly type: string; readonly text: string }>(object: T): T {
  return object.type === "mrkdwn" ? { ...object, text: plainMarkup(object.text) } : object;
}

const BLOCK_OF_CODE = /```\n?([\s\S]*?)\n?```/g;

/** A space at which no line is broken, and of which several stay several. */
const FIRM_SPACE = "\u00a0";

function plainMarkup(text: string): string {
  return text
    .replace(BLOCK_OF_CODE, (_, code: string) => code.split("\n").map(lineOfCode).join("\n"))
    .replace(/<!date\^-?\d+\^[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<!subteam\^([A-Z0-9]+)>/g, "@$1")
    .replaceAll("&lt;", "‹")
    .replaceAll("&gt;", "›")
    .replaceAll("&amp;", "&");
}

/** Kept together behind a hyphen, where a line would be broken as well; typing it back leaves it out (`commands/unformat.ts`). */
const FIRM_HYPHEN = "-\u2060";

function lineOfCode(line: string): string {
  if (line.trim() === "") return "";
  return `\`${line.replaceAll(" ", FIRM_SPACE).replaceAll("-", FIRM_HYPHEN)}\``;
}

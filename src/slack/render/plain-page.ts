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

/**
 * The same for a dialog or a Home. A time is typed where the page cannot draw what to choose it with. It closes all dialogs at once,
 * so no button of it leads back.
 */
export function viewForPlainPage<V extends types.View>(view: V): V {
  const blocks = view.blocks.map((block) =>
    block.type === "input" ? plainInput(block as types.InputBlock) : plainBlock(block as Block),
  );
  if (view.type !== "modal" || view.close?.text !== "Back") return { ...view, blocks };
  return { ...view, blocks, close: { ...view.close, text: "Close" } };
}

function plainInput(block: types.InputBlock): types.InputBlock {
  const { element, hint } = block;
  if (element.type !== "datetimepicker") return block;
  const { action_id } = element;
  return {
    ...block,
    element: {
      type: "plain_text_input",
      ...(action_id === undefined ? {} : { action_id }),
      placeholder: { type: "plain_text", text: "tomorrow 22:00" },
    },
    hint: {
      type: "plain_text",
      text: `${hint?.text ?? ""} Else such as 22:00, tomorrow 22:00 or 2026-12-01T22:00+08:00, in UTC where no offset is said.`.trim(),
    },
  };
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
  return withoutStrayMarks(text)
    .replace(BLOCK_OF_CODE, (_, code: string) => code.split("\n").map(lineOfCode).join("\n"))
    .replace(/<!date\^-?\d+\^[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<!subteam\^([A-Z0-9]+)>/g, "@$1")
    .replaceAll("&lt;", "‹")
    .replaceAll("&gt;", "›")
    .replaceAll("&amp;", "&");
}

/**
 * The page takes any two `*` of a line for bold, and any two `~` for struck out, also in `code` and within a host pattern. Those
 * that Slack would not take stand as signs that look the same; typing them back makes them what they were
 * (`commands/unformat.ts`).
 */
function withoutStrayMarks(text: string): string {
  return text
    .replace(
      /(^|[\s(>])\*(?=\S)([^*\n`]*[^\s*`])\*(?![\w*])|\*/gm,
      (all: string, _before?: string, bold?: string) => (bold === undefined ? "∗" : all),
    )
    .replaceAll("~", "∼");
}

/** Kept together behind a hyphen, where a line would be broken as well; typing it back leaves it out (`commands/unformat.ts`). */
const FIRM_HYPHEN = "-\u2060";

function lineOfCode(line: string): string {
  if (line.trim() === "") return "";
  return `\`${line.replaceAll(" ", FIRM_SPACE).replaceAll("-", FIRM_HYPHEN)}\``;
}

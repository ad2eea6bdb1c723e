import type { types } from "@slack/bolt";
import { type ButtonValue, encodeButton, type ViewValue } from "./button-value.js";
import { LIMITS } from "./limits.js";
import { cutTo, escapeTo, join, Mrkdwn, plain, toPlain } from "./mrkdwn.js";

/** The classic blocks, which every client renders. */
export type Block = types.HeaderBlock | types.SectionBlock | types.ContextBlock | types.ActionsBlock;

/** What is sent to Slack: blocks, and the text for notifications, screen readers and clients without blocks. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: Block[];
}

/** `verbatim`: Slack then makes no links, channels or mentions of its own out of what looks like one. */
function mrkdwnObject(text: Mrkdwn, max: number): types.MrkdwnElement {
  return { type: "mrkdwn", text: cutTo(text, max).text || " ", verbatim: true };
}

function plainObject(text: string, max: number): types.PlainTextElement {
  return { type: "plain_text", text: plain(text, max), emoji: false };
}

export function header(text: string): Block {
  return { type: "header", text: { ...plainObject(text, LIMITS.headerText), emoji: true } };
}

export function section(text: Mrkdwn): Block {
  return { type: "section", text: mrkdwnObject(text, LIMITS.sectionText) };
}

/** Two columns of short texts. */
export function fields(texts: readonly Mrkdwn[]): Block {
  return {
    type: "section",
    fields: texts.slice(0, LIMITS.fields).map((text) => mrkdwnObject(text, LIMITS.fieldText)),
  };
}

/** Small grey text. */
export function context(...texts: readonly Mrkdwn[]): Block {
  return {
    type: "context",
    elements: texts.slice(0, LIMITS.contextElements).map((text) => mrkdwnObject(text, LIMITS.contextText)),
  };
}

/** What is asked again after a click, against mis-taps on a phone. */
export interface Confirm {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly deny: string;
}

export function button(
  label: string,
  value: ButtonValue | ViewValue,
  more: { style?: "primary" | "danger"; confirm?: Confirm } = {},
): types.Button {
  const confirm = more.confirm;
  return {
    type: "button",
    text: plainObject(label, LIMITS.buttonText),
    action_id: `${"show" in value ? value.show : value.decision.kind}:${value.id}`.slice(0, LIMITS.id),
    value: encodeButton(value),
    ...(more.style === undefined ? {} : { style: more.style }),
    ...(confirm === undefined
      ? {}
      : {
          confirm: {
            title: plainObject(confirm.title, LIMITS.confirmTitle),
            text: plainObject(confirm.text, LIMITS.confirmText),
            confirm: plainObject(confirm.confirm, LIMITS.confirmButton),
            deny: plainObject(confirm.deny, LIMITS.confirmButton),
            ...(more.style === undefined ? {} : { style: more.style }),
          },
        }),
  };
}

/** A row of buttons; none when there are no buttons, because Slack refuses an empty row. */
export function actions(buttons: readonly types.Button[]): Block[] {
  if (buttons.length === 0) return [];
  return [{ type: "actions", elements: buttons.slice(0, LIMITS.actionElements) }];
}

/**
 * A message from its one-line summary and its blocks. The builders of the blocks keep to their budgets; should a
 * message still be over a limit of Slack's, blocks before the buttons give way, so that the rest is shown at all.
 */
export function message(summary: Mrkdwn, blocks: readonly Block[]): SlackMessage {
  const rows: Block[] = blocks.filter((block) => block.type === "actions");
  const texts: Block[] = blocks.filter((block) => block.type !== "actions");
  let dropped = false;
  while (
    texts.length + rows.length >= LIMITS.blocks ||
    textLength([...texts, ...rows]) > LIMITS.messageText
  ) {
    texts.pop();
    dropped = true;
  }
  if (dropped) texts.push(context(new Mrkdwn("Cut to fit into a message.")));
  return {
    text: cutTo(summary, LIMITS.fallbackText).text,
    blocks: dropped ? [...texts, ...rows] : [...blocks],
  };
}

/** Characters of text in blocks, as Slack counts them for its limit on a whole message. */
export function textLength(blocks: readonly Block[]): number {
  return blocks.reduce(
    (sum, block) => sum + textsOf(block).reduce((length, text) => length + text.length, 0),
    0,
  );
}

/** The texts of one block in reading order, as mrkdwn; buttons as `[Label]`. */
function textsOf(block: Block): string[] {
  switch (block.type) {
    case "header":
      // A header is plain text: as mrkdwn it must be escaped like any other.
      return [escapeTo(block.text.text, LIMITS.sectionText)];
    case "section":
      return [...(block.text ? [block.text.text] : []), ...(block.fields ?? []).map((field) => field.text)];
    case "context":
      return block.elements.flatMap((element) => (element.type === "image" ? [] : [element.text]));
    case "actions":
      return [
        block.elements
          .flatMap((element) => (element.type === "button" ? [`[${element.text.text}]`] : []))
          .join(" "),
      ];
  }
}

/** The whole message as mrkdwn without blocks: what is sent when Slack refuses the blocks. Buttons are left out. */
export function withoutBlocks(message: SlackMessage): string {
  const lines = message.blocks.filter((block) => block.type !== "actions").flatMap(textsOf);
  const text =
    lines.length === 0
      ? new Mrkdwn(message.text)
      : join(
          lines.map((line) => new Mrkdwn(line)),
          "\n",
        );
  return cutTo(text, LIMITS.fallbackText).text;
}

/** The message as plain text, as a reader would see it, with its buttons: for a terminal, logs and tests. */
export function renderText(message: SlackMessage): string {
  if (message.blocks.length === 0) return toPlain(message.text);
  return message.blocks.map((block) => textsOf(block).map(toPlain).join("\n")).join("\n");
}

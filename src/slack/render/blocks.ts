import type { types } from "@slack/bolt";
import { LIMITS } from "../wire/limits.js";
import { type AnyValue, actionOf, encodeButton } from "./button-value.js";
import { cutTo, free, Mrkdwn, mrk, plain } from "./mrkdwn.js";

/** The classic blocks, which every client renders. */
export type Block = types.HeaderBlock | types.SectionBlock | types.ContextBlock | types.ActionsBlock;

/** What is sent to Slack. */
export interface SlackMessage {
  /**
   * The same as the blocks say, as one mrkdwn text: all that screen readers and notifications on phones read (Slack's
   * page of `chat.postMessage`), and what is sent alone when Slack refuses the blocks.
   */
  readonly text: string;
  readonly blocks: Block[];
}

/** `verbatim`: Slack then makes no links, channels or mentions of its own out of what looks like one. */
function mrkdwnObject(text: Mrkdwn, max: number): types.MrkdwnElement {
  return { type: "mrkdwn", text: cutTo(text, max).text || " ", verbatim: true };
}

/** A text that Slack shows as it is, cut to what it takes. */
export function plainObject(text: string, max: number): types.PlainTextElement {
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
export function context(text: Mrkdwn): Block {
  return { type: "context", elements: [mrkdwnObject(text, LIMITS.contextText)] };
}

/** A block of one kind for each text that there is. */
export function each(block: (text: Mrkdwn) => Block, ...texts: readonly (Mrkdwn | null)[]): Block[] {
  return texts.flatMap((text) => (text === null ? [] : [block(text)]));
}

/** What is asked again after a click, against mis-taps on a phone. */
export interface Confirm {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly deny: string;
}

/** How a button looks, and what it asks before it counts. */
export interface ButtonLook {
  readonly style?: "primary" | "danger";
  readonly confirm?: Confirm;
}

export function button(label: string, value: AnyValue, more: ButtonLook = {}): types.Button {
  const confirm = more.confirm;
  return {
    type: "button",
    text: plainObject(label, LIMITS.buttonText),
    action_id: actionOf(value).slice(0, LIMITS.id),
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
 * A message from its blocks. Their builders keep to their budgets; should a message still be over a limit of Slack's,
 * blocks before the buttons give way, so that the rest is shown at all.
 *
 * @param lead stands before the text alone, for messages whose first words do not say what they are about: a
 *   notification shows them without the thread.
 */
export function message(blocks: readonly Block[], lead: Mrkdwn = mrk``): SlackMessage {
  const rows: Block[] = blocks.filter((block) => block.type === "actions");
  const all: Block[] = blocks.filter((block) => block.type !== "actions");
  let texts = all;
  for (let kept = all.length - 1; kept >= 0 && !fits([...texts, ...rows]); kept--) {
    texts = [...all.slice(0, kept), context(mrk`Cut to fit into a message.`)];
  }
  const words = new Mrkdwn(texts.flatMap(textsOf).join("\n").replace(BAR, ""));
  return {
    text: cutTo(mrk`${lead}${words}`, LIMITS.fallbackText).text,
    blocks: texts === all ? [...blocks] : [...texts, ...rows],
  };
}

/** A bar of tasks that are gone: read aloud it would be ten times "shade"; its number stays. */
const BAR = / *[▓░]+/g;

function fits(blocks: readonly Block[]): boolean {
  return blocks.length <= LIMITS.blocks && textLength(blocks) <= LIMITS.messageText;
}

/** Characters of text in blocks, those of dialogs behind buttons too: Slack limits them for a whole message. */
function textLength(blocks: readonly Block[]): number {
  const texts = blocks.flatMap((block) => [...textsOf(block), ...confirmsOf(block)]);
  return texts.reduce((sum, text) => sum + text.length, 0);
}

function confirmsOf(block: Block): string[] {
  if (block.type !== "actions") return [];
  return block.elements.flatMap((element) => {
    if (element.type !== "button" || element.confirm === undefined) return [];
    const { title, text, confirm, deny } = element.confirm;
    return [title, text, confirm, deny].map((one) => one?.text ?? "");
  });
}

/** The texts of one block in reading order, as mrkdwn; buttons as `[Label]`. */
function textsOf(block: Block): string[] {
  switch (block.type) {
    case "header":
      // A header is plain text: as mrkdwn it must be escaped like any other, and needs no look-alikes of brackets.
      return [free(block.text.text.replaceAll("›", ">"), LIMITS.sectionText).text];
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

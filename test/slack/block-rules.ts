/**
 * Slack's rules for the blocks of a message, written down a second time from its Block Kit reference, so that a wrong
 * number in `src/slack/limits.ts` does not also make its tests wrong.
 */
type Json = Record<string, unknown>;

const SECTION = 3000;

const TOTAL = 10_000;

/** What Slack would refuse in these blocks, or `null`. */
export function refusal(blocks: readonly unknown[]): string | null {
  if (blocks.length > 50) return "invalid_blocks: more than 50 blocks";
  let total = 0;
  const problems: string[] = [];
  const text = (value: unknown, max: number, where: string, type?: string) => {
    const object = (value ?? {}) as Json;
    const content = object.text;
    if (typeof content !== "string" || content.length === 0) problems.push(`${where}: empty text`);
    else {
      total += content.length;
      if (content.length > max) problems.push(`${where}: ${content.length} characters, at most ${max}`);
    }
    if (type !== undefined && object.type !== type) problems.push(`${where}: must be ${type}`);
  };
  for (const one of blocks) {
    const block = one as Json;
    const list = (key: string) => (block[key] ?? []) as Json[];
    if (block.type === "header") text(block.text, 150, "header", "plain_text");
    else if (block.type === "section") {
      if (block.text === undefined && block.fields === undefined)
        problems.push("section: neither text nor fields");
      if (block.text !== undefined) text(block.text, SECTION, "section");
      if (list("fields").length > 10) problems.push("section: more than 10 fields");
      for (const field of list("fields")) text(field, 2000, "field");
    } else if (block.type === "context") {
      if (list("elements").length === 0 || list("elements").length > 10)
        problems.push("context: 1 to 10 elements");
      for (const element of list("elements")) text(element, SECTION, "context");
    } else if (block.type === "actions") {
      if (list("elements").length === 0 || list("elements").length > 25)
        problems.push("actions: 1 to 25 elements");
      const ids = list("elements").map((element) => element.action_id);
      if (new Set(ids).size !== ids.length) problems.push("actions: an action_id occurs twice");
      for (const element of list("elements")) {
        text(element.text, 75, "button", "plain_text");
        if (String(element.action_id).length > 255) problems.push("button: action_id over 255");
        if (String(element.value).length > 2000) problems.push("button: value over 2000");
        const confirm = element.confirm as Json | undefined;
        if (confirm === undefined) continue;
        text(confirm.title, 100, "confirm title", "plain_text");
        text(confirm.text, 300, "confirm text");
        text(confirm.confirm, 30, "confirm button", "plain_text");
        text(confirm.deny, 30, "deny button", "plain_text");
      }
    } else problems.push(`unknown block ${String(block.type)}`);
  }
  if (problems.length > 0) return `invalid_blocks: ${problems.join("; ")}`;
  return total > TOTAL ? `msg_blocks_too_long: ${total}` : null;
}

/** Every mrkdwn text in blocks: where control sequences would work. */
export function mrkdwnTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnTexts);
  if (typeof value !== "object" || value === null) return [];
  const object = value as Json;
  const own = object.type === "mrkdwn" && typeof object.text === "string" ? [object.text] : [];
  return [...own, ...Object.values(object).flatMap(mrkdwnTexts)];
}

/** Every plain text in blocks. */
export function plainTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(plainTexts);
  if (typeof value !== "object" || value === null) return [];
  const object = value as Json;
  const own = object.type === "plain_text" && typeof object.text === "string" ? [object.text] : [];
  return [...own, ...Object.values(object).flatMap(plainTexts)];
}

/** What Slack would refuse in a modal or a Home of ours, or `null`. */
export function viewRefusal(value: unknown): string | null {
  const view = (value ?? {}) as Json;
  const problems: string[] = [];
  const text = (object: unknown, max: number, where: string) => {
    const { text: content, type } = (object ?? {}) as Json;
    if (type !== "plain_text") problems.push(`${where}: must be plain_text`);
    if (typeof content !== "string" || content.length === 0) problems.push(`${where}: empty text`);
    else if (content.length > max) problems.push(`${where}: ${content.length} characters, at most ${max}`);
  };
  const blocks = (view.blocks ?? []) as Json[];
  const inputs = blocks.filter((block) => block.type === "input");
  if (view.type === "modal") {
    text(view.title, 24, "title");
    if (view.submit !== undefined || inputs.length > 0) text(view.submit, 24, "submit");
    text(view.close, 24, "close");
  } else if (view.type !== "home") problems.push("view: must be a modal or a home");
  if (String(view.private_metadata ?? "").length > 3000) problems.push("private_metadata over 3000");
  if (String(view.callback_id ?? "").length > 255) problems.push("callback_id over 255");
  if (String(view.external_id ?? "").length > 255) problems.push("external_id over 255");
  if (blocks.length === 0 || blocks.length > 100) problems.push("1 to 100 blocks");
  const ids = blocks.flatMap(({ block_id }) => (typeof block_id === "string" ? [block_id] : []));
  if (new Set(ids).size !== ids.length) problems.push("a block_id occurs twice");
  for (const block of inputs) {
    text(block.label, 2000, "label");
    if (block.hint !== undefined) text(block.hint, 2000, "hint");
    inputProblems((block.element ?? {}) as Json, text, problems);
  }
  // The limit for all texts of a message is not one of views.
  const others = blocks.filter((block) => block.type !== "input");
  for (const block of others) {
    const refused = refusal([block]);
    if (refused !== null) problems.push(refused);
  }
  return problems.length === 0 ? null : problems.join("; ");
}

/** Kinds of inputs with choices, and the most that each takes. */
const CHOICES: Readonly<Record<string, number>> = { radio_buttons: 10, static_select: 100 };

function inputProblems(
  element: Json,
  text: (object: unknown, max: number, where: string) => void,
  problems: string[],
): void {
  const kind = String(element.type);
  const options = (element.options ?? []) as Json[];
  if (element.placeholder !== undefined) text(element.placeholder, 150, "placeholder");
  const most = CHOICES[kind];
  if (most !== undefined) {
    if (options.length < 1 || options.length > most) problems.push(`${kind}: 1 to ${most} options`);
    const values = options.map(({ value }) => value);
    if (new Set(values).size !== values.length) problems.push(`${kind}: a value occurs twice`);
    const same = (one: Json) => JSON.stringify(one) === JSON.stringify(element.initial_option);
    if (element.initial_option !== undefined && !options.some(same))
      problems.push(`${kind}: initial_option is none of the options`);
  } else if (kind === "plain_text_input") {
    const longest = element.max_length ?? 1;
    if (typeof longest !== "number" || longest < 1 || longest > 3000) problems.push("max_length: 1 to 3000");
  } else if (kind !== "datetimepicker") problems.push(`unknown input ${kind}`);
  for (const option of options) {
    text(option.text, 75, "option");
    if (String(option.value).length > 150) problems.push("option: value over 150");
  }
}

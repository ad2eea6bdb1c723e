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

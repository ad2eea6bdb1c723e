import { scrub } from "../../base/scrub.js";
import { withoutInvisible } from "../../maintenance/text/one-line.js";

/**
 * Text that is safe to send as Slack's mrkdwn. Everything interpolated into `mrk` is escaped unless it is such a text
 * already, so a host name, a reason or a framework name cannot form `<!channel>`, a mention or a link.
 */
export class Mrkdwn {
  constructor(readonly text: string) {}
}

/** Longest free text (a reason, a name) interpolated into one message, after escaping. */
const FREE_TEXT = 300;

/**
 * Slack's own three escapes; nothing else may be escaped. A bracket that `quoted` took away (maintenance/text/quote.ts) is put
 * back: escaped it forms nothing, and everywhere people read what somebody wrote as they wrote it.
 */
export const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "‹": "&lt;",
};

const ELLIPSIS = "…";

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** Half of a surrogate pair, left by a cut or sent by a broken client: not valid in JSON for everybody. */
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * One line without control characters, marks that hide, or secrets: what every text that is not written here is reduced to
 * before it is cut and shown.
 */
export function oneLine(raw: string): string {
  return scrub(withoutInvisible(raw)).replace(CONTROL, " ").replace(LONE_SURROGATE, "").trim();
}

/** Escapes, and cuts so that the escaped text has at most `max` characters and no half escape. */
export function escapeTo(raw: string, max: number, escapes = ESCAPES): string {
  const escaped = Array.from(raw, (char) => escapes[char] ?? char);
  let length = 0;
  for (const part of escaped) length += part.length;
  if (length <= max) return escaped.join("");
  let out = "";
  for (const part of escaped) {
    if (out.length + part.length + ELLIPSIS.length > max) break;
    out += part;
  }
  return out + ELLIPSIS;
}

/** A text of people or masters on one line as it was typed, at most `max` characters: nothing in it is drawn as anything else. */
export function free(raw: string, max: number = FREE_TEXT): Mrkdwn {
  return new Mrkdwn(escapeTo(literal(raw), max));
}

/** Signs that look the same and format nothing; typed back they are what they stand for (`commands/unformat.ts`). */
const LOOK_ALIKES: Readonly<Record<string, string>> = { "*": "∗", _: "＿", "~": "∼" };

/** Marks at the edge of a word, of which two make what stands between them bold, italic or struck out. */
const EDGES = /(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu;

/** The colon before the name of an emoji. One of digits alone is none within a time. */
const EMOJI = /(?<!\d):(?=\d{1,100}:)|:(?=\d{0,100}[\p{L}_+'-][\p{L}\p{N}_+'-]{0,100}:)/gu;

/** A word joiner: nobody sees it, and no emoji has it in its name. */
const JOINER = "\u2060";

/**
 * A text on one line that Slack shows as it is, which has no escape for its marks: backticks are quotes, marks that would format
 * have a look-alike, and no emoji is named.
 */
export function literal(raw: string): string {
  const text = withoutCode(raw).replace(EMOJI, `:${JOINER}`).replace(/^>/, "›");
  return Object.entries(LOOK_ALIKES).reduce((shown, [mark, alike]) => {
    const isAlone = shown.indexOf(mark) === shown.lastIndexOf(mark);
    return isAlone ? shown : shown.replace(EDGES, (edge) => (edge === mark ? alike : edge));
  }, text);
}

/** On one line, with quotes in the place of backticks. */
function withoutCode(raw: string): string {
  return oneLine(raw).replaceAll("`", "'");
}

/** A name or a pattern in a fixed-width face, where `*` and `_` stay what they are. */
export function code(raw: string, max = 100): Mrkdwn {
  const inner = escapeTo(withoutCode(raw), max - 2);
  return new Mrkdwn(`\`${inner === "" ? " " : inner}\``);
}

/** Template tag: `` mrk`*${host}* is down` ``. Interpolated strings are escaped, `Mrkdwn` is taken as it is. */
export function mrk(parts: TemplateStringsArray, ...values: readonly (Mrkdwn | string | number)[]): Mrkdwn {
  let text = parts[0] ?? "";
  values.forEach((value, index) => {
    text += value instanceof Mrkdwn ? value.text : free(String(value)).text;
    text += parts[index + 1] ?? "";
  });
  return new Mrkdwn(text);
}

/** Joins texts, leaving out those that are `null`. */
export function join(items: readonly (Mrkdwn | null)[], separator: string): Mrkdwn {
  return new Mrkdwn(items.flatMap((item) => (item === null ? [] : [item.text])).join(separator));
}

/** One below the other, leaving out those that are `null`. */
export function lines(...items: readonly (Mrkdwn | null)[]): Mrkdwn {
  return join(items, "\n");
}

/** Joins what fits into `max` characters and says how many are left out: `a, b and 7 more`. */
export function listed(items: readonly Mrkdwn[], max: number, separator = ", "): Mrkdwn {
  const all = join(items, separator);
  if (all.text.length <= max) return all;
  let text = "";
  let shown = 0;
  for (const item of items) {
    const next = shown === 0 ? item.text : `${text}${separator}${item.text}`;
    if (next.length + more(items.length - shown - 1, separator).length > max) break;
    text = next;
    shown += 1;
  }
  const rest = more(items.length - shown, separator);
  return new Mrkdwn(shown === 0 ? `${items.length} in all` : text + rest);
}

function more(count: number, separator: string): string {
  return separator.includes("\n") ? `${separator}and ${count} more` : ` and ${count} more`;
}

/** A link to an address that Slack told; anything else is no link, and the name stands alone. */
export function link(url: string | undefined, name: string): Mrkdwn {
  const text = free(name, 100);
  return url !== undefined && /^https?:\/\/[^\s<>|]+$/.test(url) ? new Mrkdwn(`<${url}|${text.text}>`) : text;
}

/** A person by Slack user id, shown by name. What is no user id is shown as text. */
export function user(id: string): Mrkdwn {
  return /^[UW][A-Z0-9]{1,30}$/.test(id) ? new Mrkdwn(`<@${id}>`) : free(id, 50);
}

/** A person or a user group by Slack id; in a channel the group is notified. What is neither is shown as text. */
export function someone(id: string): Mrkdwn {
  return /^S[A-Z0-9]{2,30}$/.test(id) ? new Mrkdwn(`<!subteam^${id}>`) : user(id);
}

/**
 * Cuts a finished text to `max` characters without leaving half an escape, half a mention, an open code span or an open
 * block of code.
 */
export function cutTo(text: Mrkdwn, max: number): Mrkdwn {
  if (text.text.length <= max) return text;
  let cut = text.text.slice(0, max - 5).replace(LONE_SURROGATE, "");
  cut = cut.replace(/<[^>]*$/, "").replace(/&[a-z]*$/, "");
  // A mark at the very end may be half of a fence: what it opened or closed is closed anew.
  cut = cut.replace(/`+$/, "").trimEnd();
  if (isOdd(cut.match(/```/g))) cut += "\n```";
  else if (isOdd(cut.match(/`/g))) cut += "`";
  return new Mrkdwn(cut + ELLIPSIS);
}

function isOdd(matches: readonly string[] | null): boolean {
  return (matches?.length ?? 0) % 2 === 1;
}

/**
 * For `plain_text` objects (headers, buttons), where Slack knows no escapes: angle brackets become look-alikes, so even
 * a client that read them as markup would find none. At most `max` characters.
 */
export function plain(raw: string, max: number): string {
  const text = oneLine(raw).replaceAll("<", "‹").replaceAll(">", "›").replace(EMOJI, `:${JOINER}`);
  if (text.length <= max) return text;
  return text.slice(0, max - 1).replace(LONE_SURROGATE, "") + ELLIPSIS;
}

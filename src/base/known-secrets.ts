/** What stands in a log or an answer instead of a secret. */
export const MASK = "[secret]";

/** Characters that a secret has to have to be hidden by its value: a shorter one would be found in the middle of words. */
export const LEAST_SECRET = 6;

/** One way in which a secret is written. */
interface Form {
  readonly text: string;
  /** Whether it is what base64 makes of the secret wherever it stands inside of something: the whole token is hidden then. */
  readonly isInBase64: boolean;
}

const known = new Set<string>();

let forms: readonly Form[] = [];

/** From now on `hideKnown` hides this secret, for as long as the process lives. */
export function noteSecret(secret: string): void {
  if (known.has(secret)) return;
  known.add(secret);
  const added = linesOf(secret)
    .filter(isHideable)
    .flatMap((line) => [
      ...writtenAs(line).map((text) => ({ text, isInBase64: false })),
      ...inBase64(line).map((text) => ({ text, isInBase64: true })),
    ]);
  // The longer of two first: the other one may be a part of it.
  forms = [...forms, ...added].sort((a, b) => b.text.length - a.text.length);
}

/**
 * Whether a secret is hidden by its value where it is met: not one that is too short, and not one that is a part of what
 * stands instead of secrets.
 */
export function isHideable(secret: string): boolean {
  return secret.length >= LEAST_SECRET && !MASK.includes(secret);
}

/**
 * A text without the secrets that the process knows: as they are, inside of JSON, HTML and addresses, and inside of what
 * base64 was made of, such as a login with its user. One search a form, so the time is linear in the text.
 */
export function hideKnown(text: string): string {
  let clean = text;
  for (const { text: form, isInBase64 } of forms) {
    if (clean.includes(form)) clean = isInBase64 ? withoutTokens(clean, form) : clean.replaceAll(form, MASK);
  }
  return clean;
}

/** The same for JSON, which stays JSON: a secret may look like a part of its marks, or like a number. */
export function hideKnownInJson(json: string): string {
  if (hideKnown(json) === json) return json;
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs, (token) => {
    const value = token.startsWith('"') ? parsed(token) : token;
    const clean = hideKnown(value);
    return clean === value ? token : JSON.stringify(clean);
  });
}

function parsed(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

/** A secret of several lines, such as a key, shows line by line. */
export function linesOf(secret: string): readonly string[] {
  return secret.trim().split(/\s*[\r\n]\s*/);
}

/** How one line of a secret is written: as it is, and as JSON, HTML and addresses hold it, each form once. */
export function writtenAs(line: string): readonly string[] {
  const json = JSON.stringify(line).slice(1, -1);
  const ofJson = [
    json,
    json.replaceAll("/", "\\/"),
    json.replace(/[<>&']/g, unicodeEscape),
    json.replace(/[^\0-\x7f]/g, unicodeEscape),
  ];
  const twice = ofJson.map((text) => JSON.stringify(text).slice(1, -1));
  const html = line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quotesToo = html.replaceAll('"', "&quot;").replaceAll("'", "&#39;");
  return [...new Set([line, ...ofJson, ...twice, html, quotesToo, ...inAddresses(line)])];
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Percent-encoded as encoders differ in it: how many characters they leave, and the case of the digits. */
function inAddresses(line: string): readonly string[] {
  const usual = encodeURIComponent(Buffer.from(line, "utf8").toString("utf8"));
  const strict = usual.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  const upper = [usual, strict, usual.replaceAll("%20", "+"), strict.replaceAll("%20", "+")];
  return upper.flatMap((text) => [text, text.replace(/%../g, (code) => code.toLowerCase())]);
}

/**
 * The characters of base64 that only this text makes, wherever it begins inside of the three bytes that become four
 * characters, in both alphabets and as addresses and JSON hold them.
 */
function inBase64(line: string): readonly string[] {
  const bytes = Buffer.from(line, "utf8");
  const texts = [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // Characters that hold bits of what stands before or after the text differ.
    const core = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    const inAddress = encodeURIComponent(core);
    return [
      core,
      core.replaceAll("+", "-").replaceAll("/", "_"),
      core.replaceAll("/", "\\/"),
      inAddress,
      inAddress.replace(/%../g, (code) => code.toLowerCase()),
    ];
  });
  return [...new Set(texts)];
}

/** Hides each run of base64 that the form stands in. */
function withoutTokens(text: string, form: string): string {
  let clean = "";
  let from = 0;
  for (;;) {
    const at = text.indexOf(form, from);
    if (at < 0) return clean + text.slice(from);
    let start = at;
    while (start > from && isInToken(text, start - 1)) start -= 1;
    let end = at + form.length;
    while (end < text.length && isInToken(text, end)) end += 1;
    clean += text.slice(from, start) + MASK;
    from = end;
  }
}

/** Whether a character is one of base64, in either alphabet, or one of those that write one in JSON or in an address. */
function isInToken(text: string, at: number): boolean {
  const character = text.charAt(at);
  if (/[\w+/=-]/.test(character)) return true;
  if (character === "\\") return text.charAt(at + 1) === "/";
  return character === "%" && /^(?:2[BF]|3D)$/i.test(text.slice(at + 1, at + 3));
}

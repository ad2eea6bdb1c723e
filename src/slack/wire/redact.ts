/** Slack tokens (xoxb-, xapp-, xoxe.…), credentials in URLs, and the tickets of Slack's sockets and response URLs. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\bx(?:ox[a-z]|app)(?:e?[.-][\w-]+)+/gi, "[token]"],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*:[^\s/@]*@/gi, "$1[credentials]@"],
  [/(wss?:\/\/[^\s?]+)\?\S*/gi, "$1?[ticket]"],
  [/(hooks\.slack\.com\/)\S*/gi, "$1[address]"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, "$1 [credentials]"],
];

/** A text without what must not be logged or shown. A last guard: nothing here is meant to hold a secret at all. */
export function redact(text: string): string {
  return SECRETS.reduce((out, [pattern, instead]) => out.replace(pattern, instead), text);
}

import { type Parsed, type Problem, problemOf } from "./parsed.js";

/** IPv6 addresses are full of the colons that otherwise separate terms. */
const IPV6 = /(?:[0-9a-f]{0,4}:){2,7}[0-9a-f.]*(?=\s*(?:,|$))/iy;

type Split = Parsed<{ readonly terms: readonly string[] }>;

/**
 * Splits a host pattern at `,` and `:` into its terms, each with its `&` or `!`. As in Ansible brackets and IPv6
 * addresses keep their colons. Beyond Ansible, where it would break them apart: regular expressions keep what stands
 * inside their own brackets, and `,` and `:` may be mixed.
 */
export function splitPattern(text: string): Split {
  const terms: string[] = [];
  let start = 0;
  let at = 0;
  const end = () => {
    const term = text.slice(start, at).trim();
    if (term !== "") terms.push(term);
    at += 1;
    start = at;
  };
  while (at < text.length) {
    const opening = /\s*[&!]?\s*/y;
    opening.lastIndex = at;
    at += opening.exec(text)?.[0].length ?? 0;
    if (text[at] === "~") {
      at = endOfRegex(text, at);
      end();
      continue;
    }
    IPV6.lastIndex = at;
    const address = IPV6.exec(text)?.[0];
    if (address !== undefined && looksLikeIpv6(address)) {
      at += address.length;
      end();
      continue;
    }
    while (at < text.length && text[at] !== "," && text[at] !== ":") {
      if (text[at] === "]") return unbalanced(text, "] without a [ before it");
      if (text[at] === "[") {
        const close = text.indexOf("]", at);
        const nested = text.indexOf("[", at + 1);
        if (close < 0 || (nested >= 0 && nested < close)) {
          return unbalanced(text, "[ without a ] after it");
        }
        at = close;
      }
      if (text[at] === "{" && text.includes("}", at)) return braces(text, at);
      at += 1;
    }
    end();
  }
  return { ok: true, terms };
}

/** Ansible keeps `a:b:c` apart but `fe80::1` and eight groups together; so do we. */
function looksLikeIpv6(text: string): boolean {
  const gaps = text.split("::").length - 1;
  if (/:::|(?<!:):$|^:(?!:)/.test(text)) return false;
  return gaps === 1 || (gaps === 0 && text.split(":").length === 8);
}

/** Where a regular expression ends: at a separator outside its parentheses, braces and classes. */
function endOfRegex(text: string, from: number): number {
  let depth = 0;
  let inClass = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\\") at += 1;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else if (character === "(" || character === "{") depth += 1;
    else if (character === ")" || character === "}") depth -= 1;
    else if (depth <= 0 && (character === "," || character === ":")) return at;
  }
  return text.length;
}

/** `web-0{1,2}`: what a shell writes, and what a pattern writes instead. */
function braces(text: string, at: number): Problem {
  return problemOf(
    `${text.slice(at, text.indexOf("}", at) + 1)}: braces are the shell's. Patterns write web-[01:20] for a range, and several names with a comma between them.`,
  );
}

function unbalanced(text: string, what: string): Problem {
  return problemOf(`The host pattern ${text} has a ${what}.`);
}

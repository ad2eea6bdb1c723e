import type { Machine } from "../maintenance/cluster/machine.js";
import { type Expression, parseExpression } from "./glob.js";
import { isSelector, type Selector } from "./host.js";
import { type Parsed, type Problem, problemOf } from "./parsed.js";
import { compileRegex } from "./regex.js";
import { parseSubscript, type Subscript } from "./subscript.js";

/** What a term selects by. */
export type Matcher =
  | { readonly kind: "all" }
  | (Expression & { readonly onAddresses: boolean })
  | {
      readonly kind: "regex";
      /** Of its program; to look at a name takes as many steps. */
      readonly weight: number;
      readonly fits: (text: string) => boolean;
      readonly onAddresses: boolean;
    }
  | { readonly kind: "selector"; readonly by: Selector; readonly value: Expression }
  | { readonly kind: "machine"; readonly machine: Machine };

/** One way to read a term. Of several, the first whose matcher matches anything is what the term means. */
export interface Reading {
  readonly matcher: Matcher;
  readonly subscript: Subscript | null;
}

type ParsedTerm = Parsed<{ readonly readings: readonly Reading[] }>;

/** Reads one term of a host pattern, without its `&` or `!`. */
export function parseTerm(text: string): ParsedTerm {
  if (text.startsWith("~")) {
    const source = text.slice(1);
    const compiled = compileRegex(source);
    if (!compiled.ok) return compiled;
    const onAddresses = regexForAddresses(source);
    return one({ kind: "regex", weight: compiled.size, fits: compiled.fits, onAddresses });
  }
  if (text.toLowerCase() === "all" || text === "*") return one({ kind: "all" });
  if (text.includes("=") || text.startsWith("@")) return parseSelector(text);
  if (text.includes("|")) return parseMachine(text);
  return parseName(text);
}

function one(matcher: Matcher): ParsedTerm {
  return { ok: true, readings: [{ matcher, subscript: null }] };
}

function parseSelector(text: string): ParsedTerm {
  const [, at = "", before = "", equals = "", value = ""] = /^(@?)([^=]*)(=?)\s*(.*)$/s.exec(text) ?? [];
  const name = before.trim();
  if (name === "" || equals === "" || value === "") {
    return problemOf(
      name !== "" && value === ""
        ? `${text} does not say which ${name}: a selector has a value, such as ${at}${name}=r1, or ${at}${name}=* for every agent that has one.`
        : `${text} is not a selector such as @rack=r1, zone=a or region=eu.`,
    );
  }
  if (value.startsWith("=")) return problemOf(`${text} is not a selector; it has one =.`);
  const sign = name.search(/[&!]./);
  if (sign > 0) return separatorMissing(text, name.charAt(sign));
  if (name.endsWith("!")) {
    const instead = `!${at}${name.slice(0, -1)}=${value}`;
    return problemOf(`${text} is not a selector; "all but these" is written with ! before it: ${instead}.`);
  }
  // Of more than one digit, brackets are a set of characters: selectors have no other use for them.
  if (/\[(?:-\d+|\d)\]$/.test(value)) {
    return problemOf(`${text} has a position, which a selector has not: it takes every agent that fits.`);
  }
  const parsed = parseExpression(value);
  if (!parsed.ok) return parsed;
  const by = `${at}${name.toLowerCase()}`;
  if (isSelector(by)) return one({ kind: "selector", by, value: parsed.expression });
  return problemOf(
    `${name}= is not a selector: there are zone= and region=, and @${name}= for an attribute of the agents.`,
  );
}

function parseMachine(text: string): ParsedTerm {
  const [hostname = "", ip = "", ...more] = text.split("|").map((half) => half.trim());
  if (more.length > 0 || /[*?[\]()\\^$]/.test(text)) {
    return problemOf(`${text} is not a machine written as host|ip; a regular expression begins with ~.`);
  }
  if (hostname === "" || ip === "") {
    return problemOf(`${text} needs a host name before the | and an IP address after it.`);
  }
  if (!isIpv4(ip)) {
    // Mesos answers anything else with 400 "Failed to parse IPv4".
    return problemOf(`${ip} is not an IPv4 address, the only kind a Mesos schedule takes.`);
  }
  const odd = oddCharacter(hostname);
  if (odd) return problemOf(`A host name cannot contain ${odd}: ${hostname}.`);
  return one({ kind: "machine", machine: { hostname, ip } });
}

function parseName(text: string): ParsedTerm {
  // No host name has two dots in a row.
  if (/^[^[\]]*\d\.\./.test(text)) {
    return problemOf(
      `${text} is not a name; a range is written with brackets and a colon, such as web-[01:20].`,
    );
  }
  const sign = /^[^[&!]*(?:\[[^\]]*\][^[&!]*)*([&!])/.exec(text)?.[1];
  if (sign !== undefined) return separatorMissing(text, sign);
  const odd = oddCharacter(text.replace(/[[\]*?!^:,]/g, ""));
  if (odd) return notAName(text, odd);
  const position = parseSubscript(text);
  if (!position.ok) return position;
  const asName = parseExpression(text);
  const readings = asName.ok ? [plain(text, asName.expression)] : [];
  if (position.position === null) return asName.ok ? { ok: true, readings } : asName;
  const { base, subscript, is } = position.position;
  const named = parseExpression(base);
  if (!named.ok) return named;
  const asPosition = { ...plain(base, named.expression), subscript };
  if (is === "always") return { ok: true, readings: [asPosition] };
  if (is === "first") return { ok: true, readings: [asPosition, ...readings] };
  // `[1-20]` as a set of characters is refused even though Ansible's old subscript had that form.
  return asName.ok ? { ok: true, readings: [...readings, asPosition] } : asName;
}

/** `web-*!web-03`. */
function separatorMissing(text: string, sign: string): Problem {
  return problemOf(`In ${text} the ${sign} needs a separator before it: :${sign}.`);
}

function notAName(text: string, odd: string): Problem {
  if (/^[\d.]+\/\d+$/.test(text)) {
    const problem = `${text}: networks (CIDR) are not understood; addresses are selected with wildcards, such as 10.20.1.*.`;
    return problemOf(problem);
  }
  const advice = /[()\\^$]/.test(text)
    ? " A regular expression begins with ~."
    : /[\s;/+]/.test(text)
      ? " Several hosts have a comma between them."
      : "";
  return problemOf(`A host name cannot contain ${odd}: ${text}.${advice}`);
}

function plain(text: string, expression: Expression): Reading {
  if (text.toLowerCase() === "all" || /^\*+$/.test(text))
    return { matcher: { kind: "all" }, subscript: null };
  return { matcher: { ...expression, onAddresses: globForAddresses(text) }, subscript: null };
}

/**
 * Wildcards are tried on IP addresses only if they could not be meant for names: `10.0.*` is, `*1` is not. So a glob
 * on names never takes in machines because of their numbers.
 */
function globForAddresses(text: string): boolean {
  return /^[\d.*?[\]!:-]+$/.test(text) && /\d/.test(text) && text.includes(".");
}

/** The same for regular expressions, where a dot of an address is written `\.`. */
function regexForAddresses(source: string): boolean {
  return /^[\d.\\d()|+*?^$[\]{},:-]+$/.test(source) && /\d/.test(source) && /\\\.|\[\.\]/.test(source);
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return (
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}

/** The first character that no host name has, as a person recognizes it: outside of ASCII with its code point. */
function oddCharacter(text: string): string | null {
  const odd = /[^\p{L}\p{N}._-]/u.exec(text)?.[0];
  if (odd === undefined) return null;
  if (/\s/.test(odd)) return "a space";
  if (/[!-~]/.test(odd)) return odd;
  const codePoint = `U+${(odd.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /\p{C}/u.test(odd) ? codePoint : `${odd} (${codePoint})`;
}

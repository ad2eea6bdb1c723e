import { parsePattern } from "../hosts/pattern.js";
import { isPlainDuration, looksLikeDuration } from "./duration.js";
import { isId } from "./id.js";
import { COMMAND } from "./mistake.js";
import { isTimeOfDay } from "./spoken.js";

/** Whether a word can only be meant as hosts; a plain word could be anything. */
export function isHosts(text: string): boolean {
  return (
    /[\d*?[\]@=~]/.test(text) &&
    !/^[\d.,]+[a-z]*(?:-[\d.,]+[a-z]*)?$/i.test(text) &&
    !isTimeOfDay(text) &&
    !text.split(/[,:]/).some((part) => looksLikeDuration(part) || isId(part)) &&
    parsePattern(text).ok
  );
}

/** `web-01` and `web-06` as the range between them, `web-[01:06]`; `null` if they are not two of one row. */
export function rangeBetween(first: string, last: string): string | null {
  const [, stem = "", begin = "", tail = ""] = /^(.*\D)(\d+)(\D*)$/.exec(first.toLowerCase()) ?? [];
  const [, lastStem = stem, end = "", lastTail = ""] = /^(.*\D)?(\d+)(\D*)$/.exec(last.toLowerCase()) ?? [];
  if (stem === "" || end === "" || lastStem !== stem || lastTail !== tail) return null;
  const range = `${stem}[${begin}:${end}]${tail}`;
  return parsePattern(range).ok ? range : null;
}

/** What is wrong with hosts that a pattern by itself cannot know. */
interface Slip {
  readonly problem: string;
  /** The words they were meant as; `null` if there is no telling. */
  readonly instead: readonly string[] | null;
  readonly next: string | null;
}

/** A duration that got into the hosts, or a selector for what is no property of a machine; `null` for neither. */
export function slipInHosts(text: string): Slip | null {
  const [, hosts = "", separator = "", last = ""] = /^(.*[^\s,:])([\s,:]+)([^\s,:]+)$/s.exec(text) ?? [];
  const valueOfSelector = separator.trim() === "" && hosts.includes("=");
  if (isPlainDuration(last) && !valueOfSelector) {
    const problem = `${last} among the hosts looks like the duration, which is a word of its own.`;
    return { problem, instead: [hosts, last], next: null };
  }
  const state = /(?:^|[,:&!])\s*(mode|state|status|phase)=/i.exec(text)?.[1];
  if (state === undefined) return null;
  return {
    problem: `${state}= is not a selector: machines are chosen by name, group, attribute, zone or region.`,
    instead: null,
    next: `Which machines are draining or down: ${COMMAND} schedule`,
  };
}

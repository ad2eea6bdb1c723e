import { type Parsed, problemOf } from "./parsed.js";

/** More names than this out of one term or inventory line is taken for a mistake. */
export const MOST_NAMES = 100_000;

const NUMBERS = /^(\d*):(\d+)(?::(\d+))?$/;

const LETTERS = /^([a-z]):([a-z])(?::(\d+))?$/i;

/** Whether the text between brackets has the form of a range, `01:20`, `a:f` or `1:9:2`. */
export function isRange(body: string): boolean {
  return NUMBERS.test(body) || LETTERS.test(body);
}

/**
 * The members of a range as Ansible's inventories write it: `begin:end[:step]`, both ends included; a begin with
 * leading zeros sets the width of all (`01:20` gives 01, 02, … 20). Ansible: "Adding ranges of hosts".
 *
 * @param isShown whether a problem may repeat it: what somebody typed, and nothing out of a file.
 */
export function expandRange(body: string, isShown = true): Parsed<{ readonly members: readonly string[] }> {
  const range = isShown ? `range [${body}]` : "range";
  const letters = LETTERS.exec(body);
  const numbers = letters ? null : NUMBERS.exec(body);
  const [, begin = "", end = "", step = "1"] = letters ?? numbers ?? [];
  if (end === "")
    return problemOf(
      `${isShown ? `[${body}]` : "What stands in brackets"} is not a range such as [01:20] or [a:f].`,
    );
  const stride = Number(step);
  if (stride === 0) return problemOf(`The step of ${isShown ? `[${body}]` : "a range"} is 0.`);
  const first = letters ? begin.charCodeAt(0) : Number(begin || "0");
  const last = letters ? end.charCodeAt(0) : Number(end);
  if (first > last) return problemOf(`The ${range} ends before it begins.`);
  const padded = !letters && begin.length > 1 && begin.startsWith("0");
  if (padded && begin.length !== end.length) {
    return problemOf(
      `In the ${range} the first number has leading zeros, so both need the same number of digits.`,
    );
  }
  if ((last - first) / stride >= MOST_NAMES) {
    return problemOf(`The ${range} stands for more than ${MOST_NAMES} names.`);
  }
  const members: string[] = [];
  for (let at = first; at <= last; at += stride) {
    members.push(letters ? String.fromCharCode(at) : String(at).padStart(padded ? begin.length : 1, "0"));
  }
  return { ok: true, members };
}

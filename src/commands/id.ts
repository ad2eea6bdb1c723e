import { parseDuration } from "./duration.js";
import { Mistake } from "./mistake.js";

/** Whether a word is the id of a maintenance, such as `m-7k3q2`. */
export function isId(text: string): boolean {
  return /^m-[a-z0-9]{4,8}$/i.test(text);
}

/** The id in a word that is one but for a slip; `null` if there is none. */
export function idWithin(text: string): string | null {
  // `m-7k3q2,` or `(m_7k3q2)`: copied with what stood around it.
  const trimmed = text.replace(/^[^a-z0-9]+|[^a-z0-9]+$/gi, "").replace(/^(m)[_.]/i, "$1-");
  if (isId(trimmed)) return trimmed;
  // `m7k3q2` or `7k3q2`, but not `mesos2`, nor `4h25m`.
  const letters = /^(?:m(?=[a-z]*\d[a-z])|(?=\d\w*[a-z]))([a-z2-9]{4,8})$/i.exec(trimmed)?.[1];
  return letters === undefined || parseDuration(trimmed).ok ? null : `m-${letters}`;
}

/** Several ids in one line: it cannot be done for one of them alone. */
export function oneIdOnly(verb: string): Mistake {
  return new Mistake(`${verb} takes one id; send a line for each.`, null);
}

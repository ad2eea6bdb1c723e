import { isPlainDuration } from "./duration.js";
import { areHosts } from "./host-word.js";
import type { LineForm, Positional } from "./line.js";
import { Mistake } from "./mistake.js";

/** The mistake of hosts with spaces between them, with nothing but a duration behind; `null` where they may be something else. */
export function hostsApart(words: readonly Positional[], { takes }: LineForm): Mistake | null {
  const last = words.at(-1);
  const isTimed = takes.includes("duration") && last !== undefined && isPlainDuration(last.text);
  const hosts = isTimed ? words.slice(0, -1) : words;
  const [first, ...more] = hosts;
  const end = more.at(-1);
  if (!/hosts|names/.test(takes) || first === undefined || end === undefined) return null;
  if (first.quoted || more.some(({ quoted, adjoins }) => quoted || !adjoins)) return null;
  const texts = hosts.map(({ text }) => text);
  if (!areHosts(texts)) return null;
  const slip = { from: first.from, to: end.to, meant: texts.join(",") };
  return new Mistake(`Several hosts have commas between them, not spaces: ${slip.meant}.`, slip);
}

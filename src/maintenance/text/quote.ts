import { notOurs } from "./command.js";
import { list, listOf } from "./list.js";
import { oneLine } from "./one-line.js";

/**
 * A text of people or masters (a reason, a host pattern, a name) for one of our own sentences, on one line and without what nobody
 * sees. What could begin one of Slack's control sequences loses its bracket, so that the only people and groups a sentence can
 * name are those it writes itself (`<@U…>`, `<!subteam^S…>`). A placeholder such as `<hosts>`
 * stays. A `/mesos` in it is not taken for our command (`named`). Applying it twice changes nothing.
 */
export function quoted(text: string): string {
  return notOurs(oneLine(text).replace(/<(?![a-z0-9 ])/gi, "‹"));
}

/** Terms of a host pattern that match nothing: `` `wbe-01` (nearest: web-01, web-02), `web[9]` (web has 3 hosts) ``. */
export function unmatched(
  terms: readonly { readonly term: string; readonly why?: string; readonly nearest: readonly string[] }[],
): string {
  return listOf(terms, ({ term, why, nearest }) => {
    const near = nearest.length === 0 ? [] : [`nearest: ${list(nearest)}`];
    const more = [...(why === undefined ? [] : [why]), ...near].join("; ");
    return `\`${quoted(term)}\`${more === "" ? "" : ` (${quoted(more)})`}`;
  });
}

/** Which hosts of the inventory no agent stands for, and why not one that might. */
export function withoutAgent(
  master: string,
  { unknown, doubts = [] }: { readonly unknown: readonly string[]; readonly doubts?: readonly string[] },
): string {
  const more = doubts.length > MOST_DOUBTS ? ["Others are as doubtful."] : [];
  const why = quoted([...doubts.slice(0, MOST_DOUBTS), ...more].join(" "));
  return `${master} has no agent for ${quoted(list(unknown))}.${why === "" ? "" : ` ${why}`}`;
}

const MOST_DOUBTS = 3;

import { type Reply, replyOf } from "../maintenance/reply.js";
import { COMMAND } from "./mistake.js";
import { OPTIONS, optionUsage } from "./options.js";
import { verbFor } from "./parse.js";
import type { Verb } from "./verb.js";
import { VERBS } from "./verbs.js";

/** What hosts and durations look like, wherever a verb takes them. */
export const FORMS: readonly (readonly [string, string])[] = [
  ["web-*  web-0?  web-[ab]", "names or IP addresses with wildcards"],
  ["web-[01:20]", "a range of names"],
  ["web-01,web-02", "several, with , or : between"],
  ["webservers:&rack1:!web-03", "in a group and in another, without one host"],
  ["webservers[0:2]", "the first three of a group"],
  ["~web-(01|07)", "a regular expression"],
  ["@rack=r1  zone=a  region=eu", "by attribute, zone or region"],
  ["old-07|10.0.0.7", "a machine that is not registered"],
  ["4h  90m  1h30m  2d  1w  4", "durations; a bare number is hours"],
];

/** The list of verbs, or with a topic one verb in full. */
export function helpReply(topic: string | null): Reply {
  const verb = VERBS.find(({ name }) => name === topic?.toLowerCase());
  if (verb) return verbHelp(verb);
  if (topic === null || topic === "") {
    return replyOf({
      tone: "info",
      text: "Takes Mesos machines out of service and brings them back.",
      table: `${verbTable()}\n\n${columns(FORMS)}`,
      next: `More about one: ${COMMAND} help drain`,
    });
  }
  const meant = verbFor(topic);
  return replyOf({
    tone: "info",
    text: `There is no help on "${topic}", only on the verbs.`,
    table: verbTable(),
    line: meant ? `${COMMAND} help ${meant}` : null,
  });
}

/** The form of a verb, such as `/mesos drain <hosts> [duration]`. */
export function usage(verb: Verb): string {
  return `${COMMAND} ${verb.name} ${verb.takes}`.trim();
}

function verbHelp(verb: Verb): Reply {
  const options = OPTIONS.filter(({ name }) => verb.options.includes(name));
  const parts = [usage(verb)];
  if (options.length > 0) {
    parts.push(columns(options.map((option) => [optionUsage(option), option.summary])));
  }
  if (verb.takes.includes("hosts")) parts.push(columns(FORMS));
  const summary = `${verb.name}: ${verb.summary}.`;
  return replyOf({
    tone: "info",
    text: [summary, ...verb.details].join(" "),
    table: parts.join("\n\n"),
    next: `For example:\n${verb.examples.map((example) => `${COMMAND} ${example}`).join("\n")}`,
  });
}

function verbTable(): string {
  return columns(VERBS.map((verb) => [usage(verb), verb.summary]));
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`.trimEnd()).join("\n");
}

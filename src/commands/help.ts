import { type Reply, replyOf } from "../maintenance/text/reply.js";
import { COMMAND } from "./mistake.js";
import { OPTIONS, optionUsage } from "./options.js";
import { unknownVerb } from "./unknown-verb.js";
import type { Verb } from "./verb.js";
import { usage, VERBS } from "./verbs.js";

type Rows = readonly (readonly [string, string])[];

/** What hosts look like, wherever a verb takes them. */
export const HOST_FORMS: Rows = [
  ["web-*  web-0?  web-[ab]", "names or IP addresses with wildcards"],
  ["web-[01:06]", "a range of names"],
  ["web-01,web-02", "several, with , or : between"],
  ["webservers:&rack1:!web-03", "in a group and in another, without one host"],
  ["webservers[0:2]", "the first three of a group"],
  ["~web-0(1|4)", "a regular expression"],
  ["@rack=r1  zone=eu-1a  region=eu", "by attribute, zone or region"],
  ["old-07|10.0.0.7", "a machine that is not registered"],
];

/** What durations look like, wherever a verb or an option takes one. */
export const DURATION_FORMS: Rows = [["4h  90m  1h30m  2d  1w", "durations"]];

/** What times look like, wherever an option takes one. */
export const TIME_FORMS: Rows = [
  ["22:00  6am  noon", "the next time that your clock shows it"],
  ["tomorrow 22:00  friday 6am", "of that day"],
  ["2026-12-01T22:00+08:00", "exactly; without the offset on your clock"],
];

/** The list of verbs and the version of the program, or with a topic one verb in full. */
export function helpReply(topic: string | null, version: string): Reply {
  const verb = VERBS.find(({ name }) => name === topic?.toLowerCase());
  if (verb) return verbHelp(verb);
  if (topic === null || topic === "") {
    return replyOf({
      tone: "info",
      text: `Takes Mesos machines out of service and brings them back. Version ${version}.`,
      table: `${verbTable()}\n\n${columns([...HOST_FORMS, ...DURATION_FORMS])}`,
      next: `More about one: ${COMMAND} help drain`,
    });
  }
  const { problem, meant } = unknownVerb(topic);
  return replyOf({
    tone: "info",
    text: problem,
    table: verbTable(),
    line: meant === null ? null : `${COMMAND} help ${meant.name}`,
  });
}

/**
 * What is needed most comes first: how it is typed, with an example; then what it does, a line each; then the rest of its
 * language in columns.
 */
function verbHelp(verb: Verb): Reply {
  const options = OPTIONS.filter(({ name }) => verb.options.includes(name));
  const takes = [verb.takes, ...options.map(({ value }) => value)].join(" ");
  const forms = [
    ...(/hosts/.test(takes) ? HOST_FORMS : []),
    ...(/duration/.test(takes) ? DURATION_FORMS : []),
    ...(takes.includes("<time>") ? TIME_FORMS : []),
  ];
  const examples = verb.examples.map((example) => `${COMMAND} ${example}`);
  const parts = [
    examples.join("\n"),
    columns(options.map((option) => [optionUsage(option), option.summary])),
    columns(forms),
  ];
  return replyOf({
    tone: "info",
    text: [`${verb.name}: ${verb.summary}.`, `Typed as ${usage(verb)}.`, ...verb.details].join("\n"),
    table: parts.filter((part) => part !== "").join("\n\n"),
  });
}

function verbTable(): string {
  return columns(VERBS.map((verb) => [usage(verb), verb.summary]));
}

/** A line of the help is not longer, in characters: as wide as a phone and the narrowest channel show without breaking it. */
const WIDTH = 74;

/** A left column is not wider; what is longer has a line of its own. */
const LEFT = 32;

const GAP = "  ";

/** Two columns. The right one goes on below itself. */
function columns(rows: Rows): string {
  const left = Math.max(0, ...rows.map(([one]) => one.length).filter((length) => length <= LEFT));
  return rows
    .flatMap(([one, other]) => {
      const texts = wrapped(other, WIDTH - left - GAP.length);
      const [first, ...more] = one.length > left ? ["", ...texts] : texts;
      const line = (start: string, text = "") => `${start.padEnd(left)}${GAP}${text}`.trimEnd();
      return [line(one, first), ...more.map((text) => line("", text))];
    })
    .join("\n");
}

/** A text in lines of at most `width` characters, broken at spaces. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

import fc from "fast-check";
import { expect } from "vitest";
import type { CommandContext, Parsed } from "../../../src/commands/command.js";
import { OPTIONS } from "../../../src/commands/options.js";
import { parseCommand } from "../../../src/commands/parse.js";
import { VERBS } from "../../../src/commands/verbs.js";
import { elsewhere, inProd, none, onlyOne, shared } from "../../commands/clusters.js";
import { kindOf } from "../case-runner.js";
import { mutatedText } from "../mutations.js";
import { expectSentence } from "../sentences.js";
import { PATTERN_TOKENS } from "./host-patterns.js";
import { DURATION_TOKENS, TIME_TOKENS } from "./times.js";

const LINES = [
  ...VERBS.flatMap(({ examples }) => examples),
  "drain web-01 (10.0.0.1), web-02 (10.0.0.2) 4h --reason 'a b'",
  "drain prod web-01,web-02 4 hours —until tomorrow 22:00 —dry-run",
  "drain <http://web-01.example.com|web-01.example.com> 1h &lt;b&gt;",
  "extend *m-7k3q2* by 2h",
  "hold m-7k3q2 kafka is slow",
  "drain 22:00-23:00 web-*",
  "",
];

const TOKENS = [
  ...OPTIONS.flatMap(({ name }) => [`--${name} `, `--${name}=`]),
  ...VERBS.map(({ name }) => `${name} `),
  ...PATTERN_TOKENS,
  ...DURATION_TOKENS,
  ...TIME_TOKENS,
  ...[
    "m-7k3q2",
    "m-7k3q2 ",
    "a ",
    "1 ",
    "1h ",
    "1h 30m ",
    "web-01 ",
    "web-01,",
    "(10.0.0.1) ",
    "=",
    " = ",
    '"',
    "'",
    "“",
    "’",
  ],
  ...[
    "-",
    "--",
    "—",
    "- ",
    "• ",
    "`",
    "*",
    "_",
    "<",
    ">",
    "|",
    "&",
    "&amp;",
    "&amp;lt;",
    "<http://a|",
    "<@U1>",
    "<!channel>",
  ],
  ...[
    "\u00a0",
    "\u200b",
    "\u202e",
    "\t",
    "\n",
    "！",
    "，",
    "、",
    "。",
    "/mesos ",
    "help",
    "?",
    "帮助",
    "\ud800",
    "\u{1f6e0}\ufe0f",
  ],
];

/** More than a line may have, so that this is met as well. */
const LONGEST = 4_050;

const CONTEXTS: readonly CommandContext[] = [
  inProd,
  elsewhere,
  onlyOne,
  shared,
  none,
  { ...inProd, timeZone: null },
  { ...inProd, timeZone: "Europe/Berlin", command: "/mesos-test" },
];

export const commandLines = kindOf({
  name: "command lines",
  share: 14_000,
  cases: fc.tuple(
    mutatedText({ bases: LINES, tokens: TOKENS, longest: LONGEST }),
    fc.constantFrom(...CONTEXTS),
  ),
  run: ([text, context]): Parsed => parseCommand(text, context),
  check(parsed) {
    if (parsed.ok) return false;
    const { tone, text, notDone, next, line } = parsed.reply;
    expect(tone).toBe(parsed.isOffer ? "info" : "error");
    expectSentence(text);
    if (notDone !== null) expect(notDone).toMatch(/^(?:Nothing was (?:queued|done)|Nothing )/);
    expect(next).toBeTruthy();
    if (line !== null) expect(line).toMatch(/^\/mesos\S* \S/);
    return true;
  },
});

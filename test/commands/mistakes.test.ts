import { describe, expect, test } from "vitest";
import { parseCommand } from "../../src/commands/parse.js";
import { inProd, onlyOne } from "./clusters.js";
import { expectGoodExample } from "./good-example.js";

describe("a mistake is answered with what was wrong and the line to copy", () => {
  test.each([
    // Verbs.
    ["drian web-* 4h", /no verb "drian"; did you mean drain \(announce/, "drain web-* 4h"],
    ["undrain web-*", /no verb "undrain"/, "cancel web-*"],
    ["frobnicate x", /^There is no verb "frobnicate"\.$/, null],
    ["m-7k3q2", /is an id; a verb comes before it/, "status m-7k3q2"],
    ["pause m-7k3q2", /did you mean hold \(/, "hold m-7k3q2"],
    ["resume m-7k3q2", /did you mean release \(/, "release m-7k3q2"],
    ["approve m-7k3q2", /no verb "approve": use the button in the thread/, null],
    ["deny m-7k3q2 not today", /use the button in the thread/, null],
    // Ids.
    ["hold", /needs its id; \/mesos status shows the open ones/, "hold <id>"],
    ["hold <id> kafka", /in place of <id>/, null],
    ["hold m-7k3q2, kafka is slow", /is not an id/, "hold m-7k3q2 kafka is slow"],
    ["release (m_7k3q2)", /is not an id/, "release m-7k3q2"],
    ["release web-*", /not web-\*; \/mesos status web-\* shows which one/, "release <id>"],
    ["extend 'web 1' 2h", /not web 1; \/mesos status shows the open ones/, "extend <id> 2h"],
    ["history web-01", /takes the id of a maintenance/, "history <id>"],
    ["extend 2h m-7k3q2", /id comes before the duration/, "extend m-7k3q2 2h"],
    ["release m-7k3q2 now", /Leave out the word "now"/, "release m-7k3q2"],
    // Hosts.
    ["drain", /Which hosts/, "drain <hosts>"],
    ["drain 4h", /is a duration/, "drain <hosts> 4h"],
    ["drain prod 4h", /is a duration/, "drain prod <hosts> 4h"],
    ["drain 4h web-*", /is a duration/, "drain web-* 4h"],
    ["drain <hosts> 4h", /in place of <hosts>/, null],
    ["up", /hosts or the id/, "up <hosts>"],
    ["drain web-01 web-02 4h", /comma or a colon/, "drain web-01,web-02 4h"],
    ["hosts web-01 web-02 web-03", /comma or a colon/, "hosts web-01,web-02,web-03"],
    ["drain web-0[1-3 4h", /\[ without a \]/, "drain web-0[1-3] 4h"],
    ["drain web-[06 4h", /\[ without a \]/, null],
    ["drain @rack 4h", /does not say which rack/, null],
    ["drain ~web-( 4h", /missing closing \)/, null],
    ["drain 10.20.1.0/24", /CIDR/, null],
    ["drain [web-01] 4h", /needs no brackets/, null],
    ["drain web-0{1,2} 4h", /web-0\[12\] for single characters/, "drain web-0[12] 4h"],
    ["drain web-05; rm -rf / 4h", /no option --rf/, null],
    ["drain web-05; rm", /cannot contain ;/, null],
    ["drain web-(01|02) 4h", /regular expression/, "drain ~web-(01|02) 4h"],
    ["drain web-[1-20] 4h", /colon/, "drain web-[1:20] 4h"],
    ["drain ~web(?!x) 4h", /look-around/, null],
    // Durations.
    ["drain web-* 4x", /not a duration/, "drain web-* 4h"],
    ["drain web-* 0h", /no time at all/, "drain web-* <duration>"],
    ["drain web-* -1h", /less than nothing/, "drain web-* 1h"],
    ["drain web-* —1h", /less than nothing/, "drain web-* 1h"],
    ["drain web-* 999d", /longer than the 7 d that prod allows/, "drain web-* 7d"],
    ["drain staging web-* 999d", /longer than the 1 d that staging allows/, "drain staging web-* 1d"],
    [`drain web-* ${"9".repeat(400)}h`, /longer than the 7 d/, "drain web-* 7d"],
    ["drain web-* 30s", /unit is m, h, d or w/, "drain web-* 1m"],
    ["drain web-* 2years", /unit is/, "drain web-* <duration>"],
    ["extend m-7k3q2", /By how much/, "extend m-7k3q2 <duration>"],
    ["extend m-7k3q2 by 2h", /by is not a duration/, "extend m-7k3q2 2h"],
    ["extend m-7k3q2 tomorrow", /tomorrow is not/, "extend m-7k3q2 <duration>"],
    ["extend m-7k3q2 0", /no time at all/, "extend m-7k3q2 <duration>"],
    // The longest window there is would be too much as well.
    ["extend m-7k3q2 99d", /at most 7 d in any cluster/, "extend m-7k3q2 <duration>"],
    ["extend staging m-7k3q2 3d", /at most 1 d in staging/, "extend staging m-7k3q2 <duration>"],
    // When, and what then.
    ["drain web-* 4h --in tomorrow", /--in: tomorrow is not/, "drain web-* 4h --in <duration>"],
    ["drain web-* 4h --in now", /starts at once/, "drain web-* 4h"],
    ["drain web-* 4h --in 4x", /unit is m, h, d or w/, "drain web-* 4h --in 4h"],
    ["drain web-* 4h --in 9999d", /more than a year/, "drain web-* 4h --in <duration>"],
    ["drain web-* 4h --at 22:00", /did you mean --in \(/, "drain web-* 4h --in <duration>"],
    [
      "drain web-* 4h --deadline 6h",
      /later than the end of the window, which lasts 4 h/,
      "drain web-* 4h --deadline 4h",
    ],
    ["drain web-* --deadline 3h", /which lasts 2 h/, "drain web-* --deadline 2h"],
    ["drain web-* --then release", /none is given/, "drain web-* --then release --deadline <duration>"],
    ["drain web-* --deadline 1h --then relase", /not relase/, "drain web-* --deadline 1h --then release"],
    // What was not understood never becomes the forceful choice.
    [
      "drain web-* --deadline 1h --then kill",
      /not kill/,
      "drain web-* --deadline 1h --then <release|ask|force>",
    ],
    [
      "drain web-* --deadline 1h --then <release|ask|force>",
      /put the value in its place/,
      "drain web-* --deadline 1h --then <release|ask|force>",
    ],
    ["drain web-* --confirm 40x", /number of machines/, "drain web-* --confirm 40"],
    ["drain web-* --confirm yes", /number of machines/, "drain web-* --confirm <number>"],
    ["drain web-* --confirm 0", /number of machines/, "drain web-* --confirm <number>"],
    // Clusters.
    ["schedule stagin", /no cluster stagin/, "schedule staging"],
    ["schedule web-01 web-02", /no cluster web-01/, null],
    ["schedule staging web-01", /one word too many/, null],
    ["drain web-* --cluster prd", /no cluster prd/, "drain web-* --cluster prod"],
    [
      "drain web-* --cluster nowhere",
      /no cluster nowhere. Configured: prod, staging/,
      "drain web-* --cluster <cluster>",
    ],
    ["drain prd web-* 4h", /no cluster prd/, "drain prod web-* 4h"],
    ["drain nope web-06", /nope is no cluster \(configured: prod, staging\)/, null],
    // Options.
    ["drain web-* --reson=x", /no option --reson/, "drain web-* --reason=x"],
    ["drain web-* --reson 'a b'", /no option --reson/, 'drain web-* --reason "a b"'],
    ["drain web-* --force", /no option --force/, null],
    ["drain all --limit web-01", /no option --limit/, null],
    ["up m-7k3q2 --reason x", /up has no option --reason; it has --cluster/, null],
    ["clusters --cluster prod", /clusters has no option --cluster\./, null],
    ["drain web-* -reason x", /two dashes/, "drain web-* --reason x"],
    ["drain web-* --dryrun", /did you mean --dry-run \(show/, "drain web-* --dry-run"],
    ["drain web-* --check", /did you mean --dry-run/, "drain web-* --dry-run"],
    ["drain web-* --dry-run=yes", /takes no value/, "drain web-* --dry-run"],
    ["drain web-* 4h dry-run", /two dashes/, "drain web-* 4h --dry-run"],
    ["drain web-* 4h in 2 hours", /two dashes/, "drain web-* 4h --in 2hours"],
    ["drain web-* 4h reason", /two dashes/, 'drain web-* 4h --reason "<text>"'],
    ["down m-7k3q2 --force", /down has no option --force; it has --override/, null],
    ["drain web-* --reason", /needs a value/, 'drain web-* --reason "<text>"'],
    ["drain web-* --reason --ticket OPS-1", /needs a value/, 'drain web-* --reason "<text>" --ticket OPS-1'],
    ["drain web-* --ticket=", /needs a value/, "drain web-* --ticket <id>"],
    ["down m-7k3q2 --override", /needs a value/, 'down m-7k3q2 --override "<reason>"'],
    ["down m-7k3q2 --override <reason>", /still has <reason>/, 'down m-7k3q2 --override "<reason>"'],
    ["drain web-* --ticket A --ticket A", /given twice/, "drain web-* --ticket A"],
    ["drain web-* --ticket A --ticket B", /given twice/, null],
    ['drain web-* --reason "kernel update', /opened and not closed/, 'drain web-* --reason "kernel update"'],
    ["drain web-* 4h --reason kernel update", /needs quotes/, 'drain web-* 4h --reason "kernel update"'],
    ["drain web-* --reason kernel update 4h", /needs quotes/, 'drain web-* 4h --reason "kernel update"'],
    [
      "hold m-7k3q2 --reason kafka is slow",
      /--reason has several words/,
      'hold m-7k3q2 --reason "kafka is slow"',
    ],
    // Too much.
    ["drain web-* for 4h", /Leave out the word "for"/, "drain web-* 4h"],
    ["drain web-01 and web-02 4h", /Leave out the word "and"/, "drain web-01,web-02 4h"],
    ["down web-* 4h", /one word too many/, "down web-*"],
    ["cancel m-7k3q2 m-8x2p4", /takes one id; send a line for each/, null],
    ["drain web-* except web-03", /except is one word too many/, null],
    ["drain web-06 until 22:00", /typed as a duration, such as 4h, not as a time of day/, null],
    ["drain web-06 22:00", /not as a time of day/, null],
    ["drain webservers databases", /one word too many/, null],
    ["drain web-* 4h, 5h", /did you mean 4h/, "drain web-* 4h"],
    ["drain <@U02BOB> 4h", /in place of ‹@U02BOB>/, null],
    ["help drain extra", /extra is one word too many for help/, null],
    ["clusters all", /takes nothing/, "clusters"],
    // Several mistakes in one line are all corrected.
    ["drian prd web-0[1-3 4x -ticket OPS-1", /no verb "drian"/, "drain prod web-0[1-3] 4h --ticket OPS-1"],
  ])("%.60s", (text, problem, line) => {
    const parsed = parseCommand(text, inProd);
    expect(parsed).toMatchObject({
      ok: false,
      reply: {
        tone: "error",
        text: expect.stringMatching(problem),
        line: line === null ? null : `/mesos ${line}`,
        next: expect.stringMatching(/: \/mesos \w+/),
      },
    });
    expectGoodExample(parsed);
  });

  test.each([
    ["drain web-01 4x", "drain web-01 4h", "Copy the line below. Another example: /mesos drain web-* 4h"],
    // The example is never the line itself.
    [
      "drain web-* 4x",
      "drain web-* 4h",
      /^Copy the line below\. Another example: \/mesos drain web-01,web-02/,
    ],
    ["clusters all", "clusters", "Copy the line below. More about it: /mesos help clusters"],
    // Nor one of the verb that was typed by mistake.
    ["undrain m-8x2p4", "cancel m-8x2p4", "Copy the line below. Another example: /mesos cancel m-7k3q2"],
    ["drain 4h", "drain <hosts> 4h", /^Copy the line below, with your own in place of <hosts>\. Another/],
    ["drain --reason", 'drain <hosts> --reason "<text>"', /in place of <hosts> and <text>\. Another/],
  ])("beside the line to copy there is one example: %s", (text, line, next) => {
    const expected = typeof next === "string" ? next : expect.stringMatching(next);
    expect(parseCommand(text, inProd)).toMatchObject({ reply: { line: `/mesos ${line}`, next: expected } });
  });

  test.each([
    ["drain web-* --cluster nope", "drain web-* --cluster prod"],
    ["schedule nope", "schedule prod"],
    // Hosts, as far as anybody can tell.
    ["drain nope web-06", null],
  ])("where there is one cluster, that is the one to name: %s", (text, line) => {
    expect(parseCommand(text, onlyOne)).toMatchObject({
      reply: { line: line === null ? null : `/mesos ${line}` },
    });
  });

  test.each([
    ["drain @rack 4h", "For example: /mesos drain web-* 4h"],
    ["up ~(", "For example: /mesos up m-7k3q2"],
    ["frobnicate", "What can be typed: /mesos help"],
    ["approve", "To see what is open: /mesos status"],
  ])("without a line to copy it says what to type: %s", (text, next) => {
    expect(parseCommand(text, inProd)).toMatchObject({ reply: { line: null, next } });
  });

  test.each([
    ["drain", "Nothing was queued."],
    ["up", "Nothing was queued."],
    ["frobnicate", "Nothing was done."],
    ["hosts", null],
    ["status 4h", null],
  ])("says what was not done where something would have been: %s", (text, notDone) => {
    expect(parseCommand(text, inProd)).toMatchObject({ reply: { notDone } });
  });

  test("does not read a line of any length", () => {
    expect(parseCommand(`drain ${"x".repeat(4_000)}`, inProd)).toMatchObject({ reply: { line: null } });
  });
});

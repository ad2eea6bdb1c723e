import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCommand } from "../../src/commands/parse.js";
import type { Reply } from "../../src/maintenance/text/reply.js";
import { drawn } from "../support/drawn.js";
import { runs } from "../support/fast-check.js";
import { elsewhere, inProd, none, onlyOne, shared } from "./clusters.js";
import { expectGoodExample } from "./good-example.js";

function told(text: string, context = inProd) {
  const parsed = parseCommand(text, context);
  if (parsed.ok) throw new Error(`${text} was understood.`);
  expectGoodExample(parsed);
  return parsed.reply;
}

describe("nothing is offered where something else may be meant", () => {
  test.each([
    "drain web-0(1|4) 4h",
    "drain web-01(10.0.0.999) 4h",
    "drain web-01(10.0.0.1)x 4h",
    "drain web-01(rack1) 4h",
    "drain web-*(10.0.0.1) 4h",
    "drain (10.0.0.1) 4h",
    "drain web-01(10.0.0.1),db(1) 4h",
  ])("%s has no corrected line", (typed) => {
    expect(told(typed).line).toBeNull();
  });
});

describe("where it is sure what was meant, the corrected line stands beside the mistake", () => {
  test.each([
    ["drian web-* 4h", /no verb "drian"; did you mean drain \(announce/, "drain web-* 4h"],
    ["stat", /did you mean status/, "status"],
    ["go on m-7k3q2", /no verb "go on"; did you mean go-on \(/, "go-on m-7k3q2"],
    ["Leave Behind m-7k3q2", /no verb "Leave Behind"; did you mean leave-behind/, "leave-behind m-7k3q2"],
    ["drain web-* --reson=x", /no option --reson; did you mean --reason \(why/, "drain web-* --reason=x"],
    ["drain web-* --reson 'a b' 4h", /no option --reson/, "drain web-* --reason 'a b' 4h"],
    ["drain web-* --dryrun", /did you mean --dry-run \(show/, "drain web-* --dry-run"],
    ["drain web-* -reason x", /two dashes: --reason/, "drain web-* --reason x"],
    ["drain web-* 4h dry-run", /two dashes: --dry-run/, "drain web-* 4h --dry-run"],
    ["drain web-* --cluster stagin", /no cluster stagin; did you mean/, "drain web-* --cluster staging"],
    ["drain web-* --cluster=stagin", /no cluster stagin/, "drain web-* --cluster=staging"],
    ["schedule stagin", /no cluster stagin/, "schedule staging"],
    ["drain web-* 4h prod", /stands before the hosts/, "drain web-* 4h --cluster prod"],
    ["drain web-* until 22:00", /two dashes: --until/, "drain web-* --until 22:00"],
    ["drain web-* 4h at tomorrow 22:00", /two dashes: --at/, "drain web-* 4h --at tomorrow 22:00"],
    ["drain web-* 4h 22:00", /is a time, not a duration/, "drain web-* 4h --at 22:00"],
    ["hold m-7k3q2, kafka is slow", /is not an id/, "hold m-7k3q2 kafka is slow"],
    ["extend *m-7k3q2* 2h", /is not an id/, "extend m-7k3q2 2h"],
    ["up (m-7k3q2)", /is not an id/, "up m-7k3q2"],
    // Hosts and duration in each other's place.
    ["drain 4h kafka-01", /4h looks like a duration, not like hosts/, "drain kafka-01 4h"],
    ["drain prod 4h web-*", /looks like a duration/, "drain prod web-* 4h"],
    [
      "drain 2 hours web-01, web-02 --reason x",
      /looks like a duration/,
      "drain web-01,web-02 2hours --reason x",
    ],
    ["extend 2h m-7k3q2", /2h looks like a duration/, "extend m-7k3q2 2h"],
    ["kill-drain 5m web-01", /looks like a duration/, "kill-drain web-01 5m"],
    // Hosts without their commas.
    ["drain web-01 web-02 4h", /commas between them, not spaces: web-01,web-02\.$/, "drain web-01,web-02 4h"],
    ["drain prod web-01 web-02", /commas between them/, "drain prod web-01,web-02"],
    ["drain web-01\nweb-02\n4h", /commas between them/, "drain web-01,web-02 4h"],
    ["drain • web-01\n• web-02", /commas between them/, "drain web-01,web-02"],
    ["drain web-01 10.0.0.7 db-* 4h --up auto", /commas/, "drain web-01,10.0.0.7,db-* 4h --up auto"],
    ["extend web-01 web-02 1h", /commas between them/, "extend web-01,web-02 1h"],
    ["kill-drain web-01 web-02 5m", /commas between them/, "kill-drain web-01,web-02 5m"],
    ["cancel web-01 web-02", /commas between them/, "cancel web-01,web-02"],
    ["hosts web-01 kafka-02", /commas between them/, "hosts web-01,kafka-02"],
    ["history web-01 web-02 --by me", /commas between them/, "history web-01,web-02 --by me"],
    // Machines as tables and records show them.
    ["drain web-01(10.0.0.1) 4h", /written host\|ip: web-01\|10\.0\.0\.1\.$/, "drain web-01|10.0.0.1 4h"],
    ["drain web-01 (10.0.0.1) 4h", /host\|ip/, "drain web-01|10.0.0.1 4h"],
    [
      "drain web-01 (10.0.0.1), web-02.eu (10.0.0.2) 4h --up auto",
      /host\|ip/,
      "drain web-01|10.0.0.1,web-02.eu|10.0.0.2 4h --up auto",
    ],
    ["up web-01 (10.0.0.1)", /host\|ip/, "up web-01|10.0.0.1"],
    ["hold web-01(10.0.0.1) kafka is slow", /host\|ip/, "hold web-01|10.0.0.1 kafka is slow"],
    ["drain prod web-01(10.0.0.1)", /host\|ip/, "drain prod web-01|10.0.0.1"],
    // Words around a duration.
    ["drain web-01 for 2 hours", /without a for/, "drain web-01 2 hours"],
    ["drain web-* for 4h --up auto", /without a for/, "drain web-* 4h --up auto"],
    ["extend m-7k3q2 by 2h", /without a by/, "extend m-7k3q2 2h"],
    // From one time until another.
    ["drain web-01 22:00-23:00", /one time until another/, "drain web-01 --at 22:00 --until 23:00"],
    ["drain web-01 22:00–06:00", /one time until another/, "drain web-01 --at 22:00 --until 06:00"],
    // All else stays as it was typed.
    ["/mesos drian  “web-*”\u00A04h —reason ‘a b’", /no verb "drian"/, `drain "web-*" 4h —reason 'a b'`],
  ])("what is wrong with %s is told", (text, problem, line) => {
    expect(told(text)).toMatchObject({
      tone: "error",
      text: expect.stringMatching(problem),
      line: `/mesos ${line}`,
      next: expect.stringMatching(/^Copy the line below\. Usage: /),
    });
  });

  test("the answer is what was wrong, the usage, one example and the line", () => {
    expect(told("drian web-* 4h")).toMatchObject({
      next: 'Copy the line below. Usage: /mesos drain <hosts> [duration]. For example: /mesos drain web-01,web-02 90m --reason "kernel update" --ticket OPS-812',
      line: "/mesos drain web-* 4h",
    });
  });
});

describe("where anything else could be meant, no line stands beside the mistake", () => {
  test.each([
    // Batches.
    ["drain web-* --batch 0", /at least one machine/],
    ["drain web-* --batch 0%", /at least one machine/],
    ["drain web-* --batch 101%", /at most 100%/],
    ["drain web-* --batch rack", /, not rack\. An attribute has its @: --batch @rack\.$/],
    ["drain web-* --batch @rack=r1", /--batch takes a number/],
    ["drain web-* --batch 200000", /more than any cluster has/],
    ["drain web-* --up later", /--up is ask .* or auto/],
    ["drain web-* --batch 10000000", /more than any cluster has/],
    ["drain web-* --batch 10000000%", /at most 100%/],
    ["drain web-* --batch 2 --horizon 10000000", /more than any cluster has/],
    ["drain web-* --approve once", /no --batch is given/],
    ["drain web-* --batch 5 --approve never", /--approve is each/],
    ["drain web-* --horizon 2", /no --batch is given/],
    ["drain web-* --batch 5 --horizon none", /--horizon takes a number/],
    ["drain web-* --canary 0", /--canary takes a number/],
    ["drain web-* --canary 10%", /--canary takes a number/],
    // Verbs: another tool's word may mean something else, a short one anything.
    ["undrain web-*", /did you mean cancel \(/],
    ["pause m-7k3q2", /did you mean hold \(/],
    ["skip-batch m-7k3q2", /did you mean skip \(/],
    ["ho m-7k3q2", /^There is no verb "ho"\.$/],
    ["pu web-*", /^There is no verb "pu"\.$/],
    ["kil m-7k3q2", /^There is no verb "kil"\.$/],
    ["undown web-*", /^There is no verb "undown"\.$/],
    ["frobnicate x", /^There is no verb "frobnicate"\.$/],
    ["m-7k3q2", /is an id; a verb comes before it/],
    ["approve m-7k3q2", /no verb "approve": use the button in the thread/],
    ["deny m-7k3q2 not today", /use the button in the thread/],
    // A second mistake in the line.
    ["drian web-0[1-3 4h", /no verb "drian"/],
    ["drain web-* --dryrun=yes", /no option --dryrun/],
    // Ids.
    ["hold", /hold needs hosts or the id of a maintenance; \/mesos status shows what is open/],
    ["hold <id> kafka", /in place of <id>/],
    ["extend 'web 1' 2h", /cannot contain a space/],
    ["cancel m-7k3q2 m-8x2p4", /one id; send a line for each/],
    ["release m-7k3q2 now", /now is one word too many for release\.$/],
    // Hosts.
    ["drain", /Which hosts/],
    ["up", /hosts or the id/],
    ["drain prod 4h", /looks like a duration/],
    ["drain 4h prod", /looks like a duration/],
    ["drain 4h --in 1h web-01", /looks like a duration/],
    ["cancel 4h web-01", /looks like a duration/],
    ["up 7k3q2", /looks like a duration/],
    ["drain <hosts> 4h", /in place of <hosts>/],
    ["drain <@U02BOB> 4h", /in place of ‹@U02BOB>/],
    ["drain web-01,web-02,4h", /4h among the hosts/],
    ['drain "web-01 4h"', /cannot contain a space/],
    ["drain web-01 - web-06 4h", /web-06 is one word too many/],
    // Names of another kind beside hosts: a version, a ticket.
    ["drain web-01 rhel8 4h", /rhel8 is one word too many/],
    ["drain web-01 OPS-812 4h", /OPS-812 is one word too many/],
    ["drain web-01 --in 1h web-02", /web-02 is one word too many/],
    ["hold web-01 --reason x web-02 'b c'", /one way to say|given|one word too many/],
    ["drain web-01 & web-02 4h", /& is one word too many/],
    ["drain the web-01", /one word too many/],
    ["drain web-* except web-03", /except is one word too many/],
    ["drain web-0[1-3 4h", /\[ without a \]/],
    ["drain @rack 4h", /does not say which rack/],
    ["drain ~web-( 4h", /missing closing \)/],
    ["drain web-05; rm -rf / 4h", /no option -rf/],
    ["hosts mode=down", /mode= is not a selector/],
    // Durations.
    ["extend m-7k3q2 -30m", /cannot be made shorter, so not by -30m\. .* brought back with up/],
    ["extend m-7k3q2 - 30m", /cannot be made shorter/],
    ["drain web-* 22点", /its unit is m, h, d or w, not 点/],
    ["drain web-* 30秒", /not 秒/],
    ["drain web-*，4小时", /4小时 among the hosts/],
    ["drain web-* 4x", /its unit is m, h, d or w, not x/],
    ["drain web-* 30 s", /its unit is m, h, d or w, not s/],
    ["drain web-* 0h", /no time at all/],
    ["drain web-* —1h", /less than nothing/],
    ["drain web-* 999d", /longer than the 7 d that prod allows/],
    ["drain staging web-* 999d", /longer than the 1 d that staging allows/],
    ["drain web-* 4h.", /4h\. is not a duration/],
    ["drain web-* tomorrow", /tomorrow is a time, not a duration: --at is when/],
    ["drain web-* 4h tomorrow", /tomorrow is a time/],
    ["drain web-* 4h --in 1h 30m", /one duration, so 30m/],
    ["down web-* 4h", /4h is one word too many for down/],
    ["extend m-7k3q2", /By how much/],
    ["extend m-7k3q2 99d", /at most 7 d in any cluster/],
    ["extend staging m-7k3q2 3d", /at most 1 d in staging/],
    // Clusters.
    ["drain web-* --cluster nowhere", /no cluster nowhere\. Configured: prod, staging/],
    ["drain prod staging web-*", /about one cluster/],
    ["drain web-* prod --cluster prod", /about one cluster/],
    ["drain web-* --cluster prod,staging", /one cluster; send a line for each/],
    ["schedule web-01 web-02", /no cluster web-01/],
    ["schedule staging web-01", /one word too many/],
    // It may also be a host that lacks a comma.
    ["drain stagin web-* 4h", /no cluster stagin; did you mean staging/],
    // Options.
    ["drain web-* --force", /no option --force; it has --reason, --ticket/],
    ["drain all --limit web-01", /no option --limit/],
    ["drain web-* 4h --when 22:00", /did you mean --at \(/],
    ["drain web-* --check", /did you mean --dry-run/],
    ["drain web-* 1h -n", /no option -n; it has --reason/],
    ["drain web-* --no-dry-run", /no option --no-dry-run; it has/],
    ["drain web-* --hard", /no option --hard; it has/],
    ["up m-7k3q2 --reason x", /up has no option --reason; it has --cluster/],
    ["help --cluster prod", /help has no option --cluster\./],
    ["drain web-* --dry-run=false", /takes no value; leave it out/],
    ["drain web-* 4h --dry run", /did you mean --dry-run/],
    ["drain web-* 4h in 2h", /two dashes: --in/],
    ["drain web-* reason: kernel update", /two dashes: --reason/],
    ["drain web-* --reason", /needs a value: --reason "<text>"/],
    ["drain web-* --reason --ticket OPS-1", /--reason needs a value/],
    ["drain web-* --ticket=", /--ticket needs a value/],
    ["drain web-* --reason = disk", /No spaces stand around a =/],
    ["down m-7k3q2 --override <reason>", /still has <reason>/],
    ["drain web-* --ticket A --ticket B", /given twice/],
    ["drain web-* --reason kernel update", /update is one word too many.*has quotes around it/],
    ["hold m-7k3q2 --reason kafka is slow", /has quotes around it/],
    [
      "drain web-* 4h kernel update",
      /kernel is one word too many.* A reason stands in quotes behind --reason: --reason "kernel update"\.$/,
    ],
    ["drain web-* 4h for 2h more", /without a for/],
    ["extend m-7k3q2 to 2h", /to is not a duration/],
    // A host before its verb, or without one.
    [
      "kafka-01 2h",
      /no verb "kafka-01".* before the hosts\. "drain kafka-01 2h" opens a maintenance; "extend kafka-01 2h" makes/,
    ],
    ["web-*", /before the hosts, as in status web-\*\.$/],
    ["@rack=r1 30 minutes", /"drain @rack=r1 30 minutes" opens/],
    ['drain web-* --reason "kernel update', /A " is opened and not closed/],
    ["drain web-* --reason ‘kernel", /A ' is opened and not closed/],
    // When, and what then.
    ["drain web-* --in tomorrow", /--in: tomorrow is not/],
    ["drain web-* --in now", /starts at once/],
    ["drain web-* --in 9999d", /more than a year/],
    ["drain web-* --deadline 3h", /later than the end of the window, which lasts 2 h/],
    ["drain web-* --then release", /no --deadline is given/],
    // What was not understood never becomes the forceful choice.
    ["drain web-* --deadline 1h --then forse", /not forse/],
    ["drain web-* --deadline 1h --then <release|ask|force>", /put the value in its place/],
    ["drain web-* --confirm 40x", /number of machines/],
    ["drain web-* --confirm 0", /number of machines/],
    // Too much.
    ["help drain extra", /extra is one word too many for help\.$/],
    ["clusters all", /no cluster all/],
    ["clusters prod staging", /one word too many|about one cluster/],
  ])("what is wrong with %s is told", (text, problem) => {
    expect(told(text)).toMatchObject({ tone: "error", text: expect.stringMatching(problem), line: null });
  });

  test.each([
    ["stop web-04", ["down", "cancel", "hold", "stop-run"]],
    ["start web-04", ["drain", "down", "up"]],
    ["kill web-04", ["down", "kill-drain", "stop-run"]],
    ["remove web-04", ["drain", "cancel"]],
    ["done m-7k3q2", ["up", "cancel"]],
    ["go m-7k3q2", ["release", "go-on"]],
    ["next m-7k3q2", ["go-on", "skip"]],
  ])("of the verbs that %s may mean none is offered", (text, verbs) => {
    const reply = told(text);
    expect(reply).toMatchObject({ line: null, table: null });
    expect(reply.text).toMatch(/^There is no verb "\w+"\. Which is meant: /);
    for (const verb of verbs) expect(reply.text).toContain(`${verb} (`);
    expect(reply.next).toBe(`You typed “/mesos ${text}”. What can be typed: /mesos help`);
  });

  test.each([
    [
      "drain @rack 4h",
      "You typed “/mesos drain @rack 4h”. Usage: /mesos drain <hosts> [duration]. For example: /mesos drain web-* 4h",
    ],
    ["up ~(", "You typed “/mesos up ~(”. Usage: /mesos up <hosts | id>. For example: /mesos up m-7k3q2"],
    // Of the verb that was probably meant.
    [
      "undrain web-*",
      "You typed “/mesos undrain web-*”. Usage: /mesos cancel <hosts | id>. For example: /mesos cancel m-7k3q2",
    ],
    ["frobnicate", "You typed “/mesos frobnicate”. What can be typed: /mesos help"],
  ])("after %s the answer says what can be typed", (text, next) => {
    expect(told(text)).toMatchObject({ line: null, next, table: null });
  });

  test("a number or a line of any length is told", () => {
    expect(told(`drain web-* ${"9".repeat(400)}h`).text).toMatch(/longer than the 7 d/);
    expect(told(`drain ${"x".repeat(4_000)}`)).toMatchObject({
      text: "The line is longer than 4000 characters.",
      table: null,
    });
  });

  test("what was typed is told as it was read, and nothing that was not mended looks like a line to send", () => {
    const typed = "  drain  <http://a.b|a.b>:&amp;db 4x —reason “kernel update”";
    const { line, table, next } = told(typed);
    expect({ line, table }).toEqual({ line: null, table: null });
    expect(next).toMatch(/^You typed “\/\u2060?mesos drain a\.b:&db 4x —reason "kernel update"”\. Usage/);
    expect(told("drian web-*").next).not.toContain("You typed");
  });

  test("what is too long to be typed again stands whole, marked as not mended", () => {
    const hosts = Array.from({ length: 40 }, (_, at) => `web-${at}`).join(",");
    expect(told(`drain ${hosts} 4x`)).toMatchObject({
      line: null,
      table: [`AS YOU TYPED IT, NOT MENDED\n/mesos drain ${hosts} 4x`],
    });
  });
});

describe("where one of several lines is meant, all of them stand beside the mistake", () => {
  test.each([
    ["drain web-* 30", /^30 hours or 30 minutes\?/, ["drain web-* 30h", "drain web-* 30m"]],
    [
      "drain 'web-*' 4 --dry-run",
      /^4 hours or 4 minutes\?/,
      ["drain 'web-*' 4h --dry-run", "drain 'web-*' 4m --dry-run"],
    ],
    ["drain web-* 2h --in 30", /^--in: 30 hours or/, ["drain web-* 2h --in 30h", "drain web-* 2h --in 30m"]],
    ["extend m-7k3q2 2", /^2 hours or/, ["extend m-7k3q2 2h", "extend m-7k3q2 2m"]],
    [
      "drain web-04 4h 2h",
      /^4h and 2h are two durations.*Which of the two\?$/,
      ["drain web-04 4h", "drain web-04 2h"],
    ],
    [
      "drain web-* 22:00",
      /^22:00 is a time, not a duration/,
      ["drain web-* --at 22:00", "drain web-* --until 22:00"],
    ],
    ["drain web-* 明天22:00", /is a time/, ["drain web-* --at 明天22:00", "drain web-* --until 明天22:00"]],
  ])("which of them %s means is asked", (text, problem, lines) => {
    const reply = told(text);
    expect(reply).toMatchObject({ line: null, text: expect.stringMatching(problem) });
    expect(reply.next).toMatch(/^Copy the line that you mean\./);
    expect(drawn(reply)?.split("\n")).toEqual(lines.map((line) => `/mesos ${line}`));
    for (const line of lines) {
      const read = parseCommand(line, inProd);
      expect(read.ok || read.isOffer).toBe(true);
    }
  });

  test("each of several ids has its line", () => {
    expect(told("cancel m-7k3q2,m-8x2p4")).toMatchObject({
      text: "cancel takes one id; send a line for each.",
      next: expect.stringMatching(/^Copy each of the lines below\./),
      line: null,
      table: ["/mesos cancel m-7k3q2\n/mesos cancel m-8x2p4"],
    });
    expect(drawn(told("extend m-7k3q2, m-8x2p4 2h"))).toBe(
      "/mesos extend m-7k3q2 2h\n/mesos extend m-8x2p4 2h",
    );
  });

  test("where only one of them is possible it is the line to copy", () => {
    expect(told("drain web-* 300")).toMatchObject({
      text: expect.stringMatching(/^300 hours or 300 minutes/),
      next: expect.stringMatching(/^Copy the line below\./),
      line: "/mesos drain web-* 300m",
    });
  });

  test("the classic order of three words keeps its hours", () => {
    expect(parseCommand("drain prod web-* 4", inProd)).toMatchObject({
      command: { durationMs: 4 * 3_600_000 },
    });
    expect(told("drain web-* 4 --cluster prod").text).toMatch(/^4 hours or 4 minutes/);
  });
});

test.each([
  ["drain", "Nothing was queued."],
  ["up", "Nothing was queued."],
  ["frobnicate", "Nothing was done."],
  ["hosts", null],
  ["status 4h", null],
])("the answer to %s says what was not done where something would have been", (text, notDone) => {
  expect(told(text)).toMatchObject({ notDone });
});

const WORDS = [
  ..."drain drian up status stauts prod stagin web-* web-01 4h -1h 4x m-7k3q2 (m-7k3q2) hold extend".split(
    " ",
  ),
  ..."schedule history --reason —ticket --reson --dry-run —dry-run --dryrun -dry-run dry-run --in".split(" "),
  ..."--deadline --then --confirm force in for kernel reason: ticket=OPS-1 until 22:00 to by web-06 - 30m 半小时 22:00-23:00".split(
    " ",
  ),
  ..."hours 30 4小时 22:00 tomorrow --at --until at dry run \" ' “ “a [ ~( , :! <http://a.b|a.b> <hosts> &amp; --cluster=stagin --cluster =".split(
    " ",
  ),
];

test("no text makes the parser throw, and every line that is offered is a good one", () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...WORDS), { maxLength: 9 }).map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(inProd, elsewhere, onlyOne, shared, none), (typed, context) => {
      const result = parseCommand(typed, context);
      if (result.ok) return;
      const { tone, line } = result.reply;
      if (!result.isOffer) expectGoodExample(result);
      expect(tone).toBe(result.isOffer ? "info" : "error");
      if (result.isOffer) return expect(parseCommand(line ?? "", context)).toMatchObject({ ok: true });
      for (const one of [line, ...linesIn(result.reply)].filter((each) => each !== null)) {
        const read = parseCommand(one, context);
        expect(read.ok || read.isOffer, one).toBe(true);
      }
    }),
    { numRuns: runs(3_000) },
  );
});

/** The lines of which the person chooses. */
function linesIn({ next, table }: Reply): readonly string[] {
  return /^Copy (?:the line that you mean|each)/.test(next ?? "") ? (drawn({ table }) ?? "").split("\n") : [];
}

test("an answer begins with a word, also where what it is about begins with a blank", () => {
  expect(told('down web-01 " the queue was lost"').text).toMatch(/^the queue was lost is one word too many/);
});

test("a dry run that stands between quotes is not mended into a drain", () => {
  const parsed = parseCommand("drian ' --dry-run '", inProd);
  expect(parsed.ok ? "understood" : parsed.reply.line).toBeNull();
});

test("no corrected line makes a drain of what was typed as a dry run", () => {
  const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 4 });
  const flag = fc.constantFrom("--dry-run", "—dry-run", "--dryrun", "-dry-run");
  fc.assert(
    fc.property(fc.constantFrom("drain", "drian"), words, flag, words, (verb, before, dryRun, after) => {
      const parsed = parseCommand([verb, ...before, dryRun, ...after].join(" "), inProd);
      if (parsed.ok || parsed.reply.line === null) return;
      expect(parseCommand(parsed.reply.line, inProd)).toMatchObject({ command: { dryRun: true } });
    }),
    { numRuns: runs(3_000) },
  );
});

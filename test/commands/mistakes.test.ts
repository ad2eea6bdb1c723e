import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCommand } from "../../src/commands/parse.js";
import { runs } from "../support/fast-check.js";
import { elsewhere, inProd, none, onlyOne, shared } from "./clusters.js";
import { expectGoodExample } from "./good-example.js";

function told(text: string, context = inProd) {
  const parsed = parseCommand(text, context);
  if (parsed.ok) throw new Error(`${text} was understood.`);
  expectGoodExample(parsed);
  return parsed.reply;
}

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
    ["hold m-7k3q2, kafka is slow", /is not an id/, "hold m-7k3q2 kafka is slow"],
    ["extend *m-7k3q2* 2h", /is not an id/, "extend m-7k3q2 2h"],
    ["up (m-7k3q2)", /is not an id/, "up m-7k3q2"],
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
    ["go m-7k3q2", /no verb "go"; did you mean go-on \(/],
    ["pu web-*", /did you mean up \(/],
    ["ho m-7k3q2", /no verb "ho"; did you mean/],
    ["frobnicate x", /^There is no verb "frobnicate"\.$/],
    ["m-7k3q2", /is an id; a verb comes before it/],
    ["approve m-7k3q2", /no verb "approve": use the button in the thread/],
    ["deny m-7k3q2 not today", /use the button in the thread/],
    // A second mistake in the line.
    ["drian web-0[1-3 4h", /no verb "drian"/],
    ["drain web-* --dryrun=yes", /no option --dryrun/],
    // Ids.
    ["hold", /needs its id; \/mesos status shows the open ones/],
    ["hold <id> kafka", /not <id>/],
    ["release web-*", /takes the id of a maintenance, such as m-7k3q2, not web-\*/],
    ["extend 'web 1' 2h", /not web 1; \/mesos status shows the open ones/],
    ["extend 2h m-7k3q2", /takes the id/],
    ["hold kafka is slow", /takes the id/],
    ["extend m7k3q2 2h", /such as m-7k3q2, not m7k3q2/],
    ["extend m-7k3q2,m-8x2p4 2h", /one id; send a line for each/],
    ["cancel m-7k3q2 m-8x2p4", /one id; send a line for each/],
    ["release m-7k3q2 now", /now is one word too many for release\.$/],
    // Hosts.
    ["drain", /Which hosts/],
    ["up", /hosts or the id/],
    ["drain 4h web-*", /looks like a duration, not like hosts/],
    ["drain prod 4h", /looks like a duration/],
    ["up 7k3q2", /looks like a duration/],
    ["drain <hosts> 4h", /in place of <hosts>/],
    ["drain <@U02BOB> 4h", /in place of ‹@U02BOB>/],
    ["drain web-01,web-02,4h", /4h among the hosts/],
    ['drain "web-01 4h"', /cannot contain a space/],
    ["drain web-01 web-02 4h", /web-02 is one word too many.*commas between them/],
    ["drain prod web-01 web-02", /commas between them/],
    ["drain web-01\nweb-02\n4h", /commas between them/],
    ["drain • web-01\n• web-02", /commas between them/],
    ["drain web-01 - web-06 4h", /web-06 is one word too many/],
    ["drain web-01 & web-02 4h", /& is one word too many/],
    ["drain the web-01", /one word too many/],
    ["drain web-* except web-03", /except is one word too many/],
    ["drain web-0[1-3 4h", /\[ without a \]/],
    ["drain @rack 4h", /does not say which rack/],
    ["drain ~web-( 4h", /missing closing \)/],
    ["drain web-05; rm -rf / 4h", /no option --rf/],
    ["hosts mode=down", /mode= is not a selector/],
    // Durations.
    ["drain web-* 4x", /its unit is m, h, d or w, not x/],
    ["drain web-* 30 s", /its unit is m, h, d or w, not s/],
    ["drain web-* 0h", /no time at all/],
    ["drain web-* —1h", /less than nothing/],
    ["drain web-* 999d", /longer than the 7 d that prod allows/],
    ["drain staging web-* 999d", /longer than the 1 d that staging allows/],
    ["drain web-* 4h.", /4h\. is not a duration/],
    ["drain web-* 22:00", /22:00 is not a duration: windows are typed by their length/],
    ["drain web-* until 22:00", /until is not a duration/],
    ["drain web-* 4h tomorrow", /start at once or --in 2h/],
    ["drain web-* 2h 3h", /one duration, so 3h is one word too many/],
    ["drain web-* 4h --in 1h 30m", /one duration, so 30m/],
    ["drain web-* for 4h", /for is one word too many/],
    ["down web-* 4h", /4h is one word too many for down/],
    ["extend m-7k3q2", /By how much/],
    ["extend m-7k3q2 by 2h", /by is not a duration/],
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
    ["drain web-* 4h --at 22:00", /did you mean --in \(/],
    ["drain web-* --check", /did you mean --dry-run/],
    ["up m-7k3q2 --reason x", /up has no option --reason; it has --cluster/],
    ["clusters --cluster prod", /clusters has no option --cluster\./],
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
    ["drain web-* 4h kernel update", /A reason stands in quotes behind --reason/],
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
    ["clusters all", /takes nothing/],
  ])("what is wrong with %s is told", (text, problem) => {
    expect(told(text)).toMatchObject({ tone: "error", text: expect.stringMatching(problem), line: null });
  });

  test.each([
    [
      "drain @rack 4h",
      "What you typed stands below. Usage: /mesos drain <hosts> [duration]. For example: /mesos drain web-* 4h",
    ],
    ["up ~(", "What you typed stands below. Usage: /mesos up <hosts | id>. For example: /mesos up m-7k3q2"],
    // Of the verb that was probably meant.
    [
      "undrain web-*",
      "What you typed stands below. Usage: /mesos cancel <hosts | id>. For example: /mesos cancel m-7k3q2",
    ],
    ["frobnicate", "What you typed stands below. What can be typed: /mesos help"],
  ])("after %s the answer says what can be typed", (text, next) => {
    expect(told(text)).toMatchObject({ line: null, next, table: [`/mesos ${text}`] });
  });

  test("a number or a line of any length is told", () => {
    expect(told(`drain web-* ${"9".repeat(400)}h`).text).toMatch(/longer than the 7 d/);
    expect(told(`drain ${"x".repeat(4_000)}`)).toMatchObject({
      text: "The line is longer than 4000 characters.",
      table: null,
    });
  });

  test("what was typed is shown as it was read, so that it can be mended", () => {
    const typed = "  drain  <http://a.b|a.b>:&amp;db 4x —reason “kernel update”";
    expect(told(typed).table).toEqual(['/mesos drain a.b:&db 4x —reason "kernel update"']);
    expect(told("drian web-*").table).toBeNull();
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
  ..."--deadline --then --confirm force in for kernel reason: ticket=OPS-1 until 22:00 to web-06 - 30m".split(
    " ",
  ),
  ..."hours dry run \" ' “ “a [ ~( , :! <http://a.b|a.b> <hosts> &amp; --cluster=stagin --cluster =".split(
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
      expectGoodExample(result);
      const { tone, line } = result.reply;
      expect(tone).toBe("error");
      if (line !== null) expect(parseCommand(line, context)).toMatchObject({ ok: true });
    }),
    { numRuns: runs(3_000) },
  );
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

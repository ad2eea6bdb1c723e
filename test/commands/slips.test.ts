import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCommand } from "../../src/commands/parse.js";
import { fillPlaceholders } from "../../src/commands/placeholders.js";
import { runs } from "../support/fast-check.js";
import { inProd } from "./clusters.js";
import { expectGoodExample } from "./good-example.js";

/** What hands do: to each line the sentence that is told, and the line to copy where there is no doubt what was meant. */
describe("a slip is told, and corrected to nothing else than what was meant", () => {
  test.each([
    // Quotes left open.
    ['drain "web-01 4h', /opened and not closed/, "drain web-01 4h"],
    ["drain 'web-01 4h", /opened and not closed/, "drain web-01 4h"],
    ["drain “web-01 4h", /opened and not closed/, "drain web-01 4h"],
    ['"drain web-01 4h', /opened and not closed/, "drain web-01 4h"],
    ['drain @os="debian 12', /opened and not closed/, null],
    ['hold m-7k3q2 "kafka is slow', /opened and not closed/, "hold m-7k3q2 kafka is slow"],
    ['drain web-01 --reason "disk --dry-run', /not closed/, 'drain web-01 --reason "disk" --dry-run'],
    ['drain web-01 --reason="disk —dry-run', /not closed/, 'drain web-01 --reason="disk" —dry-run'],
    ['drain web-01 --reason "disk fails 4h', /not closed/, null],
    ['drain web-01" 4h', /cannot contain "/, null],
    ['drain "web-01 4h"', /4h among the hosts/, "drain web-01 4h"],
    // Hosts.
    ["drain web-01,web-02,4h", /4h among the hosts/, "drain web-01,web-02 4h"],
    ["drain web-01 & web-02 4h", /a comma for those in either, or :& for those in both/, null],
    ["drain @rack=r1 @zone=a 4h", /a comma for those in either, or :& for those in both/, null],
    ["drain web-01 + web-02 4h", /Leave out the word "\+"/, "drain web-01,web-02 4h"],
    ["drain web-01 or web-02", /Leave out the word "or"/, "drain web-01,web-02"],
    ["drain web-01\nweb-02\nweb-03\n4h", /need a comma/, "drain web-01,web-02,web-03 4h"],
    ["drain • web-01\n• web-02", /need a comma/, "drain web-01,web-02"],
    ["drain - web-01\n- web-06", /need a comma/, "drain web-01,web-06"],
    ["drain web-01 - web-06 4h", /range of hosts is written/, "drain web-[01:06] 4h"],
    ["drain web-01 – web-06 4h", /range of hosts is written/, "drain web-[01:06] 4h"],
    ["drain web-1.example.com to web-6.example.com", /range/, "drain web-[1:6].example.com"],
    ["drain web-06 to web-01", /one word too many/, null],
    ["drain web-01 to db-06", /one word too many/, null],
    ["drain web-[06:01] 4h", /ends before it begins/, "drain web-[01:06] 4h"],
    ["drain 1. web-01 2. web-02", /./, null],
    ["hosts mode=down", /mode= is not a selector/, null],
    ["hosts rack=r1,state=down", /state= is not a selector/, null],
    ["drain --hosts web-01 4h", /hosts stand by themselves/, "drain web-01 4h"],
    ["drain web-* --hosts web-01", /hosts stand by themselves/, null],
    ["drain the web-01", /Leave out the word "the"/, "drain web-01"],
    // Ids.
    ["extend m7k3q2 2h", /is not an id/, "extend m-7k3q2 2h"],
    ["extend 7k3q2 2h", /is not an id/, "extend m-7k3q2 2h"],
    ["extend 4h25m 2h", /takes the id of a maintenance/, "extend <id> 2h"],
    ["extend *m-7k3q2* 2h", /is not an id/, "extend m-7k3q2 2h"],
    ["extend m-7k 2h", /is not an id.*status shows the open ones/, "extend <id> 2h"],
    ["extend m-7k3q2,m-8x2p4 2h", /one id; send a line for each/, null],
    ["extend m-7k3q2 m-8x2p4 2h", /one id; send a line for each/, null],
    ["up m-7k3q2,", /is not an id/, "up m-7k3q2"],
    ["up 7k3q2", /is not an id/, "up m-7k3q2"],
    ["up --id m-7k3q2", /the id stands by itself/, "up m-7k3q2"],
    ["status of m-7k3q2", /Leave out the word "of"/, "status m-7k3q2"],
    ["down now m-7k3q2", /Leave out the word "now"/, "down m-7k3q2"],
    ["extend 2h", /id comes before the duration/, "extend <id> 2h"],
    ["hold kafka is slow", /takes the id/, "hold <id> kafka is slow"],
    ["history last week", /takes the id/, null],
    // Durations and times.
    ["drain web-01 4h.", /did you mean 4h/, "drain web-01 4h"],
    ["drain web-01 (4h)", /did you mean 4h/, "drain web-01 4h"],
    ["drain web-01 PT4H", /did you mean 4H/, "drain web-01 4H"],
    ["drain web-01 4hh", /not a duration/, "drain web-01 4h"],
    ["drain web-01 4huors", /not a duration/, "drain web-01 4h"],
    ["drain web-01 30 s", /not a duration/, "drain web-01 1m"],
    ["drain web-01 1month", /not a duration/, "drain web-01 <duration>"],
    ["drain web-01 240", /longer than the 7 d/, "drain web-01 <duration>"],
    ["drain web-04 2h 3h", /one duration: 2h or 3h/, "drain web-04 2h"],
    ["extend m-7k3q2 1h 2h", /one duration: 1h or 2h/, "extend m-7k3q2 1h"],
    // It may go on with the value of the option.
    ["drain web-01 4h --in 1h 2h", /one word too many/, null],
    ["drain web-04 30m 1h", /one word too many/, null],
    ["drain web-04 2h 30", /one word too many/, null],
    ["drain web-01 2-4h", /one word too many/, null],
    ["drain web-01 two hours", /begins with a number/, null],
    ["drain web-01 4h --in 1h 30m", /one word too many/, null],
    ["drain web-01 1 hour and 30 minutes", /Leave out/, "drain web-01 1hour 30minutes"],
    ["drain web-01 duration=4h", /stands by itself/, "drain web-01 4h"],
    ["drain web-01 --duration 4h", /stands by itself/, "drain web-01 4h"],
    ["drain web-01 --hours 4", /stands by itself/, "drain web-01 4hours"],
    ["drain web-01 --minutes=90", /stands by itself/, "drain web-01 90minutes"],
    ["drain web-01 until 6am", /not as a time of day/, null],
    ["drain web-01 --until 6am", /stands by itself/, null],
    ["drain web-01 from 22:00 to 02:00", /not as a time of day/, null],
    ["drain web-01 4h at 22:00", /--in 2h/, null],
    ["drain web-01 4h tomorrow", /--in 2h/, null],
    ["extend m-7k3q2 until 22:00", /not as a time of day/, null],
    ["extend m-7k3q2 for another 2h", /not a duration/, "extend m-7k3q2 2h"],
    ["extend m-7k3q2 300d", /at most 7 d/, "extend m-7k3q2 <duration>"],
    // Clusters.
    ["drain web-* 4h prod", /stands before the hosts/, "drain web-* 4h --cluster prod"],
    ["drain web-* in staging 4h", /stands before the hosts/, "drain web-* 4h --cluster staging"],
    ["drain on staging web-*", /Leave out the word "on"/, "drain staging web-*"],
    ["drain prod staging web-*", /about one cluster/, null],
    ["drain web-* --cluster prod,staging", /one cluster; send a line for each/, null],
    // Options.
    ["drain web-01 4h --dry run", /did you mean --dry-run/, "drain web-01 4h --dry-run"],
    ["drain web-01 4h dry run", /two dashes/, "drain web-01 4h --dry-run"],
    ["drain web-01 4h --dry-run true", /takes no value/, "drain web-01 4h --dry-run"],
    ["drain web-01 4h --dry-run=false", /leave it out/, null],
    ["drain web-01 4h reason=disk", /two dashes/, "drain web-01 4h --reason disk"],
    ["drain web-01 reason: kernel update", /two dashes/, 'drain web-01 --reason "kernel update"'],
    ["drain web-01 reason disk dry-run", /two dashes/, "drain web-01 --reason disk --dry-run"],
    ["drain web-01 because disk fails 4h", /two dashes/, 'drain web-01 4h --reason "disk fails"'],
    ["drain web-01 ticket: OPS-812", /two dashes/, "drain web-01 --ticket OPS-812"],
    ["drain web-01 4h OPS-812", /stands behind --ticket/, "drain web-01 4h --ticket OPS-812"],
    ["drain WEB-01 WEB-02 4h", /need a comma/, "drain WEB-01,WEB-02 4h"],
    ['drain web-01 4h "kernel update"', /behind --reason/, 'drain web-01 4h --reason "kernel update"'],
    ["drain web-01 4h kernel update", /reason stands in quotes/, null],
    ["drain web-01 --reason = disk", /No spaces/, "drain web-01 --reason=disk"],
  ])("%s", (text, problem, line) => {
    const parsed = parseCommand(text, inProd);
    expect(parsed).toMatchObject({
      ok: false,
      reply: { text: expect.stringMatching(problem), line: line === null ? null : `/mesos ${line}` },
    });
    expectGoodExample(parsed);
  });
});

test("no correction makes a drain of what was typed as a dry run", () => {
  const word = fc.constantFrom(
    ..."prod staging web-* web-01 web-06 4h 30m 4 hours 4h. m-7k3q2 --reason —ticket --in --deadline in for and to -".split(
      " ",
    ),
    ..."kernel reason reason: ticket=OPS-1 OPS-812 until 22:00 tomorrow --duration --hosts dry run & !web-06".split(
      " ",
    ),
    ..."@rack=r1 = --cluster=prd on at because the ~( [ ,".split(" "),
  );
  const words = fc.array(word, { maxLength: 4 });
  const flag = fc.constantFrom("--dry-run", "—dry-run", "--dryrun", "-dry-run");
  fc.assert(
    fc.property(words, flag, words, (before, dryRun, after) => {
      const parsed = parseCommand(["drain", ...before, dryRun, ...after].join(" "), inProd);
      if (parsed.ok || parsed.reply.line === null) return;
      const corrected = parseCommand(fillPlaceholders(parsed.reply.line), inProd);
      if (corrected.ok) expect(corrected.command).toMatchObject({ dryRun: true });
    }),
    { numRuns: runs(3_000) },
  );
});

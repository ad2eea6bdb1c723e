import { describe, expect, it, test } from "vitest";
import { parseCommand } from "../../src/commands/index.js";
import { inProd } from "./clusters.js";

describe("a mistake is answered with what was wrong and the line to copy", () => {
  test.each([
    // Verbs.
    ["drian web-* 4h", /no "drian"; the verbs are drain/, "drain web-* 4h"],
    ["undrain web-*", /no "undrain"/, "cancel web-*"],
    ["frobnicate x", /is no verb/, "help"],
    ["m-7k3q", /is no verb/, "status m-7k3q"],
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
    ["drain web-(01|02) 4h", /regular expression/, "drain ~web-(01|02) 4h"],
    ["drain web-[1-20] 4h", /colon/, "drain web-[1:20] 4h"],
    ["drain ~web(?!x) 4h", /look-around/, null],
    // Durations.
    ["drain web-* 4x", /not a duration/, "drain web-* 4h"],
    ["drain web-* 0h", /no time at all/, "drain web-* 2h"],
    ["drain web-* -1h", /less than nothing/, "drain web-* 1h"],
    ["drain web-* —1h", /less than nothing/, "drain web-* 1h"],
    ["drain web-* 999d", /longer than the 7 d that prod allows/, "drain web-* 7d"],
    ["drain staging web-* 999d", /longer than the 1 d that staging allows/, "drain staging web-* 1d"],
    [`drain web-* ${"9".repeat(400)}h`, /longer than the 7 d/, "drain web-* 7d"],
    ["drain web-* 30s", /unit is m, h, d or w/, "drain web-* 1m"],
    ["drain web-* 2years", /unit is/, "drain web-* 2h"],
    // Clusters.
    ["drain web-* --cluster prd", /no cluster prd/, "drain web-* --cluster prod"],
    [
      "drain web-* --cluster nowhere",
      /no cluster nowhere. Configured: prod, staging/,
      "drain web-* --cluster <cluster>",
    ],
    ["drain prd web-* 4h", /no cluster prd/, "drain prod web-* 4h"],
    // Options.
    ["drain web-* --reson=x", /no option --reson/, "drain web-* --reason=x"],
    ["drain web-* --reson 'a b'", /no option --reson/, 'drain web-* --reason "a b"'],
    ["drain web-* --force", /no option --force/, "drain web-*"],
    ["up m-7k3q --reason x", /up has no option --reason; it has --cluster/, null],
    ["clusters --cluster prod", /clusters has no option --cluster\./, null],
    ["drain web-* -reason x", /two dashes/, "drain web-* --reason x"],
    ["drain web-* --reason", /needs a value/, "drain web-*"],
    ["drain web-* --reason --ticket OPS-1", /needs a value/, "drain web-* --ticket OPS-1"],
    ["drain web-* --ticket=", /needs a value/, "drain web-*"],
    ["drain web-* --ticket A --ticket B", /given twice/, "drain web-* --ticket A"],
    ['drain web-* --reason "kernel update', /opened and not closed/, 'drain web-* --reason "kernel update"'],
    ["drain web-* 4h --reason kernel update", /needs quotes/, 'drain web-* 4h --reason "kernel update"'],
    ["drain web-* --reason kernel update 4h", /needs quotes/, 'drain web-* 4h --reason "kernel update"'],
    // Too much.
    ["down web-* 4h", /one word too many/, "down web-*"],
    ["cancel m-7k3q m-8x2p", /one word too many/, "cancel m-7k3q"],
    ["clusters all", /takes nothing/, "clusters"],
    // Several mistakes in one line are all corrected.
    ["drian prd web-0[1-3 4x -ticket OPS-1", /no "drian"/, "drain prod web-0[1-3] 4h --ticket OPS-1"],
  ])("%.60s", (text, problem, line) => {
    const parsed = parseCommand(text, inProd);
    expect(parsed).toMatchObject({
      ok: false,
      reply: {
        tone: "error",
        text: expect.stringMatching(problem),
        notDone: "Nothing was queued.",
        next: expect.stringMatching(/^For example: \/mesos \w+/),
      },
    });
    if (line !== null && !parsed.ok) expect(parsed.reply.line).toBe(`/mesos ${line}`);
  });

  it("gives an example of the verb that was meant", () => {
    expect(parseCommand("up", inProd)).toMatchObject({ reply: { next: "For example: /mesos up m-7k3q" } });
  });

  it("does not read a line of any length", () => {
    expect(parseCommand(`drain ${"x".repeat(4_000)}`, inProd)).toMatchObject({ reply: { line: null } });
  });
});

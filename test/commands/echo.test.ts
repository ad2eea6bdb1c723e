import { describe, expect, test } from "vitest";
import { TIME_FORMS } from "../../src/commands/help.js";
import { parseCommand } from "../../src/commands/parse.js";
import { inProd, NOW } from "./clusters.js";
import { MORE_TIMES } from "./reference.js";

function echoOf(text: string, context = inProd) {
  const parsed = parseCommand(text, context);
  if (parsed.ok || !parsed.isOffer) throw new Error(`${text} was not echoed.`);
  return parsed.reply;
}

describe("a time that was not said exactly is told before anything is queued", () => {
  test("the answer has the zone, the span until then, the end, and the line in full", () => {
    expect(echoOf('drain web-* 4h --at "tomorrow 22:00" --reason "kernel"')).toMatchObject({
      tone: "info",
      text: "That is Tue 2026-12-01 22:00 (Asia/Shanghai), in 1 d 7 h 20 m, until Wed 02:00.",
      notDone: "Nothing is queued yet.",
      line: '/mesos drain web-* 4h --at 2026-12-01T22:00+08:00 --reason "kernel"',
    });
  });

  test.each([
    [
      "drain web-* --at 22:00 --until 06:00",
      "drain web-* --at 2026-11-30T22:00+08:00 --until 2026-12-01T06:00+08:00",
      /in 7 h 20 m, until Tue 06:00\.$/,
    ],
    // The words of a time need no quotes.
    [
      "drain web-* --at friday 10 pm 4h",
      "drain web-* --at 2026-12-04T22:00+08:00 4h",
      /^That is Fri 2026-12-04 22:00/,
    ],
    ["drain web-* --at=22:00 4h", "drain web-* --at=2026-11-30T22:00+08:00 4h", /^That is Mon/],
    ["drain web-*　－－ａｔ　２２：００", "drain web-* --at 2026-11-30T22:00+08:00", /^That is Mon/],
    [
      "drain web-* --until 18:00",
      "drain web-* --until 2026-11-30T18:00+08:00",
      /^That is from now until Mon 2026-11-30 18:00 \(Asia\/Shanghai\), for 3 h 20 m\.$/,
    ],
    [
      "drain web-* 30d --at 22:00",
      "drain web-* 30d --at 2026-11-30T22:00+08:00",
      /until Wed 2026-12-30 22:00\.$/,
    ],
  ])("%s is echoed as the line that means it", (text, line, told) => {
    const context = {
      ...inProd,
      clusters: inProd.clusters.map((one) => ({ ...one, maxDurationMs: 40 * 86_400_000 })),
    };
    const reply = echoOf(text, context);
    expect(reply).toMatchObject({ text: expect.stringMatching(told), line: `/mesos ${line}` });
    expect(parseCommand(reply.line ?? "", context).ok).toBe(true);
  });

  test("the line means what was told, also later", () => {
    const { line } = echoOf("drain web-* --at 22:00 --until 06:00");
    const later = { ...inProd, nowMs: NOW + 3_600_000, timeZone: null };
    expect(parseCommand(line ?? "", later)).toMatchObject({
      command: { startMs: Date.parse("2026-11-30T22:00+08:00"), durationMs: 8 * 3_600_000 },
    });
    const tooLate = { ...inProd, nowMs: Date.parse("2026-11-30T22:01+08:00") };
    expect(parseCommand(line ?? "", tooLate)).toMatchObject({
      isOffer: false,
      reply: { text: expect.stringMatching(/^--at: 2026-11-30T22:00\+08:00 is past/), line: null },
    });
  });

  test("what is exact is no question, and neither is a dry run, which shows its window", () => {
    expect(parseCommand("drain web-* 4h --at 2026-12-01T22:00+08:00", inProd)).toMatchObject({
      command: { startMs: Date.parse("2026-12-01T22:00+08:00") },
    });
    expect(parseCommand('drain web-* 4h --at "2026-12-01 22:00"', inProd).ok).toBe(true);
    expect(parseCommand("drain web-* 4h --at 2026-12-01 22:00", inProd).ok).toBe(true);
    expect(parseCommand("drain web-* 4h --at 22:00 --dry-run", inProd)).toMatchObject({
      command: { dryRun: true, startMs: Date.parse("2026-11-30T22:00+08:00") },
    });
  });
});

test.each([...TIME_FORMS, ...MORE_TIMES].flatMap(([forms]) => forms.split("  ")))(
  "%s, which the help names, is understood without quotes",
  (form) => {
    const parsed = parseCommand(`drain web-* --at ${form} 4h`, inProd);
    const read = !parsed.ok && parsed.isOffer ? parseCommand(parsed.reply.line ?? "", inProd) : parsed;
    expect(read).toMatchObject({ ok: true, command: { hosts: "web-*", durationMs: 4 * 3_600_000 } });
  },
);

describe("what a window cannot be", () => {
  test.each([
    ["drain web-* --at 22:00 --in 2h", /starts --in some time or --at a time, not both/],
    ["drain web-* 4h --until 06:00", /a duration or an --until, not both/],
    ["drain web-* --until 06:00 --batch 2", /end of one window, and batches have one each/],
    [
      "drain web-* --until 2026-12-20T06:00+08:00",
      /A window until .* is longer than the 7 d that prod allows/,
    ],
    ["drain web-* --at 2028-12-01T22:00+08:00", /more than a year ahead/],
    ["drain web-* 4h --at 30m", /--at: How much later the window starts is said with --in/],
    ["drain web-* 4h --at", /--at needs a value: --at <time>/],
    ["drain web-* 4h --announce 2h", /this one starts at once: add --at or --in/],
    ["drain web-* 4h --in 9h --announce 2h --kill 5m", /posted when the kill is over/],
    ["drain web-* 4h --at 22:00 --announce soon", /--announce: soon is not a duration/],
  ])("%s is refused", (text, problem) => {
    expect(parseCommand(text, inProd)).toMatchObject({
      ok: false,
      isOffer: false,
      reply: { tone: "error", text: expect.stringMatching(problem), line: null },
    });
  });

  test("a time that comes twice has a line for each", () => {
    const context = { ...inProd, nowMs: Date.parse("2026-10-24T20:00:00Z"), timeZone: "Europe/Berlin" };
    expect(parseCommand("drain web-* 4h --at 02:30", context)).toMatchObject({
      isOffer: false,
      reply: {
        text: "--at: the clocks go back that night, so Sun 2026-10-25 02:30 comes twice: 2026-10-25T02:30+02:00 and 2026-10-25T02:30+01:00. Which of the two?",
        next: expect.stringMatching(/^Copy the line that you mean\./),
        table: [
          "/mesos drain web-* 4h --at 2026-10-25T02:30+02:00\n/mesos drain web-* 4h --at 2026-10-25T02:30+01:00",
        ],
      },
    });
  });

  test("how long before its start a window is announced is read", () => {
    expect(parseCommand("drain web-* 4h --in 5h --announce 2h", inProd)).toMatchObject({
      command: { startMs: NOW + 5 * 3_600_000, announceMs: 2 * 3_600_000 },
    });
  });
});

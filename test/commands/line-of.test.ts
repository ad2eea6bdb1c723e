import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Command, DrainCommand } from "../../src/commands/command.js";
import { lineOfDrain } from "../../src/commands/line-of.js";
import { parseCommand } from "../../src/commands/parse.js";
import { CHANGING } from "../../src/commands/verbs-change.js";
import { newMaintenance } from "../../src/engine/bot/new-maintenance.js";
import { adoptLine, drainLine, drainWords } from "../../src/maintenance/record/drain-line.js";
import { runs } from "../support/fast-check.js";
import { elsewhere, inProd, NOW } from "./clusters.js";

/** What is read of a line that is typed in prod's channel; `null` where it is no command. */
function read(line: string, context = inProd) {
  const parsed = parseCommand(line, context);
  return parsed.ok ? parsed.command : null;
}

function drainOf(line: string): DrainCommand {
  const command = read(line);
  if (!isDrain(command)) throw new Error(`${line} is no drain`);
  return command;
}

function isDrain(command: Command | null): command is DrainCommand {
  return command !== null && "roll" in command;
}

/** Whether a text would end at quotes of both kinds: those become of one kind. */
function holdsBothQuotes({ reason, ticket, override, run }: DrainCommand): boolean {
  return [reason, ticket, override, run].some(
    (text) => text !== null && /"[ ,:]/.test(text) && /'[ ,:]/.test(text),
  );
}

const span = fc.constantFrom("1m", "90m", "2h", "1h30m", "1d2h", "1w");

/** What people write, with all that a line could trip over. */
const text = fc
  .array(fc.constantFrom(..."ab-—<>:,='\"\\ /?h1".split(""), "it's", "--kill", "/mesos", "&"), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(""));

const inQuotes = (typed: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom('"', "'"), typed).map(([mark, words]) => `${mark}${words}${mark}`);

const count = fc.integer({ min: 1, max: 300 }).map(String);

/** Values of each option of a drain, as people type them. */
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  reason: inQuotes(text),
  ticket: fc.oneof(fc.constantFrom("OPS-812", "a=b"), inQuotes(text)),
  batch: fc.oneof(count, fc.constantFrom("10%", "100%", "@rack", "zone", "region", '"@my rack"')),
  canary: count,
  horizon: count,
  approve: fc.constantFrom("each", "canary", "once"),
  deadline: fc.constantFrom("1m", "30m", "1h"),
  then: fc.constantFrom("release", "ask", "force"),
  kill: fc.constantFrom("", "5m", "1h"),
  run: fc.constantFrom("kernel-update", '"kernel update"'),
  up: fc.constantFrom("ask", "auto"),
  override: inQuotes(text),
  confirm: count,
  "dry-run": fc.constant(""),
  cluster: fc.constantFrom("prod", "staging"),
};

const at = fc.constantFrom("2026-12-01T22:00+08:00", '"2026-12-01 22:00"', "2026-12-01t22:00z");

/** When a window is, in all ways that go together. */
const TIMES = {
  in: fc.tuple(span, span).map(([lasts, later]) => `${lasts} --in ${later}`),
  at: fc.tuple(span, at).map(([lasts, time]) => `--at ${time} ${lasts}`),
  until: fc.constantFrom(
    "--until 2026-12-02T06:00+08:00",
    "--at 2026-12-01T22:00Z --until 2026-12-02T06:00Z",
  ),
  announce: fc
    .tuple(span, at, span)
    .map(([lasts, time, before]) => `${lasts} --at ${time} --announce ${before}`),
};

const when = fc.oneof(span, ...Object.values(TIMES));

const hosts = fc.oneof(
  fc.constantFrom(
    ...["web-*", "web-01,web-02", "web-[01:20]:!web-03", "@rack=r1:&zone=a", "old-7|10.0.0.7", "~web-(a|b)"],
    ...[
      "prod",
      "'?'",
      "web-0?",
      '@os="debian 12"',
      "web-01,",
      "10.0.0.*",
      "'a, b'",
      "web-01:!WEB-01|10.0.0.77",
    ],
  ),
);

const typed = fc
  .tuple(hosts, when, fc.record(VALUES, { requiredKeys: [] }))
  .map(([names, times, options]) =>
    [
      `drain ${names} ${times}`,
      ...Object.entries(options).map(([name, value]) => `--${name} ${value}`.trimEnd()),
    ].join(" "),
  );

describe("a command is written as the line that is read as the same command", () => {
  test("every option of a drain is written", () => {
    expect([...Object.keys(VALUES), ...Object.keys(TIMES)].sort()).toEqual(
      [...(CHANGING.find(({ name }) => name === "drain")?.options ?? [])].sort(),
    );
  });

  test("whatever was typed, and in whatever channel it is typed again", () => {
    let understood = 0;
    fc.assert(
      fc.property(typed, (line) => {
        const command = read(line);
        if (!isDrain(command) || holdsBothQuotes(command)) return;
        understood += 1;
        const written = lineOfDrain(command, NOW);
        expect(read(written)).toEqual(command);
        expect(read(written, elsewhere)).toEqual(command);
        expect(lineOfDrain(drainOf(written), NOW)).toBe(written);
      }),
      { numRuns: runs(400) },
    );
    expect(understood).toBeGreaterThan(100);
  });

  test.each([
    ["drain web-* 4h", "/mesos drain web-* 4h --cluster prod"],
    [
      'drain web-* 90m --reason "kernel update"',
      '/mesos drain web-* 1h30m --reason "kernel update" --cluster prod',
    ],
    ["drain '?' 4h --canary 1", '/mesos drain "?" 4h --batch 100% --canary 1 --cluster prod'],
    [
      "drain web-* 4h --kill --in 2h --deadline 1h --up auto",
      "/mesos drain web-* 4h --at 2026-11-30T08:40Z --deadline 1h --then ask --kill --up auto --cluster prod",
    ],
    [
      "drain web-* --at 2026-12-01T22:00+08:00 --until 2026-12-02T06:00+08:00 --announce 2h",
      "/mesos drain web-* 8h --at 2026-12-01T14:00Z --announce 2h --cluster prod",
    ],
  ])("%s", (line, written) => {
    expect(lineOfDrain(drainOf(line), NOW)).toBe(written);
  });

  test("a start that was typed as how much later it is stays so", () => {
    const nowMs = NOW + 23_456;
    const parsed = parseCommand("drain web-* 4h --in 2h", { ...inProd, nowMs });
    if (!parsed.ok || !isDrain(parsed.command)) throw new Error("no drain");
    expect(lineOfDrain(parsed.command, nowMs)).toBe("/mesos drain web-* 4h --in 2h --cluster prod");
  });

  test("quotes of both kinds that would end the text become of one kind", () => {
    const written = lineOfDrain({ ...drainOf("drain web-* 4h"), reason: `the "db" won' start` }, NOW);
    expect(drainOf(written).reason).toBe("the 'db' won' start");
  });
});

describe("what a record was asked for is written as the line that asks for it again", () => {
  const person = { user: "U0ALICE", standing: "member" as const, groups: [], lookupFailed: false };
  const at = { channel: "C0PROD", command: "/mesos" };

  test("a drain", () => {
    fc.assert(
      fc.property(typed, (line) => {
        const command = read(line);
        if (!isDrain(command) || holdsBothQuotes(command)) return;
        const record = newMaintenance("m-aaaa", command, person, at, 1_800_000_000_123);
        expect(read(drainLine(drainWords(record)))).toEqual({ ...command, dryRun: false });
      }),
      { numRuns: runs(200) },
    );
  });

  test.each([
    "adopt web-01,web-02 --confirm 2",
    `adopt web-* --reason "the queue was 'lost'" --ticket OPS-1`,
  ])("%s", (line) => {
    const command = read(line);
    if (command?.verb !== "adopt" || !("confirmed" in command)) throw new Error(`${line} is no adopt`);
    expect(read(adoptLine(newMaintenance("m-aaaa", command, person, at, 1)))).toEqual(command);
  });
});

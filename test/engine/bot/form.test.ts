import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DrainCommand } from "../../../src/commands/command.js";
import { parseCommand } from "../../../src/commands/parse.js";
import { createForm, type FormCluster } from "../../../src/engine/bot/form.js";
import type { People } from "../../../src/slack/people/people.js";
import type { DrainForm } from "../../../src/slack/render/form/inputs.js";
import { ALICE } from "../support/people.js";

const HOUR = 3_600_000;

const NOW = Date.parse("2026-12-01T21:00:00Z");

const PROD: FormCluster = {
  name: "prod",
  channel: "C1",
  defaultDurationMs: 2 * HOUR,
  maxDurationMs: 24 * HOUR,
  runbooks: [{ name: "kernel-update" }],
};

const STAGING: FormCluster = { ...PROD, name: "staging", channel: null, maxDurationMs: HOUR, runbooks: [] };

const EMPTY: DrainForm = {
  cluster: null,
  hosts: null,
  duration: null,
  otherDuration: null,
  start: null,
  reason: null,
  ticket: null,
  batches: null,
  canary: null,
  runbook: null,
  confirm: null,
  options: null,
};

const AT = { channel: "C1", command: "/mesos", user: ALICE, timeZone: "Asia/Shanghai" };

const IN_SHANGHAI = { of: async () => ({ name: "alice", timeZone: "Asia/Shanghai" }) };

/** What a form leads to in the channel of `prod`, or elsewhere. */
function read(
  parts: Partial<DrainForm>,
  clusters = [PROD],
  at: Omit<typeof AT, "timeZone"> & { readonly timeZone: string | null } = AT,
) {
  return createForm(clusters, () => NOW, IN_SHANGHAI).lineOf({ ...EMPTY, hosts: "web-*", ...parts }, at);
}

/** The command that the line of a form is read as, typed in the same channel. */
function drainOf(parts: Partial<DrainForm>, clusters = [PROD]): DrainCommand {
  const answer = read(parts, clusters);
  if (!("line" in answer)) throw new Error(JSON.stringify(answer.mistakes));
  const parsed = parseCommand(answer.line, { ...AT, clusters, nowMs: NOW, timeZone: null });
  if (!parsed.ok || !("durationMs" in parsed.command)) throw new Error(`It is no drain: ${answer.line}`);
  return parsed.command;
}

describe("the line of a form", () => {
  test("says everything that was filled in", () => {
    const everything = {
      duration: "4h",
      start: NOW + HOUR,
      confirm: "12",
      batches: "@rack",
      canary: "1",
      runbook: "kernel-update",
      reason: "new kernel",
      ticket: "OPS-812",
      options: "--approve canary --up auto",
    };
    expect(read(everything)).toEqual({
      line: 'drain web-* 4h --at 2026-12-01T22:00Z --batch @rack --canary 1 --approve canary --run kernel-update --up auto --reason "new kernel" --ticket OPS-812 --confirm 12 --cluster prod',
    });
    expect(drainOf(everything)).toMatchObject({
      hosts: "web-*",
      durationMs: 4 * HOUR,
      startMs: NOW + HOUR,
      roll: { rule: { kind: "attribute", name: "rack" }, canary: 1, approve: "canary" },
      run: "kernel-update",
      up: "auto",
    });
  });

  test("has the typed duration instead of the chosen one", () => {
    expect(read({ duration: "4h", otherDuration: "90m" })).toEqual({
      line: "drain web-* 1h30m --cluster prod",
    });
  });

  test("names the cluster and its default duration, so that it means the same wherever it is typed", () => {
    expect(read({}, [PROD, STAGING])).toEqual({ line: "drain web-* 2h --cluster prod" });
    const quick = { ...STAGING, defaultDurationMs: HOUR / 2 };
    expect(read({ cluster: "staging" }, [PROD, quick])).toEqual({
      line: "drain web-* 30m --cluster staging",
    });
  });

  test.each([{ options: "--dry-run" }, { options: "--help" }, { hosts: "--help" }])(
    "is that of a drain and nothing else: %j",
    (parts) => {
      expect(read(parts)).toHaveProperty("mistakes");
    },
  );

  test("property: a reason is read as it was typed, but for its kind of quotes", () => {
    const letters = fc.constantFrom(..."ab\"' ,:-=“”’`\\".split(""));
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 30 }), (typed) => {
        const reason = typed.trim();
        fc.pre(reason !== "");
        const plain = (text: string | null) =>
          (text ?? "")
            .replace(/["'“”’`]/g, "")
            .replace(/\s+/g, " ")
            .trim();
        const answer = read({ reason });
        // A text of nothing but marks is none.
        fc.pre(plain(reason) !== "");
        expect("line" in answer).toBe(true);
        expect(plain(drainOf({ reason }).reason)).toBe(plain(reason));
      }),
    );
  });

  test("property: whatever is filled in, it is a line that is read, or something is wrong beside an input", () => {
    const text = fc.option(fc.oneof(fc.string(), fc.constantFrom("5", "4h", "--kill", '"', "a b", "@x")));
    fc.assert(
      fc.property(text, text, text, text, text, (hosts, otherDuration, batches, ticket, options) => {
        const parts = { hosts, otherDuration, batches, ticket, options };
        const answer = read(parts);
        if ("line" in answer)
          expect(parseCommand(answer.line, { ...AT, clusters: [PROD], nowMs: NOW, timeZone: null }).ok).toBe(
            true,
          );
        else expect(Object.values(answer.mistakes).every((wrong) => wrong !== "")).toBe(true);
      }),
    );
  });
});

describe("what is wrong", () => {
  test("stands beside the input it belongs to, all at once", () => {
    expect(read({ hosts: "web-[", otherDuration: "2d", batches: "0", options: "--colour red" })).toEqual({
      mistakes: {
        hosts: expect.stringContaining("web-["),
        other_duration: "2d is longer than the 1 d that prod allows.",
        batches: expect.stringContaining("at least one machine"),
        options: expect.stringContaining("no option --colour"),
      },
    });
  });

  test.each(["xx", "4x", "tomorrow"])("is said of a duration that is none: %s", (otherDuration) => {
    expect(read({ otherDuration })).toEqual({
      mistakes: { other_duration: expect.stringContaining(`${otherDuration} is not a duration`) },
    });
  });

  test("is not said of a duration that phones write in their own way", () => {
    expect(drainOf({ otherDuration: "１ h 30 m" })).toMatchObject({ durationMs: 1.5 * HOUR });
  });

  test("is looked for in the cluster that is chosen", () => {
    expect(read({ cluster: "staging", duration: "2h", runbook: "kernel-update" }, [PROD, STAGING])).toEqual({
      mistakes: {
        duration: "2h is longer than the 1 h that staging allows.",
        runbook: "staging has no runbook kernel-update; it has none.",
      },
    });
  });

  test("of the other options is looked for beside what the rest of the form says", () => {
    expect(read({ options: "--approve once" })).toEqual({
      mistakes: { options: "--approve is about batches, and no --batch is given." },
    });
    expect(read({ options: "--approve once", batches: "5" })).toHaveProperty("line");
    expect(read({ otherDuration: "1h", options: "--deadline 2h" })).toHaveProperty("mistakes.options");
  });

  test("with the inputs together stands beside the options", () => {
    expect(read({ reason: "a", options: "--reason b" })).toEqual({
      mistakes: { options: "--reason is given twice." },
    });
  });

  test("is said of a start that is over", () => {
    expect(read({ start: NOW })).toEqual({ mistakes: { start: expect.stringContaining("is over") } });
  });

  test("is said where the cluster is not known", () => {
    expect(read({}, [PROD, STAGING], { ...AT, channel: "C9" })).toEqual({
      mistakes: { cluster: "Choose the cluster." },
    });
  });

  test("is said in the Home of a cluster whose card would have no place", () => {
    const home = { ...AT, channel: ALICE };
    expect(read({ cluster: "staging" }, [PROD, STAGING], home)).toEqual({
      mistakes: { cluster: expect.stringContaining("staging has no channel of its own") },
    });
    expect(read({ cluster: "prod" }, [PROD, STAGING], home)).toHaveProperty("line");
  });
});

const choicesIn = (
  channel: string,
  clusters: readonly FormCluster[],
  people: Pick<People, "of"> = IN_SHANGHAI,
) => createForm(clusters, () => NOW, people).formChoices({ channel, user: ALICE });

test("the form proposes the cluster of the channel, else the only one", async () => {
  expect(await choicesIn("C1", [PROD, STAGING])).toMatchObject({ chosen: "prod" });
  expect(await choicesIn("C9", [PROD, STAGING])).toMatchObject({ chosen: null });
  expect(await choicesIn("C9", [PROD])).toMatchObject({ chosen: "prod" });
});

test("the form has the zone of whom it opens for, and opens all the same while Slack does not tell it", async () => {
  expect(await choicesIn("C1", [PROD])).toMatchObject({ timeZone: "Asia/Shanghai" });
  expect(await choicesIn("C1", [PROD], { of: () => new Promise(() => {}) })).toMatchObject({
    timeZone: null,
  });
});

describe("a time that is typed in a form", () => {
  // 05:00 in Shanghai.
  const AT_22 = Date.parse("2026-12-02T14:00:00Z");

  test("is one of the person's zone, as in a line, and stands in full in the line that is sent", () => {
    for (const parts of [{ start: "22:00" }, { options: "--at 22:00" }]) {
      expect(read(parts)).toEqual({ line: "drain web-* 2h --at 2026-12-02T14:00Z --cluster prod" });
      expect(drainOf(parts).startMs).toBe(AT_22);
    }
    expect(drainOf({ start: "tomorrow 22:00" }).startMs).toBe(AT_22 + 24 * HOUR);
    expect(drainOf({ start: "2026-12-02T22:00+08:00" }).startMs).toBe(AT_22);
    expect(drainOf({ options: "--until 06:30" }).durationMs).toBe(1.5 * HOUR);
  });

  test("that is none, is over, or is in no known zone is told beside its input", () => {
    expect(read({ start: "whenever" })).toEqual({
      mistakes: { start: expect.stringMatching(/^whenever is not a time/) },
    });
    expect(read({ start: "2026-12-01T22:00+08:00" })).toEqual({
      mistakes: { start: expect.stringContaining("is past") },
    });
    expect(read({ start: "22:00" }, [PROD], { ...AT, timeZone: null })).toEqual({
      mistakes: { start: expect.stringContaining("does not tell your time zone") },
    });
  });

  test("that comes twice is asked about with both of them", () => {
    const inBerlin = { ...AT, timeZone: "Europe/Berlin" };
    expect(read({ start: "2027-10-31 02:30" }, [PROD], inBerlin)).toEqual({
      mistakes: {
        start: expect.stringMatching(/2027-10-31T02:30\+02:00 and 2027-10-31T02:30\+01:00\. Which/),
      },
    });
  });
});

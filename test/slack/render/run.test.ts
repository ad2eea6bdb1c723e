import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Run } from "../../../src/maintenance/record/run.js";
import { renderRun } from "../../../src/slack/render/run.js";
import { runs } from "../../support/fast-check.js";
import { runningRun, runOf } from "../../support/runs.js";
import { refusal } from "../block-rules.js";
import { batchOf, NOW, recordOf } from "../fixtures.js";
import { renderText } from "../plain-text.js";

const WAITING = runOf();

const RUNNING = runningRun();

const ended = (kind: NonNullable<Run["outcome"]>["kind"]): Run => ({
  ...RUNNING,
  outcome: { kind, atMs: NOW, words: "Exit code 2: a host failed.", hosts: [] },
});

const record = recordOf({ batches: [batchOf({ phase: "down" }), batchOf({ id: "b2" })] });

const shown = (run: Run, tail: readonly string[] = []) => renderText(renderRun(record, run, tail));

const buttons = (run: Run) => /stop_run/.test(JSON.stringify(renderRun(record, run, []).blocks));

describe("the message of a run", () => {
  test("says what runs, for which batch, on which worker and machines, and how long at most", () => {
    const text = shown(RUNNING, ["TASK [reboot]", "ok: [web-01]"]);
    for (const words of [
      "Running",
      "kernel-update (batch 1 of 2)",
      "b1r1",
      "by worker w1:4711",
      "time limit 1 h",
      "web-01",
      "TASK [reboot]\nok: [web-01]",
    ])
      expect(text).toContain(words);
  });

  test("says who asked for it where it did not come with the Down", () => {
    expect(shown({ ...RUNNING, askedBy: "U02BOB", approval: null })).toContain("asked for by @U02BOB");
  });

  test.each([
    ["waits for a worker", WAITING, "Waiting for a worker", true],
    ["runs", RUNNING, "Running", true],
    [
      "is being stopped",
      { ...RUNNING, stop: { by: "U02BOB", atMs: NOW } },
      "Stopping, asked by @U02BOB",
      false,
    ],
    ["has succeeded", ended("ok"), "Done", false],
    ["has failed", ended("failed"), "Failed", false],
    ["was ended", ended("ended"), "Ended", false],
    ["was not started", ended("not_started"), "Not started", false],
    ["is unknown", ended("unknown"), "Unknown", false],
  ] as const)(
    "while it %s it says so, and has a button Stop run only as long as it can be stopped",
    (_, run, words, stop) => {
      expect(shown(run)).toContain(words);
      expect(buttons(run)).toBe(stop);
      expect(shown(run).includes("Exit code 2")).toBe(run.outcome !== null && run.outcome.kind !== "ok");
    },
  );

  test("keeps the newest lines where there are too many", () => {
    const text = shown(
      RUNNING,
      Array.from({ length: 40 }, (_, at) => `line ${at} ${"x".repeat(280)}`),
    );
    expect(text).toContain("line 39 ");
    expect(text).not.toContain("line 10 ");
  });

  test("is a message that Slack takes, whatever the program prints, and forms no mention (invariant 10)", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.constantFrom("<!channel>", "```", "<@U01ALICE>", "```\n<!here>", "&<>".repeat(100)),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 25 }), hostile, (tail, words) => {
        const outcome = { kind: "failed", atMs: NOW, words, hosts: [] } as const;
        for (const run of [RUNNING, { ...RUNNING, outcome: { ...outcome, hosts: [] } }]) {
          const message = renderRun(record, run, tail);
          expect(refusal(message.blocks)).toBeNull();
          expect(JSON.stringify(message)).not.toMatch(/<!(channel|here)|<@U01ALICE>/);
        }
      }),
      { numRuns: runs(100) },
    );
  });
});

import { expect, test } from "vitest";
import { hostsJob } from "../../../src/engine/lanes/jobs.js";

/** As 0.1.0 queued it. */
const older = (verb: string) => ({
  verb,
  target: { kind: "hosts", hosts: "web-01,web-02" },
  person: { user: "U02BOB", groups: [], lookupFailed: false },
  override: null,
  askedAtMs: 1,
  replyTo: { responseUrl: null, channel: "C1", user: "U02BOB", thread: null },
});

test.each([
  ["down", { kind: "ask_down", batch: null }],
  ["up", { kind: "up" }],
  ["cancel", { kind: "cancel" }],
])(
  "%s with hosts that the version before queued is carried out as it was meant (invariant 11)",
  (verb, decision) => {
    const person = { user: "U02BOB", standing: "unknown" };
    expect(hostsJob.parse(older(verb))).toMatchObject({ verb, rest: "", decision, person });
  },
);

test("a decision of this version is taken as it is, whatever its verb", () => {
  const extend = { kind: "extend", byMs: 60_000 };
  const job = { ...older("extend"), rest: " 1m", decision: extend };
  expect(hostsJob.parse(job)).toMatchObject({ rest: " 1m", decision: extend });
  expect(() => hostsJob.parse(older("extend"))).toThrow();
});

import { describe, expect, test } from "vitest";
import { type Habit, habitSentence, habitsOf } from "../../../src/maintenance/answers/habits.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { handOver } from "../../../src/maintenance/show/hand-over.js";
import { readerOf } from "../../support/drawn.js";
import {
  agent,
  answer,
  framework,
  HOUR,
  MINUTE,
  NOW,
  recordOf,
  task,
  windowOn,
} from "../../support/world.js";
import { downWorld, drainingWorld, inPhase, OURS, tick } from "../support/flow.js";

const START = NOW + HOUR;

const window = windowOn(["web-01", "web-02"], START, 4 * HOUR);

const two = [task("a1", "aurora", "web-01"), task("a2", "aurora", "web-02")];

const fresh = inPhase("draining", { window: { start: window.start, duration: window.duration } });

const asked = (parts: Parameters<typeof drainingWorld>[0] = {}) =>
  drainingWorld({ windows: [window], frameworks: [framework("aurora")], ...parts });

/** What is known of a framework after looking at these worlds, a minute apart. */
function behaviourOf(...worlds: readonly ReturnType<typeof drainingWorld>[]) {
  let record = fresh;
  worlds.forEach((world, minute) => {
    record = tick(record, { ...world, observedAtMs: NOW + minute * MINUTE }, NOW + minute * MINUTE).record;
  });
  return record.behaviour;
}

describe("what a framework does is written down", () => {
  const both = { "web-01": [answer("aurora", "accept")], "web-02": [answer("aurora", "accept")] };

  test("the record says on how many machines a framework was, accepted and left, and how long before the start", () => {
    expect(behaviourOf(asked({ tasks: two }), asked({ tasks: two, answers: both }), asked())).toEqual([
      {
        framework: "aurora",
        id: "aurora",
        asked: 2,
        accepted: 2,
        declined: 0,
        left: 2,
        leftBeforeStartMs: HOUR - 2 * MINUTE,
      },
    ]);
  });
  test("a framework left when it was first gone", () => {
    expect(behaviourOf(asked({ tasks: two }), asked(), asked())).toMatchObject([
      { left: 2, leftBeforeStartMs: HOUR - MINUTE },
    ]);
  });
  test("a framework that came back has not left", () => {
    expect(behaviourOf(asked({ tasks: two }), asked(), asked({ tasks: two.slice(1) }))).toMatchObject([
      { asked: 2, left: 1, leftBeforeStartMs: null },
    ]);
  });
  test("an answer that was erased later was given all the same", () => {
    const declined = { "web-01": [answer("aurora", "decline")] };
    expect(behaviourOf(asked({ tasks: two, answers: declined }), asked({ tasks: two }))).toMatchObject([
      { accepted: 0, declined: 1 },
    ]);
  });
  test("answers for machines without its tasks do not make it more willing", () => {
    expect(behaviourOf(asked({ tasks: two.slice(0, 1), answers: both }))).toMatchObject([
      { asked: 1, accepted: 1 },
    ]);
    expect(behaviourOf(asked({ answers: both }))).toEqual([]);
  });
  test.each([
    ["was killed by the Down", downWorld()],
    [
      "cannot be seen since a fail-over",
      asked({ agents: [], recoveredAgents: [agent("web-01"), agent("web-02")] }),
    ],
    [
      "is on a machine that somebody took off the schedule",
      asked({ windows: [windowOn(["web-02"], START, 4 * HOUR)] }),
    ],
  ])("a framework that %s has not left", (_, after) => {
    expect(behaviourOf(asked({ tasks: two }), after)).toMatchObject([{ asked: 2, left: 0 }]);
  });
  test.each([
    ["is not connected", { frameworks: [framework("aurora", { connected: false })] }],
    ["takes no offers", { frameworks: [framework("aurora", { active: false })] }],
    [
      "is on deactivated agents",
      { agents: ["web-01", "web-02"].map((name) => agent(name, { active: false, deactivated: true })) },
    ],
  ])(
    "a framework that %s could not be asked, so that its silence counts for nothing (invariant 13)",
    (_, parts) => {
      const silent = behaviourOf(asked({ tasks: two, ...parts }), asked());
      expect(silent).toMatchObject([{ framework: "aurora", asked: 0, accepted: 0, left: 0 }]);
      const done = recordOf({ behaviour: silent, end: { phase: "up", atMs: NOW, why: null } });
      expect(habitsOf([done, done])).toEqual(new Map<string, Habit>());
      expect(handOver(done, readerOf()).text).toContain("aurora: could not be asked");
    },
  );
  test("a framework was asked on the machines alone where it could be, and has not left while a task of it is anywhere", () => {
    const agents = [agent("web-01", { active: false, deactivated: true }), agent("web-02")];
    const tasks = { "web-02": [answer("aurora", "accept")] };
    expect(
      behaviourOf(asked({ tasks: two, answers: tasks, agents }), asked({ tasks: two.slice(0, 1), agents })),
    ).toMatchObject([{ asked: 1, accepted: 1, left: 0 }]);
  });
  test("a framework that answered and then lost its connection was asked", () => {
    const gone = asked({
      tasks: two,
      answers: both,
      frameworks: [framework("aurora", { connected: false })],
    });
    expect(behaviourOf(gone)).toMatchObject([{ asked: 2, accepted: 2 }]);
  });
  test("a look that shows nothing new leaves the record as it is", () => {
    const world = asked({ tasks: two });
    const first = tick(fresh, world).record;
    expect(tick(first, world).record.behaviour).toBe(first.behaviour);
    expect(tick(inPhase("scheduled"), drainingWorld({ windows: [OURS] })).record.behaviour).toEqual([]);
  });
});

type Entry = Maintenance["behaviour"][number];

const entry = (parts: Partial<Entry> = {}): Entry => ({
  framework: "aurora",
  asked: 2,
  accepted: 0,
  declined: 0,
  left: 0,
  leftBeforeStartMs: null,
  ...parts,
});

const finished = (behaviour: Entry, phase: "up" | "cancelled" | "failed" = "up") =>
  recordOf({ behaviour: [behaviour], end: { phase, atMs: NOW, why: null } });

describe("habits", () => {
  const sentence = (...entries: readonly Entry[]) => {
    const habit = habitsOf(entries.map((each) => finished(each))).get("aurora");
    return habit === undefined ? null : habitSentence(habit);
  };
  const leaves = (leftBeforeStartMs: number) => entry({ accepted: 2, left: 2, leftBeforeStartMs });

  test.each<[string, Entry[], string]>([
    [
      "of never answering nor leaving",
      [entry(), entry()],
      "has never answered and has never left before Down (2 maintenances)",
    ],
    [
      "of leaving in silence at the start",
      [entry({ left: 2, leftBeforeStartMs: 0 }), entry({ left: 2, leftBeforeStartMs: 30_000 })],
      "has never answered and leaves at the start (2 maintenances)",
    ],
    [
      "of leaving early",
      [leaves(6 * MINUTE), leaves(5 * MINUTE), leaves(90 * MINUTE)],
      "always accepts and leaves 6 m before the start (3 maintenances)",
    ],
    [
      "of leaving late",
      [leaves(-3 * MINUTE), leaves(-4 * MINUTE)],
      "always accepts and leaves 4 m after the start (2 maintenances)",
    ],
    [
      "of declining",
      [entry({ declined: 1, accepted: 1 }), entry({ declined: 2 })],
      "always declines and has never left before Down (2 maintenances)",
    ],
    [
      "of doing now this, now that",
      [leaves(6 * MINUTE), leaves(6 * MINUTE), entry({ declined: 1 }), entry()],
      "accepted 2 times, declined once, was silent once and left 2 of 4 times 6 m before the start (4 maintenances)",
    ],
  ])("a habit %s is told in a sentence", (_, entries, words) => {
    expect(sentence(...entries)).toBe(words);
  });

  test("what a framework did once is no habit", () => {
    expect(sentence(entry({ declined: 1 }))).toBeNull();
  });
  test("a maintenance in which a framework had no tasks, or that was cancelled, is no evidence", () => {
    const nothing = [finished(entry()), finished(entry({ asked: 0 })), finished(entry(), "cancelled")];
    expect(habitsOf(nothing)).toEqual(new Map<string, Habit>());
  });
});

import { describe, expect, test } from "vitest";
import { type LogEvent, logEvent, type NewEvent } from "../../../src/maintenance/record/events.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { renderEvent } from "../../../src/slack/render/event.js";
import { batchOf, blastOf, HOUR, NOW, recordOf } from "../fixtures.js";
import { renderText } from "../plain-text.js";

const framework = {
  name: "kafka",
  tasks: 2,
  empty: 0,
  promised: 1,
  refused: 1,
  silent: 0,
  refusedOn: ["web-04"],
  unasked: [{ why: "agent_deactivated" as const, machines: 1 }],
};

const deadline = (then: "release" | "ask" | "force", tasksLeft: number): NewEvent => {
  return { kind: "deadline", then, tasksLeft };
};

const RUN = { batch: "b1", run: "b1r2", runbook: "kernel-update" };

/** One of each kind, and words its message must have; `null` for those without a message. */
const EVENTS: readonly (readonly [NewEvent, readonly string[] | null])[] = [
  [{ kind: "requested", by: "U01ALICE" }, null],
  [
    { kind: "adopted", batch: "b1", machines: 6, down: true },
    ["Adopted: 6 machines", "Nothing was posted", "press Up on the card"],
  ],
  [
    { kind: "scheduled", batch: "b1", machines: 6 },
    ["Scheduled: 6 machines", "2026-11-20 22:00 UTC – 2026-11-21 02:00 UTC"],
  ],
  [
    { kind: "answers_changed", tasksLeft: 17, tasksMost: 64, frameworks: [framework] },
    [
      "17 of 64 tasks left",
      "73 % gone",
      "kafka: promised 1/2, refused 1 (on web-04), cannot be asked on 1: agent deactivated",
    ],
  ],
  [
    {
      kind: "answers_changed",
      tasksLeft: 30,
      tasksMost: 64,
      frameworks: [],
      news: { refused: ["kafka on web-04"], withdrawn: ["flink on web-01"], quarter: 2 },
    },
    [
      "Half of the tasks are gone  30 of 64 tasks left",
      "Refuses to leave: kafka on web-04",
      "Took the promise back: flink on web-01",
    ],
  ],
  [{ kind: "empty", batch: "b1" }, ["no tasks are left"]],
  [
    { kind: "answers_cleared", why: "fail_over" },
    ["leading master changed", "asked again once they and the agents are back", "not counted"],
  ],
  [{ kind: "answers_cleared", why: "schedule_change" }, ["schedule changed", "asked again", "not counted"]],
  [{ kind: "answers_cleared", why: "unknown" }, ["forgot answers", "same list", "not counted"]],
  [
    { kind: "agents_away", machines: ["web-04"], tasks: 2 },
    ["Cannot be reached", "web-04", "2 tasks were last seen there", "may go on running", "Next:"],
  ],
  [
    { kind: "agents_gone", machines: ["web-04"], agents: 1, tasks: 2 },
    ["Marked gone", "not the bot", "1 agent of web-04", "2 tasks ended there", "comes back as a new agent"],
  ],
  [{ kind: "agents_registered", machines: ["web-04"] }, ["Registered again", "web-04"]],
  [{ kind: "window_starts_soon", startMs: NOW }, ["2026-11-20 21:52 UTC"]],
  [{ kind: "window_starts_soon", batch: "b1", startMs: NOW }, ["The window starts 2026-11-20 21:52 UTC"]],
  [{ kind: "approval_asked", batch: "b1", approval: "a1", by: null }, null],
  [{ kind: "approved", batch: "b1", approval: "a1", by: "U02BOB" }, ["@U02BOB approved Down"]],
  [
    { kind: "denied", batch: "b1", approval: "a1", by: "U02BOB", reason: "peak hours" },
    ["@U02BOB denied Down: peak hours", "Nothing was taken down"],
  ],
  [
    { kind: "approval_expired", batch: "b1", approval: "a1" },
    ["@U01ALICE: nobody approved Down in time", "Nothing was taken down", "ask again"],
  ],
  [
    { kind: "approval_outdated", batch: "b1", approval: "a1", by: "U02BOB", changes: ["2 more tasks"] },
    ["The approval by @U02BOB was not carried out", "• 2 more tasks", "Nothing was taken down"],
  ],
  [
    { kind: "voted", batch: "b1", approval: "a1", by: "U02BOB", votes: 1, needed: 2 },
    ["@U02BOB approved Down: 1 of 2"],
  ],
  [
    { kind: "approval_reminder", batch: "b1", approval: "a1", expiresAtMs: NOW },
    [
      "@U01ALICE: nobody has answered yet",
      "expires 2026-11-20 21:52 UTC",
      "nothing is taken down",
      "Next: answer it",
    ],
  ],
  [
    {
      kind: "refused",
      by: "U02BOB",
      decision: "approve",
      why: "Who may approve: <!subteam^S0OPS1>, <@U01ALICE>.",
    },
    ["@U02BOB wanted to approve and may not. They were told: Who may approve: the group S0OPS1, @U01ALICE."],
  ],
  [{ kind: "refused", by: "U02BOB", decision: "dance", why: "No." }, ["wanted to dance and may not"]],
  [
    { kind: "held", by: "U02BOB", reason: "backup", as: "operator" },
    ["@U02BOB holds: backup. Nothing goes on until somebody presses Release"],
  ],
  [{ kind: "held", by: "U02BOB", reason: null, as: "owner" }, ["@U02BOB holds as an owner. Nothing"]],
  [{ kind: "released", by: "U02BOB", askedAtMs: NOW }, ["@U02BOB released a hold"]],
  [
    { kind: "extended", batch: "b1", by: "U02BOB", byMs: HOUR, endMs: NOW, askedAtMs: NOW },
    ["@U02BOB extended the window by 1 h, until 2026-11-20 21:52 UTC", "asked again", "Other windows stay"],
  ],
  [
    { kind: "paused", batch: "b1", rule: "refused", saw: "kafka refused to leave" },
    ["Paused before batch 1 of 1: kafka refused to leave.", "press Go on, Skip batch or Cancel"],
  ],
  [
    { kind: "paused", batch: "b1", rule: "not_back", saw: "1 agent has not registered again: web-01" },
    ["web-01.", "start the agent on those machines", "Leave behind"],
  ],
  [
    { kind: "paused", batch: "b1", rule: "outside_limits", saw: "it is outside of the limits" },
    ["the limits.", "approve or deny the question for this batch alone"],
  ],
  [{ kind: "went_on", batch: "b1", rule: "refused", by: "U02BOB" }, ["@U02BOB goes on with batch 1 of 1"]],
  [
    { kind: "skipped", batch: "b1", by: "U02BOB", askedAtMs: NOW },
    ["@U02BOB skips batch 1 of 1", "given back"],
  ],
  [
    { kind: "left_behind", batch: "b1", machines: ["web-01"], into: "m-9x8y7", by: "U02BOB" },
    ["@U02BOB leaves behind web-01", "m-9x8y7 waits for the agents there"],
  ],
  [
    { kind: "split_off", from: "m-9x8y7", machines: ["web-01"], by: "U02BOB" },
    ["@U02BOB left behind web-01", "m-9x8y7 goes on without", "waited for here"],
  ],
  [
    { kind: "within_limits", batch: "b1", approval: "b0a1", by: "U02BOB" },
    ["Inside of the limits that @U02BOB approved"],
  ],
  [
    { kind: "windows_moved", batches: ["b2"], byMs: HOUR, posted: true },
    ["Running late: the window of the next batch is moved by 1 h", "asked again"],
  ],
  [deadline("release", 3), ["The deadline has passed with 3 tasks left. The machines"]],
  [deadline("ask", 1), ["with 1 task left. The approval is asked for."]],
  [deadline("force", 1), ["to go on although tasks are left"]],
  [
    { kind: "overridden", by: "U02BOB", rule: "calendar", reason: "CVE" },
    ["@U02BOB overrides the rule calendar: CVE"],
  ],
  [
    {
      kind: "owners_told",
      owners: [
        { owner: "S0KAFKA", of: ["kafka"] },
        { owner: "U03CAROL", of: ["api", "web"] },
      ],
    },
    ["@S0KAFKA (kafka), @U03CAROL (api, web)", "Next: press Ready"],
  ],
  [{ kind: "owner_ready", by: "U03CAROL", of: ["api"] }, ["@U03CAROL is ready (api)"]],
  [
    { kind: "blast_radius" },
    ["What goes away with these 6 machines: 3 tasks", "• marathon 2: /billing/api 2"],
  ],
  [
    { kind: "kill_draining", batch: "b1", agents: 2, tasks: 17 },
    ["17 tasks on 2 agents", "cannot be taken back"],
  ],
  [{ kind: "kill_drained", batch: "b1", tasks: 17 }, ["of 17 tasks none is left"]],
  [
    {
      kind: "move_step",
      batch: "b1",
      app: "/shop/api",
      host: "web-01",
      number: 1,
      of: 3,
      healthy: 4,
      minimum: 2,
      isAnswered: true,
    },
    ["Moving /shop/api: task 1 of 3 is killed on web-01", "4 were healthy before, 2 have to be"],
  ],
  [
    {
      kind: "move_step",
      batch: "b1",
      app: "/shop/api",
      host: "web-01",
      number: 1,
      of: 3,
      healthy: 4,
      minimum: 2,
      isAnswered: false,
      why: "It did not answer in time.",
    },
    ["No answer came. It did not answer in time. Whether it was done, the next look at Marathon shows."],
  ],
  [
    { kind: "move_stopped", batch: "b1", app: "/shop/api", why: "It comes back." },
    ["Nothing more is moved of /shop/api: It comes back."],
  ],
  [
    { kind: "move_ended", batch: "b1", why: "None is left.", moved: 2, of: 3 },
    ["Moving tasks is over: 2 of 3 are gone. None is left."],
  ],
  [{ kind: "unwatched", sinceMs: NOW }, ["Nobody had looked after this since", "Next: look at the card"]],
  [
    { kind: "watched_again", by: "U02BOB", askedAtMs: NOW },
    ["@U02BOB goes on from what the master shows now"],
  ],
  [{ kind: "taking_down", batch: "b1" }, ["Taking down"]],
  [
    { kind: "down", batch: "b1", machines: 6, tasksLost: 1 },
    ["6 machines", "1 task lost", "/mesos up m-7k3q"],
  ],
  [{ kind: "bringing_up", batch: "b1", by: "U01ALICE" }, ["@U01ALICE asked for Up"]],
  [{ kind: "bringing_up", batch: "b1", by: null }, ["Bringing up"]],
  [{ kind: "up", batch: "b1", machines: 6 }, ["6 machines", "does not start them"]],
  [
    { kind: "agents_returned", machines: ["web-01"], missing: 5 },
    ["web-01 registered again; 5 still missing"],
  ],
  [{ kind: "agents_returned", machines: ["web-01"], missing: 0 }, ["All are back"]],
  [
    {
      kind: "agents_returned",
      machines: ["web-01"],
      missing: 1,
      agents: 2,
      changes: ["web-01 has a new agent id"],
    },
    ["1 of 2 agents back", "Not as before", "web-01 has a new agent id"],
  ],
  [
    { kind: "down", batch: "b1", machines: 2, tasksLost: 1, tasksAway: 2 },
    ["1 task lost; 2 tasks were on agents that could not be reached, and may go on running"],
  ],
  [
    { kind: "agents_missing", machines: ["web-01"] },
    ["web-01 have not registered again", "meta/slaves/latest", "Next: start the agent"],
  ],
  [
    { kind: "agents_missing", machines: ["web-01"], why: ["web-01: it is Down again, by somebody else"] },
    ["• web-01: it is Down again, by somebody else"],
  ],
  [{ kind: "cancel_asked", by: "U01ALICE" }, ["@U01ALICE cancelled. "]],
  [{ kind: "cancel_asked", by: "U02BOB" }, ["@U02BOB cancelled what @U01ALICE asked for. "]],
  [{ kind: "cancelled" }, ["back in service", "untouched"]],
  [
    { kind: "cancelled", unseen: true },
    ["Closed here", "may still be draining", "may have replaced them", "Next: look at the schedule"],
  ],
  [
    { kind: "cancelled", stillDrained: ["web-02"] },
    [
      "Closed here",
      "the agents of web-02 take no tasks, as far as is known, until somebody reactivates them",
    ],
  ],
  [
    { kind: "overdue", batch: "b1", endMs: NOW },
    ["ended 2026-11-20 21:52 UTC", "still drain", "Next: press Extend"],
  ],
  [{ kind: "foreign_change", text: "web-01 left the schedule" }, ["web-01 left the schedule"]],
  [
    {
      kind: "trouble",
      code: "no_leader",
      what: "No master leads.",
      said: "No leader elected",
      notDone: "Nothing was posted.",
      next: "Look at ZooKeeper.",
    },
    ["No master leads.\n> No leader elected\nNot done: Nothing was posted.\nNext: Look at ZooKeeper."],
  ],
  [{ kind: "trouble_over", code: "no_leader", sinceMs: NOW - 90_000 }, ["Going on again after 1 m 30 s"]],
  [{ kind: "note", text: "The master is 1.6.0." }, ["The master is 1.6.0."]],
  [
    { kind: "failed", why: "web-01 is planned by m-8x2p4 of <@U02BOB>.", next: "Leave it out." },
    ["Failed: web-01 is planned by m-8x2p4 of @U02BOB.", "Next: Leave it out."],
  ],
  [
    { kind: "failed", why: "The machines are gone.", next: "Type it again." },
    ["Failed: The machines are gone.", "Next: Type it again."],
  ],
  [
    { kind: "run_asked", ...RUN, by: "U02BOB", askedAtMs: NOW },
    ["@U02BOB", "asked for a run", "kernel-update", "b1r2"],
  ],
  [{ kind: "run_started", ...RUN, worker: "w1:4711" }, null],
  [
    { kind: "run_stop_asked", ...RUN, by: "U02BOB", askedAtMs: NOW },
    ["@U02BOB", "stops the runbook", "kernel-update", "stay Down"],
  ],
  [
    {
      kind: "run_ended",
      ...RUN,
      how: "failed",
      words: "Exit code 2: tasks failed on hosts.",
      hosts: [
        { hostname: "web-01", how: "ok" },
        { hostname: "web-02", how: "failed" },
      ],
      lastedMs: 180_000,
    },
    ["Failed", "after 3 m", "kernel-update", "Exit code 2", "web-01", "web-02"],
  ],
  [
    { kind: "left_down", ...RUN, by: "U02BOB", askedAtMs: NOW },
    ["@U02BOB", "leaves the machines Down", "press Up"],
  ],
];

const eventOf = (event: NewEvent): LogEvent => logEvent.parse({ ...event, seq: 1, atMs: NOW });

describe("the thread's message for", () => {
  test("windows that were moved before they were posted says nothing of answers: no post erased them", () => {
    const moved = eventOf({ kind: "windows_moved", batches: ["b2"], byMs: HOUR, posted: false });
    expect(renderEvent(recordOf(), moved)?.text).not.toContain("answers");
  });

  test.each(EVENTS.map(([event, words]) => [event.kind, event, words] as const))(
    "the message for %s says what happened",
    (_, event, words) => {
      const message = renderEvent(recordOf({ blast: blastOf() }), eventOf(event));
      if (words === null) {
        expect(message).toBeNull();
        return;
      }
      expect(message?.text, "a sentence begins after a space").not.toMatch(/[a-z)][.!?][A-Z]/);
      // A notification shows nothing else, and without the thread.
      expect(message?.text).toMatch(/^m-7k3q in prod: /);
      for (const part of words) expect(message === null ? "" : renderText(message)).toContain(part);
    },
  );

  test("a Down says that the runbook is next, unless the window had ended by then", () => {
    const record = recordOf({ batches: [batchOf({ phase: "down" })] });
    const withRun = { ...record, wanted: { ...record.wanted, run: "kernel-update" } };
    const down = eventOf({ kind: "down", batch: "b1", machines: 2, tasksLost: 0 });
    const text = (one: Maintenance, atMs: number) => renderEvent(one, { ...down, atMs })?.text;
    expect(text(withRun, NOW)).toContain("The runbook `kernel-update` is next");
    expect(text(withRun, NOW + 30 * HOUR)).toContain("When the work is done press Up");
    expect(text(record, NOW)).toContain("When the work is done press Up");
  });

  test("a hold of a drain in batches is told as one of all batches", () => {
    const record = recordOf({ batches: [batchOf(), batchOf({ id: "b2" })] });
    const event = eventOf({ kind: "held", by: "U02BOB", reason: null, as: "owner" });
    const message = renderEvent(record, event);
    expect(message?.text).toContain("holds* as an owner. No batch goes on until somebody presses Release");
  });

  test("every kind of event is in the table above", () => {
    const kinds = logEvent.options.map((option) => option.shape.kind.value);
    expect([...new Set(EVENTS.map(([event]) => event.kind))].sort()).toEqual([...kinds].sort());
  });

  test.each([
    ["overdue", { kind: "overdue", batch: "b1", endMs: NOW }, "still out of service", "press Up"],
    [
      "extended",
      { kind: "extended", batch: "b1", by: "U02BOB", byMs: HOUR, endMs: NOW, askedAtMs: NOW },
      "Other windows stay",
      "",
    ],
  ] as [string, NewEvent, ...string[]][])(
    "%s of machines that are Down speaks of what helps then",
    (_, event, ...words) => {
      const shown = renderEvent(recordOf({ batches: [batchOf({ phase: "down" })] }), eventOf(event))?.text;
      for (const part of words) expect(shown).toContain(part);
      expect(shown).not.toMatch(/Cancel|asked again/);
    },
  );

  test("agents that are missing names Stop waiting only where the card has it", () => {
    const missing: NewEvent = { kind: "agents_missing", machines: ["web-01"] };
    const text = (batches: Maintenance["batches"]) =>
      renderEvent(recordOf({ batches }), eventOf(missing))?.text;
    const up = batchOf({ id: "b1", phase: "up" });
    expect(text([up])).toContain("Stop waiting");
    expect(text([up, batchOf({ id: "b2" })])).not.toContain("Stop waiting");
  });

  test("an extension of one of several batches says what becomes of the windows after it", () => {
    const record = recordOf({ batches: [batchOf(), batchOf({ id: "b2" })] });
    const extended = { kind: "extended", batch: "b1", by: "U02BOB", byMs: HOUR, endMs: NOW, askedAtMs: NOW };
    const shown = renderEvent(record, eventOf(extended as NewEvent))?.text;
    expect(shown).toContain("move along where they would overlap; those of other people stay");
    expect(shown).not.toContain("Other windows stay");
  });

  test("once a batch is back it is said which is next and when, but not while that one is on its way already", () => {
    const [up, next] = [batchOf({ phase: "up", agents: [] }), batchOf({ id: "b2" })];
    const back = eventOf({ kind: "agents_returned", machines: ["web-01"], missing: 0 });
    const shown = renderEvent(recordOf({ batches: [up, next] }), back)?.text;
    expect(shown).toMatch(
      /All are back\.\s*\*Next:\* batch 2 of 2, whose window is .*2026-.* To take it down before that, press Ask for Down/,
    );
    const going = recordOf({ batches: [up, batchOf({ id: "b2", phase: "taking_down" })] });
    expect(renderEvent(going, back)?.text).not.toContain("Next");
    expect(renderEvent(recordOf({ batches: [up] }), back)?.text).not.toContain("Next");
  });

  test("what goes away with several batches is told as going one after another", () => {
    const record = recordOf({ blast: blastOf(), batches: [batchOf(), batchOf({ id: "b2" })] });
    const shown = renderEvent(record, eventOf({ kind: "blast_radius" }))?.text;
    expect(shown).toMatch(/What goes away with these \d+ machines, one batch after another:/);
  });

  test("a cancel says that what is Down stays so, where a batch is", () => {
    const record = recordOf({ batches: [batchOf({ phase: "down" }), batchOf({ id: "b2" })] });
    const shown = renderEvent(record, eventOf({ kind: "cancel_asked", by: "U01ALICE" }))?.text;
    expect(shown).toContain("What is Down stays so until Up");
    expect(shown).not.toContain("The machines are being given back");
  });

  test("an event of one of several batches says which", () => {
    const record = recordOf({ batches: [batchOf({ id: "b1" }), batchOf({ id: "b2" })] });
    const message = renderEvent(record, eventOf({ kind: "empty", batch: "b2" }));
    expect(message?.text).toContain("(batch 2 of 2)");
  });
});

test("a hold does not say that a window stays that was never posted", () => {
  const held: LogEvent = { seq: 1, atMs: NOW, kind: "held", by: "U02BOB", reason: null, as: "operator" };
  const told = (record: Maintenance) => renderText(renderEvent(record, held) ?? expect.fail("no message"));
  expect(told(recordOf())).toContain("the window stays in the schedule");
  const planned = batchOf({ phase: "scheduled", drainingSinceMs: null });
  expect(told(recordOf({ batches: [planned] }))).toMatch(/until somebody presses Release\./);
});

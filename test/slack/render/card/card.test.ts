import { describe, expect, test } from "vitest";
import type { Maintenance } from "../../../../src/maintenance/record/record.js";
import { millisToNanos } from "../../../../src/maintenance/time.js";
import { renderCard } from "../../../../src/slack/render/card/card.js";
import { approvalOf, batchOf, HOUR, machines, NOW, pictureOf, recordOf, verdict } from "../../fixtures.js";
import { renderText } from "../../plain-text.js";
import { buttons } from "./card-clicks.js";

const text = (record: Maintenance, now = NOW) => renderText(renderCard(record, now));

describe("the card", () => {
  test("the card tells who, why, when, how far and what every framework says", () => {
    const shown = text(
      recordOf({
        picture: pictureOf(17, 64, [
          verdict("web-01", "marathon", "promised"),
          verdict("web-02", "marathon", "silent"),
          verdict("web-01", "aurora", "empty"),
          verdict("web-02", "kafka", "refused"),
        ]),
      }),
    );
    expect(shown).toBe(
      [
        "🛠 m-7k3q · Drain 6 machines in prod · draining",
        "@U01ALICE · kernel CVE-2026-1234 · OPS-812 · asked 2026-11-20 20:52 UTC",
        "Window",
        "2026-11-20 22:00 UTC – 2026-11-21 02:00 UTC (4 h)",
        "Tasks",
        "17 of 64 left  ▓▓▓▓▓▓▓░░░ 73 % gone",
        "Frameworks  kafka: refused 1 (on web-02) · marathon: promised 1/2, silent 1 · aurora: nothing there",
        "Machines  draining · web-01, web-02, web-03, web-04, web-05, web-06",
        "[Ask for Down] [Hold] [Extend] [Details] [Cancel]",
      ].join("\n"),
    );
  });

  test.each([
    ["not posted", {}],
    ["being posted", { unsettledUntilMs: NOW }],
    ["posted, not seen yet", { postedAtMs: NOW }],
  ] as const)("the card calls a window that the master has not shown %s, not scheduled", (words, parts) => {
    const batch = batchOf({ phase: "scheduled", drainingSinceMs: null, postedAtMs: null, ...parts });
    const shown = text(recordOf({ batches: [batch], picture: null, ...parts }));
    expect(shown).toContain(`in prod · ${words}\n`);
    expect(shown).toContain(`(4 h) · _${words}_\n`);
    expect(shown).toContain(`Machines  ${words} · web-01`);
    expect(shown).not.toContain("scheduled");
  });

  test("the card is there before the machines are known", () => {
    const shown = text(recordOf({ batches: [], picture: null, reason: null, ticket: null }));
    expect(shown).toContain("Drain web-* in prod · looking up machines");
    expect(shown).toContain("as soon as it is posted (4 h)");
    expect(shown).toContain("Hosts  web-*");
  });

  test.each([
    ["up", "Back in service", null],
    ["up", "Up", "because"],
    ["cancelled", "Cancelled", "because"],
    ["failed", "Failed", "because"],
  ] as const)(
    "the card of a maintenance that ended %s says '%s' (%s) and has no buttons",
    (phase, words, why) => {
      const record = recordOf({ batches: [batchOf({ phase })], end: { phase, atMs: NOW, why } });
      expect(buttons(record)).toEqual([]);
      expect(text(record)).toContain(`· ${phase}\n`);
      const because = why === null ? "" : ` · ${why}`;
      expect(text(record)).toMatch(new RegExp(`${words}.* 2026-11-20 21:52 UTC${because}`));
    },
  );

  test("the card of a cancelled maintenance says who cancelled and only shows", () => {
    const record = recordOf({ cancel: { by: "U02BOB", atMs: NOW } });
    expect(buttons(record).map(([label]) => label)).toEqual(["Details"]);
    expect(text(record)).toContain("@U02BOB cancelled");
    expect(text(record)).toContain("· cancelling\n");
  });

  test("the card shows trouble with the master's words, what was not done and what to do (invariant 10)", () => {
    const shown = text(
      recordOf({
        trouble: {
          code: "no_leader",
          what: "No master leads the cluster.",
          said: "No leader elected",
          notDone: "The window was not posted.",
          next: "Look at ZooKeeper.",
          sinceMs: NOW,
        },
      }),
    );
    expect(shown).toContain(
      "Waiting since 2026-11-20 21:52 UTC: No master leads the cluster.\n> No leader elected\nNot done: The window was not posted.\nNext: Look at ZooKeeper.",
    );
  });

  test.each([
    [0, 64, "0 of 64 left  ▓▓▓▓▓▓▓▓▓▓ 100 % gone"],
    [1, 1000, "1 of 1000 left  ▓▓▓▓▓▓▓▓▓░ 99 % gone"],
    [64, 64, "64 of 64 left  ░░░░░░░░░░ 0 % gone"],
    [0, 0, "Tasks\nnone"],
  ])("%i of %i tasks are drawn honestly", (left, most, shown) => {
    expect(text(recordOf({ picture: pictureOf(left, most) }))).toContain(shown);
  });

  const granted = approvalOf({
    votes: [{ by: "U03CAROL", atMs: NOW }],
    outcome: { kind: "granted", by: "U02BOB", atMs: NOW },
  });
  const wentDown = { kind: "down" as const, batch: "b1", machines: 6, seq: 9, atMs: NOW };

  test.each(["down", "bringing_up", "up"] as const)(
    "the card of a batch that is %s tells what was lost and who approved it, in place of what is left",
    (phase) => {
      const record = recordOf({
        batches: [batchOf({ phase, approvals: [granted] })],
        events: [{ ...wentDown, tasksLost: 5 }],
        picture: pictureOf(0, 12, [verdict("web-01", "marathon", "silent")]),
        end: phase === "up" ? { phase, atMs: NOW, why: null } : null,
      });
      const shown = text(record);
      expect(shown).toContain("Tasks\n5 tasks lost · approved by @U03CAROL, @U02BOB\n");
      expect(shown).not.toMatch(/ left|▓|Frameworks|silent/);
    },
  );

  test.each([
    ["no task was lost", { ...wentDown, tasksLost: 0 }, "no task lost · approved by @U02BOB"],
    ["its event is no longer kept", null, "taken down · approved by @U02BOB"],
  ])("the card says so when %s", (_, event, words) => {
    const approvals = [approvalOf({ outcome: { kind: "granted", by: "U02BOB", atMs: NOW } })];
    const batches = [batchOf({ phase: "down", approvals })];
    expect(text(recordOf({ batches, events: event === null ? [] : [event] }))).toContain(words);
  });

  test.each(["cancelled", "failed"] as const)(
    "the card of a maintenance that has ended (%s) counts nothing as if it were draining",
    (phase) => {
      const shown = text(recordOf({ batches: [batchOf({ phase })], end: { phase, atMs: NOW, why: null } }));
      expect(shown).toContain("Tasks\nnothing was taken down\n");
      expect(shown).not.toMatch(/ left|▓|Frameworks/);
    },
  );

  test("the card of a maintenance that ended before its machines were known had no window and took nothing down", () => {
    const end = { phase: "failed" as const, atMs: NOW, why: "nothing matches" };
    const shown = text(recordOf({ batches: [], picture: null, end }));
    expect(shown).toContain("Window\nnone was posted\nTasks\nnothing was taken down\n");
  });

  test("the card counts what is left of one batch beside what was lost with another", () => {
    const batches = [batchOf({ id: "b1", phase: "down", approvals: [granted] }), batchOf({ id: "b2" })];
    const shown = text(recordOf({ batches, events: [{ ...wentDown, tasksLost: 1 }] }));
    expect(shown).toContain(
      "1 task lost · Down of 1 of 2 batches approved by @U03CAROL, @U02BOB\n17 of 64 left  ▓▓▓▓▓▓▓░░░ 73 % gone",
    );
    expect(shown).toContain("Frameworks");
  });

  test("the card does not call machines empty whose agents are not back after a fail-over", () => {
    const picture = pictureOf(0, 64);
    const recovering = {
      ...picture,
      machines: picture.machines.map((machine) => ({ ...machine, recovering: 1 })),
    };
    expect(text(recordOf({ picture: recovering }))).toContain(
      "the agents of 2 machines are not back after a fail-over: their tasks cannot be seen",
    );
  });

  test("the card shows erased answers with their times, machines with the same story together", () => {
    const erased = {
      answer: "accept" as const,
      answeredAtMs: NOW - 10 * 60_000,
      erasedAtMs: NOW,
      why: "schedule_change" as const,
    };
    const rows = [
      { ...verdict("web-01", "marathon", "silent"), erased },
      {
        ...verdict("web-02", "marathon", "silent"),
        erased: { ...erased, answeredAtMs: NOW - 10 * 60_000 + 900 },
      },
      {
        ...verdict("web-03", "kafka", "silent"),
        erased: { ...erased, answer: "decline" as const, why: "fail_over" as const },
      },
      { ...verdict("web-04", "aurora", "empty"), erased },
    ];
    const shown = text(recordOf({ picture: pictureOf(2, 2, rows) }));
    expect(shown).toContain(
      "_Before the change, not counted:_ marathon accepted 2026-11-20 21:42 UTC on web-01, web-02, erased by a schedule change 2026-11-20 21:52 UTC; kafka declined 2026-11-20 21:42 UTC on web-03, erased by a fail-over 2026-11-20 21:52 UTC",
    );
    expect(shown).not.toContain("aurora accepted");
  });

  test("the card says of a framework that it cannot be asked, and why, and not that it is asked again", () => {
    const erased = {
      answer: "accept" as const,
      answeredAtMs: NOW - 10 * 60_000,
      erasedAtMs: NOW,
      why: "fail_over" as const,
    };
    const rows = [
      { ...verdict("web-01", "marathon", "silent"), unasked: "agent_deactivated" as const },
      verdict("web-02", "marathon", "promised"),
      { ...verdict("web-01", "kafka", "silent"), unasked: "framework_disconnected" as const, erased },
    ];
    const shown = text(recordOf({ picture: pictureOf(2, 2, rows) }));
    expect(shown).toContain("kafka: silent 1, cannot be asked: not connected");
    expect(shown).toContain("marathon: promised 1/2, silent 1, cannot be asked on 1: agent deactivated");
    expect(shown).toContain(
      "_Cannot be asked again now, not counted:_ kafka accepted 2026-11-20 21:42 UTC on web-01, erased by a fail-over 2026-11-20 21:52 UTC (not connected)",
    );
    expect(shown).not.toContain("Asked again");
  });

  test("the card says behind a framework what it did in earlier maintenances", () => {
    const habits = new Map([["marathon", "has never answered (5 maintenances)"]]);
    const shown = renderText(renderCard(recordOf(), NOW, { habits }));
    expect(shown).toContain("marathon: promised 1/2, silent 1 — _has never answered (5 maintenances)_\n");
    expect(shown).toContain("\naurora: nothing there");
  });

  test("the card links the question that waits for an answer, and its ticket", () => {
    const approval = approvalOf({ id: "b1a1", votesNeeded: 2, votes: [{ by: "U02BOB", atMs: NOW }] });
    const batches = [batchOf({ phase: "awaiting_approval", approvals: [approval] })];
    const shown = (now: number) =>
      renderCard(recordOf({ batches, ticket: "OPS 1" }), now, {
        questions: { b1a1: "https://ops.example/q" },
        tickets: "https://tickets.example/browse/{id}",
      }).text;
    expect(shown(NOW)).toContain(
      "❓ *Waits for an answer:* <https://ops.example/q|the question about Down> · 1 of 2 approved · until ",
    );
    expect(shown(NOW)).toContain("<https://tickets.example/browse/OPS%201|OPS 1>");
    expect(shown(NOW + 2 * HOUR)).not.toContain("Waits for an answer");
  });

  test("the card shows the whole line on a framework of which much is known", () => {
    const line =
      "declined 2 times, was silent once and left 1 of 3 times 10 min before the start (3 maintenances); uses the old driver, cannot answer inverse offers; looks like Marathon; lost and killed tasks are started again";
    const shown = renderText(renderCard(recordOf(), NOW, { habits: new Map([["marathon", line]]) }));
    expect(shown).toContain(`_${line}_`);
  });

  test("the card of a held maintenance says who holds it and why, and offers Release in place of Hold", () => {
    const held = { by: "U02BOB", atMs: NOW, reason: "backup runs", as: "operator" as const };
    const record = recordOf({ held });
    expect(text(record)).toContain("· draining (held)\n");
    expect(text(record)).toContain(
      "Held by @U02BOB since 2026-11-20 21:52 UTC: backup runs. Nothing goes on until",
    );
    expect(buttons(record).map(([label]) => label)).toEqual(["Release", "Extend", "Details", "Cancel"]);
    expect(text(recordOf({ held: { ...held, reason: null, as: "owner" } }))).toContain(
      "Held by @U02BOB as an owner since 2026-11-20 21:52 UTC. Nothing",
    );
  });

  test("the card names the owners with what they said, and offers Ready until all are", () => {
    const kafka = { owner: "S0KAFKA", of: ["kafka"], said: "nothing" as const, by: null, atMs: null };
    const billing = {
      owner: "U03CAROL",
      of: ["/billing/api"],
      said: "ready" as const,
      by: "U03CAROL",
      atMs: NOW,
    };
    const record = recordOf({ owners: [kafka, billing] });
    expect(text(record)).toContain(
      "Owners  @S0KAFKA (kafka): no answer yet · @U03CAROL (/billing/api): ready 2026-11-20 21:52 UTC",
    );
    expect(buttons(record)).toContainEqual(["Ready", { kind: "ready" }]);
    const ready = recordOf({ owners: [{ ...kafka, said: "ready", by: "U02BOB", atMs: NOW }, billing] });
    expect(text(ready)).toContain("@S0KAFKA (kafka): ready by @U02BOB 2026-11-20 21:52 UTC");
    expect(buttons(ready).map(([label]) => label)).not.toContain("Ready");
  });

  test("the card says that a changed window is being posted", () => {
    const moving = batchOf({ movingFrom: batchOf().window });
    expect(text(recordOf({ batches: [moving] }))).toContain("(4 h) · _being posted_");
  });

  test("the card says of each batch that its changed window is not the one at the master yet", () => {
    const moving = batchOf({ id: "b2", movingFrom: batchOf().window });
    expect(text(recordOf({ batches: [batchOf({ phase: "down" }), moving] }))).toMatch(
      /Batch 2 of 2 .*\(4 h\) · _being posted_/,
    );
  });

  test("the card says when it was last seen once that is old, and that a window has passed", () => {
    expect(text(recordOf())).not.toContain("seen");
    expect(text(recordOf(), NOW + 10 * 60_000)).toContain("seen 2026-11-20 21:51 UTC");
    expect(text(recordOf())).not.toContain("passed");
    expect(text(recordOf(), NOW + 5 * HOUR)).toContain("(4 h) · passed");
  });

  test("the card does not change from one moment to the next", () => {
    expect(renderCard(recordOf(), NOW + 1000)).toEqual(renderCard(recordOf(), NOW));
  });

  test("the card has a line with its window per batch, and buttons for what each allows", () => {
    const later = { start: millisToNanos(NOW + 8 * 60_000 + 4 * HOUR), duration: millisToNanos(HOUR) };
    const record = recordOf({
      batches: [
        batchOf({ id: "b1", phase: "down", machines: machines(1) }),
        batchOf({ id: "b2", phase: "draining", machines: machines(2), window: later }),
      ],
    });
    for (const line of [
      "Window (batch 1 of 2)\n2026-11-20 22:00 UTC",
      "Batch 1 of 2  down · 2026-11-20 22:00 UTC – 2026-11-21 02:00 UTC (4 h) · web-01",
      "Batch 2 of 2  draining · 2026-11-21 02:00 UTC – 2026-11-21 03:00 UTC (1 h) · web-01, web-02",
    ])
      expect(text(record)).toContain(line);
    expect(text(record)).toContain("Progress  0 of 2 batches · 0 of 3 machines (0 %)");
    // The second batch is asked about when the first is back; until then it can be given back.
    const labels = buttons(record).map(([label]) => label);
    expect(labels).toContain("Up");
    expect(labels).not.toContain("Ask for Down");
    expect(labels).toContain("Cancel");
  });

  test.each([
    [{}, "Nothing goes down until somebody presses Go on."],
    [{ isOver: true }, "That is over. Nothing goes down until somebody presses Go on."],
    [{ asksAlone: true }, "It is asked about alone: approve or deny the question in the thread."],
  ])("the card of a paused drain names the rule, what it saw and what to do: %j", (parts, next) => {
    const paused = { rule: "refused", batch: "b2", saw: "kafka refused", about: [], sinceMs: NOW, ...parts };
    const batches = [batchOf({ phase: "up", agents: [] }), batchOf({ id: "b2" })];
    const shown = text(recordOf({ batches, paused }));
    expect(shown).toContain("draining, batch 2 of 2 (paused)");
    expect(shown).toContain(`Paused since 2026-11-20 21:52 UTC: kafka refused (refused). ${next}`);
  });

  test("of 200 batches the card shows the one whose turn it is, those before in one line, and how many come after", () => {
    const batches = Array.from({ length: 200 }, (_, at) =>
      batchOf({
        id: `b${at + 1}`,
        phase: at === 3 ? "cancelled" : at < 90 ? "up" : at === 90 ? "awaiting_approval" : "draining",
        agents: [],
        machines: machines(5),
      }),
    );
    const shown = text(recordOf({ batches }));
    expect(shown).toContain("Batches 1 to 89 of 200  88 up, 1 given back\nBatch 90 of 200  up");
    expect(shown).toContain("Batch 91 of 200  awaiting approval");
    expect(shown).toContain("Batch 95 of 200  draining");
    expect(shown).toContain("web-05\nand 105 more after them");
  });

  test("a single batch before those that have a line is not called several", () => {
    const batches = Array.from({ length: 8 }, (_, at) =>
      batchOf({ id: `b${at + 1}`, phase: at < 2 ? "up" : "draining", agents: [] }),
    );
    expect(text(recordOf({ batches }))).toContain("Batch 1 of 8  up\nBatch 2 of 8  up · ");
  });

  test("of 200 batches the card shows the first while none is over, and the last at the end", () => {
    const all = (phase: "draining" | "up") =>
      text(
        recordOf({
          batches: Array.from({ length: 200 }, (_, at) => batchOf({ id: `b${at + 1}`, phase, agents: [] })),
        }),
      );
    expect(all("draining")).toMatch(/Batch 1 of 200 .*Batch 6 of 200 .*and 194 more after them/s);
    expect(all("up")).toMatch(/Batches 1 to 194 of 200 {2}194 up\nBatch 195 of 200 .*Batch 200 of 200 /s);
  });

  test("the card says how long a drain in batches takes at the speed until now", () => {
    const [first, second] = [
      batchOf({ id: "b1", phase: "up", upAtMs: NOW + 68 * 60_000, agents: [], machines: machines(1) }),
      batchOf({ id: "b2", phase: "draining", machines: machines(2) }),
    ];
    expect(text(recordOf({ batches: [first, second] }), NOW + HOUR)).toContain(
      "1 of 2 batches · 1 of 3 machines (33 %) · about 2 h left at this speed",
    );
  });

  test("what was given back without having been down is no progress, and stands in the headline at the end", () => {
    const batches = [
      batchOf({ id: "b1", phase: "up", upAtMs: NOW, agents: [], machines: machines(1) }),
      batchOf({ id: "b2", phase: "down", machines: machines(1) }),
      batchOf({ id: "b3", phase: "cancelled", machines: machines(3) }),
    ];
    const going = text(recordOf({ batches }));
    expect(going).toMatch(/^🛠 m-7k3q · Drain 5 machines in prod · down, batch 2 of 3$/m);
    expect(going).toContain("Progress  1 of 2 batches · 1 of 2 machines (50 %)");
    const end = { phase: "up", atMs: NOW, why: null } as const;
    expect(text(recordOf({ batches, end }))).toMatch(/ · up, 3 of 5 machines given back$/m);
  });

  test("the card says when the last window begins, where that is still to come, and no speed that it contradicts", () => {
    const start = BigInt(NOW + 9 * 3_600_000) * 1_000_000n;
    const [first, second] = [
      batchOf({ id: "b1", phase: "up", upAtMs: NOW, agents: [], machines: machines(1) }),
      batchOf({ id: "b2", phase: "draining", window: { start, duration: 1n }, machines: machines(2) }),
    ];
    expect(text(recordOf({ batches: [first, second] }))).toMatch(
      /\(33 %\) · the last window begins 2026-\d\d-\d\d \d\d:\d\d UTC/,
    );
  });

  test("the card names as many of 500 machines as fit and says how many more there are", () => {
    const shown = text(recordOf({ batches: [batchOf({ machines: machines(500) })] }));
    const [, names = "", left] = /draining · (web-01, .*) and (\d+) more/.exec(shown) ?? [];
    expect(names.split(", ").length + Number(left)).toBe(500);
    expect(names.split(", ").length).toBeGreaterThan(50);
  });

  test("the card says after Up that it waits for agents, and can be closed without them", () => {
    const record = recordOf({ batches: [batchOf({ phase: "up" })] });
    expect(text(record)).toContain("· up, waiting for agents");
    expect(buttons(record)).toEqual([
      ["Details", { kind: "details", id: "m-7k3q" }],
      ["Stop waiting", { kind: "cancel" }],
    ]);
  });

  describe("with machines that were left behind", () => {
    const url = "https://ops.slack.com/archives/C1/p1";
    const left = {
      id: "m-9x8y7",
      batch: "b1",
      machines: ["web-02"],
      by: "U02BOB",
      atMs: NOW,
      askedAtMs: NOW,
      opening: null,
    };

    test("the card of the roll names them and links the card of the maintenance that waits for them", () => {
      const batches = [
        batchOf({ id: "b1", phase: "up", machines: [], agents: [] }),
        batchOf({ id: "b2", phase: "draining", machines: machines(2) }),
      ];
      const record = recordOf({ batches, leftBehind: [left] });
      expect(text(record)).toContain("Left behind  web-02, m-9x8y7 waits for the agents there");
      expect(text(record)).toContain("all left behind");
      expect(JSON.stringify(renderCard(record, NOW, { links: { "m-9x8y7": url } }))).toContain(
        `, <${url}|m-9x8y7> waits`,
      );
    });

    test("the card of their own maintenance says who left them behind and is no drain that anybody asked for", () => {
      const record = recordOf({ batches: [batchOf({ phase: "up" })], leftBehindBy: "m-7k3q1" });
      expect(text(record)).toMatch(
        /^🛠 m-7k3q · 6 machines left behind by m-7k3q1 in prod · up, waiting for agents/,
      );
      expect(text(record)).toContain("left behind by m-7k3q1 2026-11-20 20:52 UTC");
      expect(text(record)).not.toContain("Drain");
      const linked = (address: string) =>
        JSON.stringify(renderCard(record, NOW, { links: { "m-7k3q1": address } }));
      expect(linked(url)).toContain(`left behind by <${url}|m-7k3q1>`);
      for (const none of ["", "javascript:alert(1)", "https://x|<!channel>"])
        expect(linked(none)).not.toContain("<http");
    });
  });
});

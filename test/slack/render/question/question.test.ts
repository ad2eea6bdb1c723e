import { describe, expect, test } from "vitest";
import type { Approval } from "../../../../src/maintenance/record/record.js";
import { millisToNanos } from "../../../../src/maintenance/time.js";
import { parseButton } from "../../../../src/slack/render/button-value.js";
import { renderApproval } from "../../../../src/slack/render/question/question.js";
import { mrkdwnTexts } from "../../block-rules.js";
import {
  alarmingBlast,
  approvalOf,
  batchOf,
  blastOf,
  HOUR,
  machines,
  NOW,
  pictureOf,
  recordOf,
  seenOf,
  verdict,
} from "../../fixtures.js";
import { renderText } from "../../plain-text.js";

const render = (parts: Partial<Approval> = {}, now = NOW) =>
  renderApproval(recordOf(), batchOf(), approvalOf(parts), now);

const text = (parts: Partial<Approval> = {}, now = NOW) => renderText(render(parts, now));

const mrkdwn = (parts: Partial<Approval> = {}, now = NOW) =>
  mrkdwnTexts(render(parts, now).blocks)
    .map((one) => one.replace(/<!date[^|]*\|([^>]*)>/g, "$1"))
    .join("\n");

const MINUTE = 60_000;

describe("what is known of frameworks in the question", () => {
  const explained = new Map([
    ["kafka", "looks like mesos/kafka; lost and killed tasks <are> started again"],
    ["elsewhere", "always accepts"],
  ]);
  const shown = (parts: Partial<Approval> = {}, now = NOW) =>
    renderText(renderApproval(recordOf(), batchOf(), approvalOf(parts), now, explained));

  test("stands in it, a line for each that has tasks to lose", () => {
    expect(shown()).toContain("\nkafka: looks like mesos/kafka; lost and killed tasks <are> started again\n");
    expect(shown()).not.toContain("elsewhere");
  });

  test("is gone once the question is settled or has expired: it is of the past", () => {
    expect(shown({ outcome: { kind: "granted", by: "U02BOB", atMs: NOW } })).not.toContain("looks like");
    expect(shown({}, NOW + 2 * HOUR)).not.toContain("looks like");
  });
});

describe("the question", () => {
  test("the question shows what will be lost, who refuses, and which machines", () => {
    expect(text({ askedBy: "U01ALICE", approvers: [], notBy: ["U01ALICE"] })).toBe(
      [
        "Take 2 machines down?",
        "m-7k3q in prod · asked 2026-11-20 21:52 UTC by @U01ALICE",
        "Window  2026-11-20 22:00 UTC – 2026-11-21 02:00 UTC (4 h)",
        "🙋 Who may answer  everybody, but not @U01ALICE, who asked for it · one approval is enough · until 2026-11-20 22:52 UTC",
        "Will be lost: 3 tasks (marathon 2, kafka 1).",
        "Answers, one for each framework and machine  promised 1 · refused 1 (kafka on web-02) · silent 1 (chronos on web-02) · empty 0",
        "Machines  web-01, web-02",
        "Tasks  /billing/api ×2 on web-01, kafka-3 on web-02",
        "[Approve Down] [Deny] [Hold]",
      ].join("\n"),
    );
  });

  test("the question says which frameworks cannot be asked, also of one that promised before it went", () => {
    const verdicts = [
      { ...verdict("web-01", "marathon", "promised"), unasked: "framework_disconnected" as const },
      { ...verdict("web-02", "chronos", "silent", 1), unasked: "agent_deactivated" as const },
    ];
    expect(text({ seen: seenOf({ verdicts }) })).toContain(
      "Answers, one for each framework and machine  promised 1 (marathon on web-01: not connected) · refused 0 · silent 1 (chronos on web-02: agent deactivated) · empty 0",
    );
  });

  test("the question says which of several batches it is about", () => {
    const batches = [batchOf({ id: "b1" }), batchOf({ id: "b2" })];
    const [, second = batchOf()] = batches;
    const shown = renderText(renderApproval(recordOf({ batches }), second, approvalOf(), NOW));
    expect(shown).toContain("m-7k3q (batch 2 of 2) in prod · asked");
  });

  test("the question says so when nothing will be lost", () => {
    expect(text({ seen: seenOf({ tasks: [], verdicts: [] }) })).toContain(
      "No tasks are left on them: nothing will be lost.",
    );
    const one = seenOf({ machines: ["web-01|10.0.0.1"], tasks: [], verdicts: [] });
    expect(text({ seen: one })).toContain("Take 1 machine down?\n");
    expect(text({ seen: one })).toContain("No tasks are left on it: nothing will be lost.");
  });

  test("the question counts no verdicts where no framework is on the machines", () => {
    expect(text({ seen: seenOf({ tasks: [], verdicts: [] }) })).not.toContain("promised");
  });

  test("the question does not call a machine empty on which the master knows no agent", () => {
    const seen = seenOf({ tasks: [], verdicts: [] });
    const none = renderApproval(recordOf(), batchOf({ agents: [] }), approvalOf({ seen }), NOW);
    expect(renderText(none)).toContain("The master knows no agent there, so nothing is known of tasks.");
    expect(JSON.stringify(none)).not.toContain("will be lost");
    const some = { agents: [{ machine: "web-01|10.0.0.1", id: "a1" }] };
    expect(renderText(renderApproval(recordOf(), batchOf(some), approvalOf({ seen }), NOW))).toContain(
      "nothing will be lost. The master knows no agent on web-02, so nothing is known of tasks there.",
    );
  });

  test.each([
    [
      "which has not begun",
      { start: 8 * MINUTE, duration: HOUR },
      "22:00 UTC – 2026-11-20 23:00 UTC (1 h)\n",
    ],
    [
      "which is over",
      { start: -HOUR, duration: HOUR - 88_000 },
      "*the window ended 1 m 28 s before this was asked*",
    ],
    [
      "which begins long after the question",
      { start: 2 * HOUR, duration: HOUR },
      "⚠️ *The window begins 2 h after this was asked.*",
    ],
    ["without an end", { start: -HOUR, duration: null }, "20:52 UTC – without an end\n"],
  ])("the question shows the window %s", (_, { start, duration }, words) => {
    const length = duration === null ? "open" : millisToNanos(duration);
    const one = `${millisToNanos(NOW + start)}/${length}`;
    expect(mrkdwn({ seen: seenOf({ window: `${one} ${one}` }) })).toContain(words);
  });

  test("the question says once that the window ended while the question stands", () => {
    const seen = seenOf({ window: `${millisToNanos(NOW - HOUR)}/${millisToNanos(HOUR + MINUTE)}` });
    expect(mrkdwn({ seen })).not.toContain("ended");
    expect(mrkdwn({ seen }, NOW + 2 * MINUTE)).toContain("*the window has ended*");
    expect(render({ seen }, NOW + 2 * MINUTE)).toEqual(render({ seen }, NOW + 3 * MINUTE));
  });

  test("the question says that machines stand in no window, and names different ones", () => {
    expect(text({ seen: seenOf({ window: "none none" }) })).toContain(
      "Window  none in the master's schedule",
    );
    expect(text({ seen: seenOf({ window: "0/open 1/open" }) })).toMatch(/Window {2}1970.*, 1970/);
  });

  test("the question asks once more before Down, and its buttons answer this question only", () => {
    const row = render().blocks.find((block) => block.type === "actions");
    const buttons =
      row?.type === "actions" ? row.elements.filter((element) => element.type === "button") : [];
    expect(buttons.map((button) => [button.text.text, button.style, button.confirm !== undefined])).toEqual([
      ["Approve Down", "danger", true],
      ["Deny", undefined, false],
      ["Hold", undefined, false],
    ]);
    expect(buttons.slice(0, 2).map((button) => parseButton(button.value))).toEqual([
      {
        v: 1,
        id: "m-7k3q",
        decision: { kind: "approve", batch: "b1", approval: "a1", questionAtMs: NOW },
      },
      {
        v: 1,
        id: "m-7k3q",
        decision: { kind: "deny", batch: "b1", approval: "a1", reason: null },
      },
    ]);
    expect(buttons[0]?.confirm?.text.text).toContain("3 tasks will be lost");
  });
});

describe("before somebody answers the question says", () => {
  test("the question says what goes away beside the tasks, the most alarming first", () => {
    const lines = text({ seen: seenOf({ blast: alarmingBlast() }) }).split("\n");
    expect(lines.slice(5, 10)).toEqual([
      "🚨 Last running copies of: /billing/api (marathon, all 2)",
      "💾 Persistent volumes out of reach: kafka-3 (200 GB) on web-02, logs (512 MB) on web-01",
      "🕳️ No agent left in: rack r1 (2 agents)",
      "📉 Does not fit on the agents that stay: needs 12 cpus, 48 GB, free 8.5 cpus, 100 GB; role kafka needs 12 cpus, 48 GB, free 8.5 cpus, 100 GB",
      "🔒 Dynamic reservations out of use: kafka on web-02 (2 cpus, 4 GB), logs on web-01 (1 cpu, 512 MB)",
    ]);
  });

  test("the dialog before Down says as well that the last running copies go", () => {
    const { blocks } = render({ seen: seenOf({ blast: alarmingBlast() }) });
    expect(JSON.stringify(blocks)).toContain(
      "3 tasks will be lost, among them the last running copies of 1 app. If it got worse",
    );
  });

  test("the question says nothing of what there is not", () => {
    expect(text({ seen: seenOf({ blast: blastOf() }) })).toBe(text());
  });

  test("the question says who approved so far when several have to", () => {
    const votes = [{ by: "U02BOB", atMs: NOW }];
    expect(text({ votesNeeded: 2, votes })).toContain("Votes  1 of 2: @U02BOB 2026-11-20 21:52 UTC");
    expect(text({ votesNeeded: 2 })).toContain("Votes  0 of 2\n");
    expect(text()).not.toContain("Votes");
  });

  test("the question calls the approvers, people and groups, and not who asked for it", () => {
    const shown = render({
      approvers: ["S0OPS1", "U02BOB", "U01ALICE"],
      notBy: ["U01ALICE"],
      votesNeeded: 2,
    });
    expect(shown.text).toContain(
      "*Who may answer*  <!subteam^S0OPS1>, <@U02BOB>, but not <@U01ALICE>, who asked for it · 2 approvals are needed · until ",
    );
    const settled = render({ approvers: ["S0OPS1"], outcome: { kind: "granted", by: "U02BOB", atMs: NOW } });
    expect(settled.text).not.toContain("Who may answer");
  });

  test("a question of a record that does not say who may answer calls nobody", () => {
    expect(text()).toContain("Who may answer  who the policy names · one approval is enough");
  });

  test("the question says how many tasks are there now, and is approved on what it showed (invariant 5)", () => {
    const [first, second] = machines(2);
    const seen = seenOf({ machines: [first, second].map((one) => `${one?.hostname}|${one?.ip}`) });
    const shownWith = (left: number, atMs: number) => {
      const picture = { ...pictureOf(left, 4), atMs };
      const batch = batchOf({ machines: machines(2), approvals: [approvalOf({ seen })] });
      const record = recordOf({ batches: [batch], picture });
      return renderText(renderApproval(record, batch, approvalOf({ seen }), NOW));
    };
    expect(shownWith(1, NOW + 1)).toContain(
      "Will be lost: 3 tasks (marathon 2, kafka 1).\n⏱️ As of 2026-11-20 21:52 UTC; now 1.\n",
    );
    expect(shownWith(7, NOW + 1)).toContain("now 7. More than was asked about: a click asks anew.");
    expect(shownWith(3, NOW + 1)).not.toContain("now");
    expect(shownWith(1, NOW)).not.toContain("now");
  });

  test("few machines are linked with their agents in the pages of the master", () => {
    const batch = batchOf();
    const shown = renderApproval(recordOf(), batch, approvalOf(), NOW, new Map(), "https://m1:5050");
    expect(shown.text).toContain("*Machines*  <https://m1:5050/#/agents/agent-web-01|web-01>, ");
    const many = seenOf({ machines: machines(9).map(({ hostname, ip }) => `${hostname}|${ip}`) });
    const plain = renderApproval(
      recordOf(),
      batch,
      approvalOf({ seen: many }),
      NOW,
      new Map(),
      "https://m1:5050",
    );
    expect(plain.text).not.toContain("/#/agents/");
  });

  test("the question says that it is forced by the deadline", () => {
    expect(text({ forced: true })).toContain("Forced: the deadline has passed and tasks are left.");
  });

  test("the question says that it is held and why, with Release in place of what is not possible meanwhile", () => {
    const held = { by: "U03CAROL", atMs: NOW, reason: "backup runs", as: "operator" as const };
    const shown = renderText(renderApproval(recordOf({ held }), batchOf(), approvalOf(), NOW));
    expect(shown).toContain("Held by @U03CAROL (backup runs): it can be approved once it is released.");
    expect(shown).toContain("[Deny] [Release]");
  });

  const paused = {
    rule: "failing",
    batch: "b1",
    saw: "/api failed again and again",
    about: [],
    sinceMs: NOW,
  };

  test("the question says that it is paused and why, with Go on in place of what is not possible meanwhile", () => {
    const shown = renderText(renderApproval(recordOf({ paused }), batchOf(), approvalOf(), NOW));
    expect(shown).toContain("Paused: /api failed again and again. It can be approved once somebody goes on.");
    expect(shown).toContain("[Deny] [Go on]");
  });

  test("the question for a batch outside of approved limits says in what, and can be approved", () => {
    const record = recordOf({ paused: { ...paused, saw: "it is outside of the limits", asksAlone: true } });
    const shown = renderText(renderApproval(record, batchOf(), approvalOf(), NOW));
    expect(shown).toContain("Asked about alone: it is outside of the limits.");
    expect(shown).toContain("[Approve Down]");
  });

  test("the question of another batch than the paused one says nothing of it", () => {
    const record = recordOf({ paused: { ...paused, batch: "b2" } });
    expect(renderText(renderApproval(record, batchOf(), approvalOf(), NOW))).not.toContain("Paused");
  });

  test("the question says the same while other things happen, so that it is not posted anew for each", () => {
    const asked = {
      kind: "approval_asked" as const,
      batch: "b1",
      approval: "a1",
      by: null,
      seq: 8,
      atMs: NOW,
    };
    const before = renderApproval(recordOf({ events: [asked], seq: 8 }), batchOf(), approvalOf(), NOW);
    const after = renderApproval(recordOf({ events: [asked], seq: 30 }), batchOf(), approvalOf(), NOW);
    expect(after).toEqual(before);
  });
});

describe("once settled the buttons are gone and the message says", () => {
  const atMs = NOW + 60_000;
  test.each([
    [
      "who approved and when",
      { kind: "granted", by: "U02BOB", atMs },
      "Approved by @U02BOB 2026-11-20 21:53 UTC",
    ],
    [
      "everybody who approved",
      { kind: "granted", by: "U03CAROL", atMs },
      "Approved by @U02BOB and @U03CAROL 2026-11-20 21:53 UTC",
    ],
    [
      "who denied and why",
      { kind: "denied", by: "U02BOB", atMs, reason: "not today" },
      "Denied by @U02BOB 2026-11-20 21:53 UTC: not today. Nothing was taken down.",
    ],
    [
      "who denied without a reason",
      { kind: "denied", by: "U02BOB", atMs, reason: null },
      "Denied by @U02BOB 2026-11-20 21:53 UTC. Nothing was taken down.",
    ],
    ["that it expired", { kind: "expired", atMs }, "Expired 2026-11-20 21:53 UTC. Nothing was taken down."],
    [
      "what changed",
      { kind: "outdated", atMs, changes: ["2 more tasks on web-01", "kafka refuses"] },
      "so nothing was taken down:\n• 2 more tasks on web-01\n• kafka refuses",
    ],
    [
      "by whom and why it was withdrawn",
      { kind: "withdrawn", atMs, why: "extended", by: "U02BOB" },
      /Withdrawn by @U02BOB 2026-11-20 21:53 UTC: the window was extended.*\. Nothing was taken down\./,
    ],
    [
      "that the bot withdrew it itself",
      { kind: "withdrawn", atMs, why: "deadline", by: null },
      /Withdrawn 2026-11-20 21:53 UTC: the machines are given back at the deadline\. Nothing was taken down\./,
    ],
    [
      "that it was overtaken, without a word on what is Down",
      { kind: "withdrawn", atMs, why: "overtaken", by: null },
      /Withdrawn 2026-11-20 21:53 UTC: the machines went Down, or were given back, without it\.(?! Nothing)/,
    ],
  ] as [string, Approval["outcome"], string | RegExp][])("%s", (what, outcome, words) => {
    const votes = what === "everybody who approved" ? ["U02BOB", "U03CAROL"] : [];
    const shown = text({ outcome, votes: votes.map((by) => ({ by, atMs })) });
    if (typeof words === "string") expect(shown).toContain(words);
    else expect(shown).toMatch(words);
    expect(render({ outcome }).blocks.some((block) => block.type === "actions")).toBe(false);
    expect(text({ outcome })).not.toContain("expires");
  });

  test("the message says that it expired, from the moment it does, even before the record says so", () => {
    expect(text({}, NOW + HOUR)).toContain("Expired 2026-11-20 22:52 UTC");
    expect(text({}, NOW + HOUR)).not.toContain("[Approve Down]");
  });

  test("the question shows what is run once the machines are Down, and the dialog of Approve says so", () => {
    const runbook = {
      name: "kernel-update",
      digest: "d1",
      where: { kind: "machine", atOnce: 5 },
      timeLimitMs: 2 * HOUR,
      then: "ask",
    } as const;
    expect(text({ runbook })).toContain(
      "Runbook  kernel-update is run on the worker once they are Down: once for each machine, at most 5 at once, for at most 2 h; after it a person asks for Up. To approve the Down is to approve this run.",
    );
    expect(JSON.stringify(render({ runbook }).blocks)).toContain(
      "Then the runbook kernel-update is run on the machines.",
    );
    expect(text({})).not.toContain("Runbook");
  });
});

import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { agent, answer, HOUR, NOW, policyOf, task, windowOn } from "../../support/world.js";
import {
  APPROVE,
  ASK,
  asked,
  click,
  DENY,
  drainingWorld,
  first,
  inPhase,
  lastEvent,
  news,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });

describe("approve", () => {
  test("an approval by another person grants the Down, with who and when", () => {
    const { record, reply } = click(asked(busy), APPROVE, { world: busy, nowMs: NOW + 5 });
    expect(first(record)).toMatchObject({
      phase: "taking_down",
      intent: null,
      approvals: [{ outcome: { kind: "granted", by: "U0BOB", atMs: NOW + 5 } }],
    });
    expect(news(record).slice(-2)).toEqual(["approved", "taking_down"]);
    expect(reply).toMatchObject({ tone: "done" });
  });

  test.each<[string, string, Partial<ReturnType<typeof policyOf>>, RegExp | null]>([
    ["the requester may not approve", "U0ALICE", {}, /somebody else has to approve/],
    ["the requester may approve where self-approval is on", "U0ALICE", { selfApproval: true }, null],
    ["an approver may approve", "U0BOB", { approvers: ["U0BOB"] }, null],
    [
      "others may not approve where approvers are named, and are told who may",
      "U0BOB",
      { approvers: ["U0CAROL", "U0DAN"] },
      /<@U0CAROL>, <@U0DAN>/,
    ],
    [
      "the requester may not approve though named as an approver",
      "U0ALICE",
      { approvers: ["U0ALICE"] },
      /somebody else has to approve/,
    ],
    [
      "the requester needs to be an approver even with self-approval",
      "U0ALICE",
      { approvers: ["U0BOB"], selfApproval: true },
      /not an approver/,
    ],
  ])("%s (invariant 6)", (_, by, policy, refusal) => {
    const open = asked(busy);
    const { record, reply } = click(open, APPROVE, { by, world: busy, policy: policyOf(policy) });
    if (refusal === null) {
      expect(first(record).phase).toBe("taking_down");
    } else {
      expect(record.batches).toBe(open.batches);
      expect(reply).toMatchObject({ tone: "refused", notDone: "Nothing was taken down." });
      expect(reply.text).toMatch(refusal);
      expect(reply.text).toMatch(/clusters\.prod\.(self_approval|approvers)/);
      expect(news(record, open)).toEqual(["refused"]);
      const again = click(record, APPROVE, { by, world: busy, policy: policyOf(policy) });
      expect(again.record).toBe(record);
    }
  });

  test("a second click on Approve changes nothing, and says who has approved (invariant 5)", () => {
    const once = click(asked(busy), APPROVE, { world: busy }).record;
    const other = click(once, APPROVE, { by: "U0CAROL", world: busy });
    expect(other.record).toBe(once);
    expect(other.reply).toMatchObject({
      tone: "info",
      text: expect.stringContaining("<@U0BOB> has already approved"),
    });
  });

  test("an approval after the expiry grants nothing, though no tick has closed the question yet (invariant 5)", () => {
    const { record, reply } = click(asked(busy), APPROVE, { world: busy, nowMs: NOW + HOUR });
    expect(first(record)).toMatchObject({ phase: "draining", approvals: [{ outcome: { kind: "expired" } }] });
    expect(reply).toMatchObject({ tone: "refused", notDone: "Nothing was taken down." });
    const again = click(record, APPROVE, { world: busy, nowMs: NOW + HOUR });
    expect(again.record).toBe(record);
    expect(again.reply.text).toMatch(/expired/);
  });

  const promisedAnd = (parts: Parameters<typeof drainingWorld>[0]) =>
    drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] }, ...parts });
  test.each<[string, ReturnType<typeof drainingWorld>, RegExp]>([
    [
      "a new task",
      promisedAnd({ tasks: [t1, task("t2", "kafka", "web-01")] }),
      /task t2 of kafka is now on web-01/,
    ],
    [
      "a promise withdrawn",
      promisedAnd({ answers: { "web-01": [answer("marathon", "decline")] } }),
      /marathon on web-01: was promised, is now refused/,
    ],
    ["answers erased", promisedAnd({ answers: {} }), /marathon on web-01: its answer was erased/],
  ])(
    "an approval with %s takes nothing down, shows the difference and asks anew (invariant 5)",
    (_, world, change) => {
      const { record, reply } = click(asked(busy), APPROVE, { world });
      expect(first(record)).toMatchObject({
        phase: "awaiting_approval",
        approvals: [
          { id: "b1a1", outcome: { kind: "outdated" } },
          { id: "b1a2", outcome: null },
        ],
      });
      expect(reply).toMatchObject({ tone: "refused", notDone: "Nothing was taken down." });
      expect(reply.text).toMatch(change);
      expect(lastEvent(record, "approval_outdated")).toMatchObject({ by: "U0BOB" });
      const old = click(record, APPROVE, { world });
      expect(old.record).toBe(record);
      const renewed = click(
        record,
        { ...APPROVE, kind: "approve", batch: "b1", approval: "b1a2" },
        { world },
      );
      expect(first(renewed.record).phase).toBe("taking_down");
    },
  );

  test.each<[string, ReturnType<typeof drainingWorld>, RegExp]>([
    [
      "a machine that no longer drains",
      drainingWorld({ windows: [windowOn(["web-02"], NOW, 4 * HOUR)] }),
      /does not show web-01 as draining/,
    ],
    [
      "a machine in somebody else's window",
      drainingWorld({ windows: [windowOn(["web-01", "web-02"], NOW + 1, 4 * HOUR)] }),
      /web-01 stands in another window than ours/,
    ],
  ])(
    "an approval with %s takes nothing down and waits for the window (invariants 5, 12)",
    (_, world, change) => {
      const { record, reply } = click(asked(busy), APPROVE, { world });
      expect(first(record)).toMatchObject({
        phase: "draining",
        approvals: [{ outcome: { kind: "outdated" } }],
      });
      expect(reply.text).toMatch(change);
      expect(reply.next).toMatch(/Post the window again/);
    },
  );

  test("an approval while agents have not registered again since a fail-over changes nothing: the question stays (invariant 2)", () => {
    const open = asked(busy);
    const world = drainingWorld({
      agents: [agent("web-02")],
      recoveredAgents: [agent("web-01")],
      leaderId: "leader-2",
    });
    const { record, reply } = click(open, APPROVE, { world });
    expect(record).toBe(open);
    expect(reply.text).toMatch(/web-01 has not registered again/);
  });

  test("an approval while agents elsewhere are not back changes nothing: a copy on them would not be seen (invariant 2)", () => {
    const open = asked(busy);
    const { record, reply } = click(open, APPROVE, {
      world: { ...busy, recoveredAgents: [agent("web-09")] },
    });
    expect(record).toBe(open);
    expect(reply.text).toMatch(/one agent has not registered again.*what else runs in the cluster/);
  });

  test("an approval on a filtered view changes nothing (invariant 2)", () => {
    const open = asked(busy);
    const { record, reply } = click(open, APPROVE, { world: { ...busy, schedule: { windows: [] } } });
    expect(record).toBe(open);
    expect(reply).toMatchObject({
      tone: "error",
      next: expect.stringContaining("get_maintenance_schedules"),
    });
  });

  test("an approval goes ahead when tasks went away, or a machine is Down already, since the question", () => {
    for (const world of [drainingWorld(), drainingWorld({ down: ["web-01"] })]) {
      expect(first(click(asked(busy), APPROVE, { world }).record).phase).toBe("taking_down");
    }
  });

  test("an approval of a question that does not exist changes nothing", () => {
    const open = asked(busy);
    for (const decision of [
      { ...APPROVE, approval: "b1a9" },
      { ...APPROVE, batch: "b7" },
    ] as Decision[]) {
      expect(click(open, decision, { world: busy }).record).toBe(open);
    }
  });
});

const silent = drainingWorld({ tasks: [t1] });

const two = policyOf({ votes: 2 });

const NEWEST: Decision = { kind: "approve", batch: "b1", approval: "b1a2" };

describe("with two votes", () => {
  const open = asked(silent, NOW, two);
  const once = click(open, APPROVE, { by: "U0BOB", world: silent, policy: two });

  test("the first vote takes nothing down and says how many are missing; the second, of somebody else, grants", () => {
    expect(first(once.record)).toMatchObject({
      phase: "awaiting_approval",
      approvals: [{ outcome: null, votesNeeded: 2, votes: [{ by: "U0BOB", atMs: NOW }] }],
    });
    expect(lastEvent(once.record, "voted")).toMatchObject({ by: "U0BOB", votes: 1, needed: 2 });
    expect(once.reply).toMatchObject({
      text: expect.stringContaining("1 of 2"),
      next: expect.stringMatching(/One more/),
    });
    const granted = click(once.record, APPROVE, {
      by: "U0CAROL",
      world: silent,
      policy: two,
      nowMs: NOW + 5,
    }).record;
    expect(first(granted)).toMatchObject({
      phase: "taking_down",
      approvals: [
        { outcome: { kind: "granted", by: "U0CAROL" }, votes: [{ by: "U0BOB" }, { by: "U0CAROL" }] },
      ],
    });
    expect(news(granted, open)).toEqual(["voted", "approved", "taking_down"]);
  });

  test("one person counts once, however often they click (invariant 5)", () => {
    const again = click(once.record, APPROVE, { by: "U0BOB", world: silent, policy: two });
    expect(again.record).toBe(once.record);
    expect(again.reply).toMatchObject({
      tone: "done",
      text: expect.stringMatching(/already approved .*1 of 2/),
      next: once.reply.next,
    });
  });

  test("a vote of the requester does not count (invariant 6)", () => {
    const tried = click(once.record, APPROVE, { by: "U0ALICE", world: silent, policy: two }).record;
    expect(first(tried).approvals).toEqual(first(once.record).approvals);
  });

  test("a picture that got worse before the second vote ends both: votes start anew (invariant 5)", () => {
    const worse = drainingWorld({ tasks: [t1, task("t2", "kafka", "web-02")] });
    const outdated = click(once.record, APPROVE, { by: "U0CAROL", world: worse, policy: two }).record;
    expect(first(outdated).approvals).toMatchObject([
      { outcome: { kind: "outdated" } },
      { votes: [], outcome: null },
    ]);
    const anew = click(outdated, NEWEST, { by: "U0CAROL", world: worse, policy: two }).record;
    expect(first(anew).phase).toBe("awaiting_approval");
    expect(first(click(anew, NEWEST, { by: "U0BOB", world: worse, policy: two }).record).phase).toBe(
      "taking_down",
    );
  });

  test("a no outweighs the votes before it, and so does the expiry", () => {
    expect(first(click(once.record, DENY, { by: "U0CAROL", policy: two }).record).phase).toBe("draining");
    const late = click(once.record, APPROVE, {
      by: "U0CAROL",
      world: silent,
      policy: two,
      nowMs: NOW + HOUR,
    }).record;
    expect(first(late).approvals).toMatchObject([{ outcome: { kind: "expired" } }]);
  });

  test("a question that was asked when one vote was enough takes as many as the policy wants now", () => {
    const { record } = click(asked(silent), APPROVE, { world: silent, policy: two });
    expect(first(record).phase).toBe("awaiting_approval");
  });
});

describe("whoever asked for the Down is one of the two, as the requester is (invariant 6)", () => {
  const drains = inPhase("draining");
  test.each([1, 2])(
    "whoever asked cannot approve their own question where %i votes are needed, and is told why",
    (votes) => {
      const policy = policyOf({ votes });
      const open = click(drains, ASK, { by: "U0BOB", world: silent, policy }).record;
      const tried = click(open, APPROVE, { by: "U0BOB", world: silent, policy });
      expect(first(tried.record).approvals).toEqual(first(open).approvals);
      expect(tried.reply).toMatchObject({
        tone: "refused",
        text: expect.stringMatching(/You asked for this Down .*clusters\.prod\.self_approval is off/),
        next: "Have somebody else approve it. If only you could, deny the question and have <@U0ALICE> ask for the Down.",
      });
      expect(news(tried.record, open)).toEqual(["refused"]);
    },
  );
  test("whoever asked cannot approve either when the question was asked anew because the picture got worse", () => {
    const open = click(drains, ASK, { by: "U0BOB", world: silent }).record;
    const worse = drainingWorld({ tasks: [t1, task("t2", "kafka", "web-02")] });
    const anew = click(open, APPROVE, { by: "U0CAROL", world: worse }).record;
    expect(click(anew, NEWEST, { by: "U0BOB", world: worse }).reply.tone).toBe("refused");
  });
  test("whoever asked may approve where the policy lets people approve their own", () => {
    const policy = policyOf({ selfApproval: true });
    const open = click(drains, ASK, { by: "U0BOB", world: silent, policy }).record;
    expect(first(click(open, APPROVE, { by: "U0BOB", world: silent, policy }).record).phase).toBe(
      "taking_down",
    );
  });
  test("whoever asked may deny it, though they are no approver", () => {
    const policy = policyOf({ approvers: ["U0CAROL"] });
    const open = click(drains, ASK, { by: "U0BOB", world: silent, policy }).record;
    expect(first(click(open, DENY, { by: "U0BOB", policy }).record).phase).toBe("draining");
  });
});

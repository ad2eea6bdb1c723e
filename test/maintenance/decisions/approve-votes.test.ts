import { describe, expect, test } from "vitest";
import { mayNotApprove, nobodyCouldApprove } from "../../../src/maintenance/policy/may-approve.js";
import type { Decision } from "../../../src/maintenance/record/decision.js";
import { HOUR, NOW, policyOf, recordOf, task } from "../../support/world.js";
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

const busy = drainingWorld({ tasks: [t1] });

const two = policyOf({ votes: 2 });

const NEWEST: Decision = { kind: "approve", batch: "b1", approval: "b1a2" };

describe("with two votes", () => {
  const open = asked(busy, NOW, two);
  const once = click(open, APPROVE, { by: "U0BOB", world: busy, policy: two });

  test("the first takes nothing down and says how many are missing; the second, of somebody else, grants", () => {
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
      world: busy,
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
    const again = click(once.record, APPROVE, { by: "U0BOB", world: busy, policy: two });
    expect(again.record).toBe(once.record);
    expect(again.reply).toMatchObject({
      tone: "done",
      text: expect.stringMatching(/already approved .*1 of 2/),
      next: once.reply.next,
    });
  });

  test("the requester's is none of them (invariant 6)", () => {
    const tried = click(once.record, APPROVE, { by: "U0ALICE", world: busy, policy: two }).record;
    expect(first(tried).approvals).toEqual(first(once.record).approvals);
  });

  test("a picture that got worse before the second ends both: votes start anew (invariant 5)", () => {
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
      world: busy,
      policy: two,
      nowMs: NOW + HOUR,
    }).record;
    expect(first(late).approvals).toMatchObject([{ outcome: { kind: "expired" } }]);
  });

  test("asked for when one was enough, the question takes as many as the policy wants now", () => {
    const { record } = click(asked(busy), APPROVE, { world: busy, policy: two });
    expect(first(record).phase).toBe("awaiting_approval");
  });
});

describe("whoever asked for the Down is one of the two, as the requester is (invariant 6)", () => {
  const drains = inPhase("draining");
  test.each([1, 2])("with %i votes they cannot approve their own question, and are told why", (votes) => {
    const policy = policyOf({ votes });
    const open = click(drains, ASK, { by: "U0BOB", world: busy, policy }).record;
    const tried = click(open, APPROVE, { by: "U0BOB", world: busy, policy });
    expect(first(tried.record).approvals).toEqual(first(open).approvals);
    expect(tried.reply).toMatchObject({
      tone: "refused",
      text: expect.stringMatching(/You asked for this Down .*clusters\.prod\.self_approval is off/),
    });
    expect(news(tried.record, open)).toEqual(["refused"]);
  });
  test("also when the question had to be asked anew because the picture got worse", () => {
    const open = click(drains, ASK, { by: "U0BOB", world: busy }).record;
    const worse = drainingWorld({ tasks: [t1, task("t2", "kafka", "web-02")] });
    const anew = click(open, APPROVE, { by: "U0CAROL", world: worse }).record;
    expect(click(anew, NEWEST, { by: "U0BOB", world: worse }).reply.tone).toBe("refused");
  });
  test("unless the policy lets people approve their own", () => {
    const policy = policyOf({ selfApproval: true });
    const open = click(drains, ASK, { by: "U0BOB", world: busy, policy }).record;
    expect(first(click(open, APPROVE, { by: "U0BOB", world: busy, policy }).record).phase).toBe(
      "taking_down",
    );
  });
  test("they may deny it, though they are no approver", () => {
    const policy = policyOf({ approvers: ["U0CAROL"] });
    const open = click(drains, ASK, { by: "U0BOB", world: busy, policy }).record;
    expect(first(click(open, DENY, { by: "U0BOB", policy }).record).phase).toBe("draining");
  });
  test("the only approver is told not to ask, because then nobody could approve", () => {
    const policy = policyOf({ approvers: ["U0BOB"] });
    const { record, reply } = click(drains, ASK, { by: "U0BOB", world: busy, policy });
    expect(record).toBe(drains);
    expect(reply).toMatchObject({
      tone: "refused",
      text: expect.stringMatching(/nobody could approve.*<@U0BOB>/),
    });
  });
});

describe("user groups", () => {
  const policy = policyOf({ approvers: ["S0OPS"] });
  test.each<[string, { groups?: string[]; lookupFailed?: boolean }, boolean]>([
    ["a member may", { groups: ["S0OPS"] }, true],
    ["a member of another group may not", { groups: ["S0DEV"] }, false],
    ["a failed look-up is a no, and that is said", { lookupFailed: true }, false],
  ])("%s (invariant 6)", (_, person, may) => {
    const { record, reply } = click(asked(busy), APPROVE, { world: busy, policy, ...person });
    expect(first(record).phase).toBe(may ? "taking_down" : "awaiting_approval");
    expect(/could not be asked/.test(reply.text)).toBe(person.lookupFailed === true);
  });

  test("an admin has no right to approve from being one (invariant 6)", () => {
    const person = { user: "U0ALICE", groups: ["S0ADMINS"], lookupFailed: false };
    const rules = policyOf({ admins: ["U0ALICE", "S0ADMINS"] });
    expect(mayNotApprove(recordOf(), person, rules)).not.toBeNull();
    const other = { ...person, user: "U0ROOT" };
    expect(mayNotApprove(recordOf(), other, { ...rules, approvers: ["U0BOB"] })).not.toBeNull();
  });
});

describe("whether anybody could ever approve", () => {
  test.each<[string, Parameters<typeof policyOf>[0], RegExp | null]>([
    ["everybody may", { votes: 5 }, null],
    ["a group may, whoever is in it", { approvers: ["S0OPS"], votes: 5 }, null],
    ["one other person may", { approvers: ["U0ALICE", "U0BOB"] }, null],
    [
      "only the requester may",
      { approvers: ["U0ALICE"] },
      /nobody could approve.*<@U0ALICE> asked for it and clusters\.prod\.self_approval is off/,
    ],
    ["only the requester may, and self-approval is on", { approvers: ["U0ALICE"], selfApproval: true }, null],
    [
      "fewer than are needed",
      { approvers: ["U0BOB", "U0BOB"], votes: 2 },
      /clusters\.prod\.approvals asks for 2 approvals, and of clusters\.prod\.approvers only <@U0BOB>/,
    ],
    [
      "fewer without the requester",
      { approvers: ["U0ALICE", "U0BOB"], votes: 2 },
      /only <@U0BOB> could approve, because/,
    ],
  ])("%s", (_, parts, why) => {
    const says = nobodyCouldApprove(recordOf(), policyOf(parts));
    if (why === null) expect(says).toBeNull();
    else expect(says).toMatch(why);
  });
});

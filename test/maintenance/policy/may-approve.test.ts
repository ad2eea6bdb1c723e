import { describe, expect, test } from "vitest";
import { openApproval } from "../../../src/maintenance/approval/question.js";
import { mayNotApprove, nobodyCouldApprove } from "../../../src/maintenance/policy/may-approve.js";
import type { Standing } from "../../../src/maintenance/record/standing.js";
import { policyOf, recordOf, task } from "../../support/world.js";
import { APPROVE, asked, click, DENY, drainingWorld, first, lastEvent } from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1] });

describe("user groups", () => {
  const policy = policyOf({ approvers: ["S0OPS"] });
  test.each<[string, { groups?: string[]; lookupFailed?: boolean }, boolean]>([
    ["a member of the group may approve", { groups: ["S0OPS"] }, true],
    ["a member of another group may not approve", { groups: ["S0DEV"] }, false],
    ["a failed look-up is a no, and that is said", { lookupFailed: true }, false],
  ])("%s (invariant 6)", (_, person, may) => {
    const { record, reply } = click(asked(busy), APPROVE, { world: busy, policy, ...person });
    expect(first(record).phase).toBe(may ? "taking_down" : "awaiting_approval");
    expect(/could not be asked/.test(reply.text)).toBe(person.lookupFailed === true);
  });

  test("an admin has no right to approve from being one (invariant 6)", () => {
    const person = {
      user: "U0ALICE",
      standing: "member" as const,
      groups: ["S0ADMINS"],
      lookupFailed: false,
    };
    const rules = policyOf({ admins: ["U0ALICE", "S0ADMINS"] });
    expect(mayNotApprove(recordOf(), person, rules)).not.toBeNull();
    const other = { ...person, user: "U0ROOT" };
    expect(mayNotApprove(recordOf(), other, { ...rules, approvers: ["U0BOB"] })).not.toBeNull();
  });
});

describe("only full members of the workspace may approve (invariant 6)", () => {
  test.each<[Standing, RegExp]>([
    ["guest", /you are a guest of it/],
    ["bot", /account of a bot/],
    ["deactivated", /your account is deactivated/],
    ["stranger", /you are of another workspace/],
    ["unknown", /Slack could not be asked.*counts as no\. Try again in half a minute.*users:read/],
  ])("not an account that is %s, whatever list names it", (standing, words) => {
    const policies = [{}, { approvers: ["U0BOB"] }, { approvers: ["S0OPS"] }, { selfApproval: true }];
    for (const parts of policies) {
      const policy = policyOf(parts);
      const who = { standing, groups: ["S0OPS"] };
      const { record, reply } = click(asked(busy), APPROVE, { world: busy, policy, ...who });
      expect(first(record).phase).toBe("awaiting_approval");
      expect(reply.text).toMatch(words);
      expect(reply.text).toContain("clusters.prod.members_only");
      expect(lastEvent(record, "refused")).toMatchObject({ why: expect.stringContaining("members_only") });
    }
  });

  test("nor their own Down, where self-approval is on", () => {
    const policy = policyOf({ selfApproval: true });
    const guest = { by: "U0ALICE", standing: "guest", policy, world: busy } as const;
    expect(first(click(asked(busy), APPROVE, guest).record).phase).toBe("awaiting_approval");
  });

  test("a guest may take back what they asked for themselves, and may not deny what others asked for", () => {
    const guest = { standing: "guest", world: busy } as const;
    const isOpen = (by: string) => openApproval(first(click(asked(busy), DENY, { ...guest, by }).record));
    expect(isOpen("U0ALICE")).toBeNull();
    expect(isOpen("U0EVE")).not.toBeNull();
  });

  test.each<Standing>(["guest", "unknown"])(
    "but an account that is %s where members_only is off",
    (standing) => {
      const policy = policyOf({ membersOnly: false });
      const { record } = click(asked(busy), APPROVE, { world: busy, policy, standing });
      expect(first(record).phase).toBe("taking_down");
    },
  );
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
  ])("it is known whether anybody could approve: %s", (_, parts, why) => {
    const says = nobodyCouldApprove(recordOf(), policyOf(parts));
    if (why === null) expect(says).toBeNull();
    else expect(says).toMatch(why);
  });
});

import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { MINUTE, NOW, policyOf, task } from "../../support/world.js";
import { asked, click, drainingWorld, news } from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1] });

const HOLD: Decision = { kind: "hold", reason: "backup runs" };

const RELEASE: Decision = { kind: "release" };

const held = (record = asked(busy), by = "U0CAROL") => click(record, HOLD, { by }).record;

const owned = (said: "nothing" | "hold" | "ready" = "nothing") => ({
  owners: [
    { owner: "S0KAFKA", of: ["kafka"], said, by: null, atMs: null },
    { owner: "U0DAN", of: ["/billing/api"], said: "nothing" as const, by: null, atMs: null },
  ],
});

describe("who may release", () => {
  const policy = policyOf({ approvers: ["U0BOB"], admins: ["U0ROOT"] });
  const byOperator = held();
  const byOwner = click({ ...asked(busy), ...owned() }, HOLD, {
    by: "U0KIM",
    groups: ["S0KAFKA"],
    policy,
  }).record;
  test.each<[string, typeof byOperator, string, string[], boolean]>([
    ["the holder may release", byOperator, "U0CAROL", [], true],
    ["the requester may release", byOperator, "U0ALICE", [], true],
    ["an approver may release", byOperator, "U0BOB", [], true],
    ["an admin may release", byOperator, "U0ROOT", [], true],
    ["anybody else may not release", byOperator, "U0EVE", [], false],
    ["the owner who holds may release", byOwner, "U0KIM", ["S0KAFKA"], true],
    ["somebody of the same group may release", byOwner, "U0LEE", ["S0KAFKA"], true],
    ["the requester may not release an owner's hold", byOwner, "U0ALICE", [], false],
    ["an approver may not release an owner's hold", byOwner, "U0BOB", [], false],
    ["another owner may not release an owner's hold", byOwner, "U0DAN", [], false],
    ["an admin may release an owner's hold", byOwner, "U0ROOT", [], true],
  ])("%s", (_, record, by, groups, may) => {
    const tried = click(record, RELEASE, { by, groups, policy });
    expect(tried.record.held === null).toBe(may);
    expect(news(tried.record, record)).toEqual([may ? "released" : "refused"]);
    if (may) return;
    expect(tried.reply.text).toMatch(/clusters\.prod\.admins/);
    expect(click(tried.record, RELEASE, { by, groups, policy }).record).toBe(tried.record);
  });

  test("where approvers are not named, everybody may end an operator's hold", () => {
    expect(click(byOperator, RELEASE, { by: "U0EVE" }).record.held).toBeNull();
  });

  test("a maintenance that nobody holds stays as it is", () => {
    const open = asked(busy);
    const { record, reply } = click(open, RELEASE);
    expect(record).toBe(open);
    expect(reply).toMatchObject({ tone: "info", text: expect.stringContaining("nothing to release") });
  });

  test("a second release says that nothing was held any more, and who released it", () => {
    const released = click(held(), RELEASE, { by: "U0CAROL" }).record;
    for (const by of ["U0CAROL", "U0EVE"]) {
      const again = click(released, RELEASE, { by, nowMs: NOW + MINUTE });
      expect(again.record).toBe(released);
      expect(again.reply).toMatchObject({
        tone: "info",
        text: expect.stringMatching(/not held any more \(<@U0CAROL> released it\): .*nothing to release/),
      });
    }
  });
});

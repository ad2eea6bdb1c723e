import { describe, expect, test } from "vitest";
import { answer, HOUR, NOW, policyOf, task } from "../../support/world.js";
import {
  APPROVE,
  approved,
  asked,
  click,
  DENY,
  drainingWorld,
  first,
  lastEvent,
  news,
  tick,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });

describe("deny", () => {
  test("a no goes back to draining with the reason, and it is not asked again by itself", () => {
    const { record } = click(asked(busy), {
      kind: "deny",
      batch: "b1",
      approval: "b1a1",
      reason: "peak hours",
    });
    expect(first(record)).toMatchObject({
      phase: "draining",
      approvals: [{ outcome: { kind: "denied", reason: "peak hours" } }],
    });
    expect(news(tick(record, drainingWorld(), NOW + HOUR).record, record)).not.toContain("approval_asked");
  });

  test("a no of the requester takes their own question back; a stranger may not deny where approvers are named (invariant 6)", () => {
    const policy = policyOf({ approvers: ["U0BOB"] });
    expect(first(click(asked(busy), DENY, { by: "U0ALICE", policy }).record).phase).toBe("draining");
    const open = asked(busy);
    const tried = click(open, DENY, { by: "U0CAROL", policy }).record;
    expect(tried.batches).toBe(open.batches);
    expect(lastEvent(tried, "refused")).toMatchObject({ by: "U0CAROL", decision: "deny" });
  });

  test("the first of a no and an approval decides, and the other changes nothing", () => {
    const denied = click(asked(busy), DENY, { by: "U0CAROL" }).record;
    expect(click(denied, APPROVE, { world: busy })).toMatchObject({
      record: denied,
      reply: { text: expect.stringContaining("<@U0CAROL> has already denied") },
    });
    const granted = approved(busy);
    expect(click(granted, DENY, { by: "U0CAROL" }).record).toBe(granted);
  });
});

import { describe, expect, test } from "vitest";
import { agent, answer, HOUR, NOW, policyOf, task, windowOn, worldOf } from "../../support/world.js";
import { ASK, asked, click, drainingWorld, first, inPhase, tick } from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });

describe("ask for Down", () => {
  const draining = tick(inPhase("draining", { askedByItself: true }), busy).record;

  test("the question is asked in the name of who asked", () => {
    const { record } = click(draining, ASK, { world: busy });
    expect(first(record)).toMatchObject({ phase: "awaiting_approval", approvals: [{ askedBy: "U0BOB" }] });
  });

  test("asking while the question stands changes nothing; after its expiry it is asked anew", () => {
    const open = asked(busy);
    expect(click(open, ASK, { world: busy }).record).toBe(open);
    const late = click(open, ASK, { world: busy, nowMs: NOW + HOUR }).record;
    expect(first(late).approvals.map((a) => a.outcome?.kind)).toEqual(["expired", undefined]);
  });

  test.each<[string, ReturnType<typeof drainingWorld>, RegExp]>([
    ["a machine does not drain", worldOf(), /does not show web-01 as draining/],
    [
      "a machine stands in somebody else's window",
      drainingWorld({ windows: [windowOn(["web-01", "web-02"], 5, null)] }),
      /another window/,
    ],
    [
      "agents are not back after a fail-over",
      drainingWorld({ recoveredAgents: [agent("web-01")] }),
      /not registered again/,
    ],
    ["the view is filtered", { ...busy, schedule: { windows: [] } }, /filtered/],
  ])("asking is refused when %s (invariants 2, 12)", (_, world, why) => {
    const { record, reply } = click(draining, ASK, { world });
    expect(record).toBe(draining);
    expect(reply.text).toMatch(why);
    expect(reply.notDone).not.toBeNull();
    expect(reply.next).not.toBeNull();
  });

  test("the only approver is told not to ask, because then nobody could approve (invariant 6)", () => {
    const drains = inPhase("draining");
    const policy = policyOf({ approvers: ["U0BOB"] });
    const { record, reply } = click(drains, ASK, { by: "U0BOB", world: busy, policy });
    expect(record).toBe(drains);
    expect(reply).toMatchObject({
      tone: "refused",
      text: expect.stringMatching(/nobody could approve.*<@U0BOB>/),
    });
  });
});

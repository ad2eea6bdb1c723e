import { expect, test } from "vitest";
import { grantedApproval } from "../../../src/maintenance/approval/question.js";
import { answer, MINUTE, NOW, policyOf, task } from "../../support/world.js";
import { ASK, asked, click, drainingWorld, first, inPhase, tick } from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });

test("a question names who may not approve it because they asked for it (invariant 6)", () => {
  expect(asked().batches[0]?.approvals.at(-1)?.notBy).toContain("U0ALICE");
});

test("a question that another one replaced says so", () => {
  const draining = tick(inPhase("draining", { askedByItself: true }), busy).record;
  const byBob = click(draining, ASK, { world: busy, by: "U0BOB" }).record;
  const again = tick(
    { ...byBob, deadline: { atMs: NOW + MINUTE, then: "force", met: false } },
    busy,
    NOW + 2 * MINUTE,
    policyOf({ allowForce: true }),
  ).record;
  expect(first(again).approvals).toMatchObject([
    { outcome: { kind: "withdrawn", why: "replaced", by: null } },
    { id: "b1a2", forced: true },
  ]);
});

test("an approval counts for what it is about, and for nothing else (invariant 5)", () => {
  const ask = { kind: "ask_kill_drain", batch: null, graceMs: null } as const;
  const question = click(inPhase("draining"), ask, { world: busy, by: "U0ALICE" }).record;
  const approval = { kind: "approve", batch: "b1", approval: "b1a1" } as const;
  const granted = first(click(question, approval, { world: busy }).record);
  expect(grantedApproval(granted, "kill_drain")).toMatchObject({ id: "b1a1" });
  expect(grantedApproval(granted, "down")).toBeNull();
});

import { describe, expect, test } from "vitest";
import { renderApproval } from "../../../src/slack/render/question/question.js";
import { answer, HOUR, MINUTE, NOW, policyOf, task, windowOn } from "../../support/world.js";
import { APPROVE, ASK, asked, click, drainingWorld, first, OURS, tick } from "../support/flow.js";

const { answersWaitMs } = policyOf();

const busy = { tasks: [task("k1", "kafka", "web-01")] };

const refusing = { ...busy, answers: { "web-01": [answer("kafka", "decline")] } };

const LONGER = windowOn(["web-01", "web-02"], NOW, 5 * HOUR);

/** Extended while its question stood; the post has just erased kafka's refusal. */
function extended() {
  const question = tick(asked(drainingWorld(refusing)), drainingWorld(refusing)).record;
  const { record } = click(question, { kind: "extend", byMs: HOUR }, { by: "U0ALICE" });
  return tick(record, drainingWorld({ ...busy, windows: [LONGER] })).record;
}

const at = (ms: number, parts: object) => ({
  ...drainingWorld({ windows: [LONGER], ...parts }),
  observedAtMs: ms,
});

describe("the question is asked on answers, not on the moment after they were erased", () => {
  test("after an extension the bot waits for the answers that its post erased", () => {
    expect(first(extended()).phase).toBe("draining");
    const early = NOW + answersWaitMs - 1;
    const step = tick(extended(), at(early, busy), early);
    expect(first(step.record).phase).toBe("draining");
    expect(step.wakeAtMs).toBe(NOW + answersWaitMs);
  });

  test("it asks as soon as they are back", () => {
    const { record } = tick(extended(), at(NOW + 2_000, refusing), NOW + 2_000);
    expect(first(record).phase).toBe("awaiting_approval");
    expect(first(record).approvals.at(-1)?.seen.verdicts).toMatchObject([{ verdict: "refused" }]);
  });

  test("it asks without them when they were waited for long enough", () => {
    const later = NOW + answersWaitMs;
    expect(first(tick(extended(), at(later, busy), later).record).phase).toBe("awaiting_approval");
  });

  test("it never waits past the deadline", () => {
    const deadline = { atMs: NOW + 5_000, then: "ask" as const, met: false };
    const record = { ...extended(), deadline };
    expect(first(tick(record, at(NOW + 5_000, busy), NOW + 5_000).record).phase).toBe("awaiting_approval");
  });

  test("the first question of a draining waits for them, too", () => {
    const before = tick(asked(drainingWorld(refusing)), drainingWorld(refusing)).record;
    const [batch] = before.batches;
    if (batch?.phase !== "awaiting_approval") throw new Error("Nothing is asked.");
    const unasked = {
      ...before,
      batches: [{ ...batch, phase: "draining" as const, approvals: [], askedByItself: false, askAnew: null }],
    };
    const later = NOW + HOUR;
    const other = windowOn(["web-03"], NOW, HOUR);
    const world = { ...drainingWorld({ ...busy, windows: [OURS, other] }), observedAtMs: later };
    const erased = tick(unasked, world, later).record;
    expect(first(erased).phase).toBe("draining");
    const waited = later + answersWaitMs;
    expect(first(tick(erased, { ...world, observedAtMs: waited }, waited).record).phase).toBe(
      "awaiting_approval",
    );
  });

  test("a person's question in between shows what was answered before, and a refusal given again is not worse", () => {
    const world = at(NOW + 1_000, busy);
    const { record } = click(extended(), ASK, { world, nowMs: NOW + 1_000, by: "U0ALICE" });
    const approval = first(record).approvals.at(-1);
    if (approval === undefined) throw new Error("Nothing was asked.");
    const text = JSON.stringify(renderApproval(record, first(record), approval, NOW + 1_000));
    expect(text).toMatch(/Before the change, not counted:.*kafka declined/);
    const again = at(NOW + MINUTE, refusing);
    const decision = { ...APPROVE, approval: approval.id } as typeof APPROVE;
    const approved = click(record, decision, { world: again, nowMs: NOW + MINUTE });
    expect(first(approved.record).phase).toBe("taking_down");
  });
});

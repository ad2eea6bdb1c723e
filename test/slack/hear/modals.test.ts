import type { types } from "@slack/bolt";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import type { DecisionClick } from "../../../src/slack/hear/handlers.js";
import { modalAnswer } from "../../../src/slack/hear/modal-answer.js";
import { EXTENSIONS_MS, INPUT, modalOf } from "../../../src/slack/hear/modals.js";
import { plainTexts, viewRefusal } from "../block-rules.js";
import { HOUR } from "../fixtures.js";

const DENY = { kind: "deny" as const, batch: "b1", approval: "a1", reason: null };

const HOLD = { kind: "hold" as const, reason: null };

const EXTEND = { kind: "extend" as const, byMs: HOUR };

function clickOf(decision: Decision, parts: Partial<DecisionClick> = {}): DecisionClick {
  return {
    button: { v: 1, id: "m-7k3q", decision },
    user: "U02BOB",
    channel: "C01OPS",
    thread: "1.1",
    command: "/mesos",
    responseUrl: "https://hooks.slack.com/actions/T01/1/abc",
    triggerId: "t1",
    ...parts,
  };
}

function modalFor(click: DecisionClick): types.ModalView {
  const modal = modalOf(click);
  if (modal === null) throw new Error("it opens no modal");
  return modal;
}

/** The modal as it comes back with what was typed or chosen. */
function submitted(
  decision: Decision,
  input: { value?: string | null; selected_option?: { value: string } | null },
) {
  const { private_metadata: metadata = "" } = modalFor(clickOf(decision));
  return modalAnswer({ private_metadata: metadata, state: { values: { [INPUT]: { [INPUT]: input } } } });
}

const decisionOf = (answer: ReturnType<typeof modalAnswer>) =>
  typeof answer === "string" ? answer : answer.button.decision;

describe("a modal", () => {
  test.each([DENY, HOLD, EXTEND])("the modal of $kind is one that Slack takes", (decision) => {
    expect(viewRefusal(modalFor(clickOf(decision)))).toBeNull();
  });

  test.each<Decision>([
    { kind: "approve", batch: "b1", approval: "a1" },
    { kind: "cancel" },
    { kind: "up" },
    { kind: "ready" },
    { kind: "release" },
    { kind: "retry" },
    { kind: "ask_down", batch: "b1" },
  ])("$kind opens none: it decides at once", (decision) => {
    expect(modalOf(clickOf(decision))).toBeNull();
  });

  test("property: whatever the click holds, Slack takes the modal or it is not drawn", () => {
    const text = fc.oneof(fc.string({ maxLength: 4000 }), fc.constant("<!channel>"));
    fc.assert(
      fc.property(text, text, text, (batch, approval, responseUrl) => {
        const click = clickOf({ ...DENY, batch, approval }, { responseUrl });
        let view: types.ModalView;
        try {
          view = modalFor(click);
        } catch (error) {
          expect(error).toMatchObject({ code: "view_too_large" });
          return;
        }
        expect(viewRefusal(view)).toBeNull();
        for (const shown of plainTexts(view)) expect(shown).not.toMatch(/[<>]/);
      }),
    );
  });

  test("a modal proposes one hour among the extensions", () => {
    const [, input] = modalFor(clickOf(EXTEND)).blocks;
    expect(input).toMatchObject({
      element: { initial_option: { text: { text: "1 h" } }, options: { length: EXTENSIONS_MS.length } },
    });
    const [, other] = modalFor(clickOf({ kind: "extend", byMs: 7 })).blocks;
    expect(other).toMatchObject({ element: { initial_option: { text: { text: "1 h" } } } });
  });
});

describe("a submitted modal", () => {
  test.each([
    ["the reason of a denial", DENY, { value: " peak\n hours " }, { ...DENY, reason: "peak hours" }],
    ["the reason of a hold", HOLD, { value: "backup" }, { ...HOLD, reason: "backup" }],
    ["a hold without a reason", HOLD, { value: null }, HOLD],
    ["a span", EXTEND, { selected_option: { value: String(4 * HOUR) } }, { ...EXTEND, byMs: 4 * HOUR }],
  ] as const)("a submitted modal completes the click with %s", (_, decision, input, completed) => {
    expect(decisionOf(submitted(decision, input))).toEqual(completed);
  });

  test("a submitted modal carries where the person is answered", () => {
    const { thread, channel, responseUrl } = clickOf(HOLD);
    expect(submitted(HOLD, { value: "x" })).toMatchObject({
      button: { id: "m-7k3q" },
      place: { thread, channel, responseUrl },
    });
  });

  test.each([
    ["a denial with nothing but spaces", DENY, { value: " \n " }, /in a few words/],
    ["no choice", EXTEND, { selected_option: null }, /Choose/],
    ["a choice that was not offered", EXTEND, { selected_option: { value: "999" } }, /Choose/],
  ] as const)("a submitted modal stays open and says what is wrong: %s", (_, decision, input, words) => {
    expect(decisionOf(submitted(decision, input))).toMatch(words);
  });

  test("property: what is in a submitted modal is never an error, and only our own modals decide", () => {
    const anything = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(anything, anything, (metadata, value) => {
        const answer = modalAnswer({
          private_metadata: metadata,
          state: { values: { [INPUT]: { [INPUT]: { value } } } },
        });
        expect(decisionOf(answer)).toContain("Another version");
      }),
    );
  });

  test("a submitted modal keeps of a reason what is shown of it, should a client send more than Slack lets people type", () => {
    expect(decisionOf(submitted(HOLD, { value: "x".repeat(3000) }))).toEqual({
      ...HOLD,
      reason: "x".repeat(300),
    });
  });
});

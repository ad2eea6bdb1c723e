import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeButton, parseButton } from "../../../src/slack/render/button-value.js";

const decision = fc.oneof(
  fc.constantFrom({ kind: "cancel" as const }, { kind: "up" as const }, { kind: "retry" as const }),
  fc.record({ kind: fc.constant("ask_down" as const), batch: fc.string() }),
  fc.record({ kind: fc.constant("approve" as const), batch: fc.string(), approval: fc.string() }),
);

describe("a button", () => {
  test("property: a click says what the button said when it was drawn", () => {
    fc.assert(
      fc.property(decision, fc.constantFrom({}, { command: "/maint" }), (what, command) => {
        const value = { v: 1 as const, id: "m-7k3q", ...command, decision: what };
        expect(parseButton(encodeButton(value))).toEqual(value);
      }),
    );
  });

  test("property: what no version of ours drew is not understood, and is no error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(undefined)), (text) => {
        expect(parseButton(text)).toBeNull();
      }),
    );
  });

  test("a button of 0.1.0, which carries the number of an event, still decides what it said", () => {
    const old = { v: 1, id: "m-7k3q", decision: { kind: "cancel" }, rev: 3 };
    expect(parseButton(JSON.stringify(old))).toEqual({
      v: 1,
      id: "m-7k3q",
      decision: { kind: "cancel" },
    });
  });

  test("a button for the details decides nothing", () => {
    const value = { v: 1 as const, id: "m-7k3q", show: "details" as const };
    expect(parseButton(encodeButton(value))).toEqual(value);
  });

  test("a button that Slack would refuse is not drawn", () => {
    const decision = { kind: "ask_down" as const, batch: "b".repeat(2000) };
    expect(() => encodeButton({ v: 1, id: "m-7k3q", decision })).toThrow(/at most 2000 characters/);
  });
});

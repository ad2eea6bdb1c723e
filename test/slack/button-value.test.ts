import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeButton, parseButton, parseClick } from "../../src/slack/render/button-value.js";

const decision = fc.oneof(
  fc.constantFrom({ kind: "cancel" as const }, { kind: "up" as const }, { kind: "retry" as const }),
  fc.record({ kind: fc.constant("ask_down" as const), batch: fc.string() }),
  fc.record({ kind: fc.constant("approve" as const), batch: fc.string(), approval: fc.string() }),
);

describe("a button", () => {
  test("property: says after the click what it said when it was drawn", () => {
    fc.assert(
      fc.property(decision, fc.nat(), (what, rev) => {
        const value = { v: 1 as const, id: "m-7k3q", decision: what, rev };
        expect(parseButton(encodeButton(value))).toEqual({ ok: true, value });
      }),
    );
  });

  test("property: whatever else it holds is a sentence for the person, never an error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(undefined)), (text) => {
        const parsed = parseButton(text);
        expect(parsed.ok ? null : parsed.reply.notDone).toBe("Nothing was decided.");
      }),
    );
  });

  test("that was drawn long ago still decides what it said", () => {
    const old = { v: 1, id: "m-7k3q", decision: { kind: "cancel" }, rev: 3 };
    expect(parseClick(JSON.stringify(old))).toEqual({ kind: "decision", button: old });
  });

  test("for the details decides nothing", () => {
    const value = encodeButton({ v: 1, id: "m-7k3q", show: "details" });
    expect(parseClick(value)).toEqual({ kind: "details", id: "m-7k3q" });
    expect(parseButton(value).ok).toBe(false);
  });

  test("property: what no version of ours drew is a sentence for the person", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(undefined)), (text) => {
        const parsed = parseClick(text);
        expect(parsed.kind === "unknown" ? parsed.reply.notDone : null).toBe("Nothing was decided.");
      }),
    );
  });

  test("that Slack would refuse is not drawn", () => {
    const huge = {
      v: 1 as const,
      id: "m-7k3q",
      decision: { kind: "ask_down" as const, batch: "b".repeat(2000) },
      rev: 1,
    };
    expect(() => encodeButton(huge)).toThrow(/at most 2000 characters/);
  });
});

import { describe, expect, test } from "vitest";
import { click, first, inPhase } from "../support/flow.js";

describe("up", () => {
  test("Up brings Down machines up; a second click changes nothing", () => {
    const once = click(inPhase("down"), { kind: "up" }).record;
    expect(first(once).phase).toBe("bringing_up");
    expect(click(once, { kind: "up" }).record).toBe(once);
  });
});

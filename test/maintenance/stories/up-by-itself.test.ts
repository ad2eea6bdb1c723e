import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../support/world.js";
import { racks, Site } from "../rolling/site.js";
import { lastEvent, news } from "../support/flow.js";

const BY_TWO = { rule: { kind: "count", count: 2 }, canary: null, horizon: 3 } as const;

/** The first batch is Down, for two hours, and comes back by itself if that was asked for. */
function down(up: "ask" | "auto" | undefined): Site {
  const site = new Site(racks(), BY_TWO);
  if (up !== undefined) site.record = { ...site.record, wanted: { ...site.record.wanted, up } };
  site.pass();
  site.approve("b1");
  return site.pass();
}

describe("a drain with --up auto", () => {
  test("the machines come back by themselves when the window ends, and not before", () => {
    const site = down("auto");
    site.pass(119 * MINUTE);
    expect(site.pass().batch("b1").phase).toBe("down");
    site.pass(MINUTE);
    expect(site.pass().batch("b1").phase).toBe("up");
    expect(lastEvent(site.record, "bringing_up")).toMatchObject({ batch: "b1", by: null });
    expect(news(site.record)).not.toContain("overdue");
    expect(site.down.size).toBe(0);
  });

  test("an extension moves that as well", () => {
    const site = down("auto");
    site.decide({ kind: "extend", byMs: HOUR }, "U0ALICE");
    site.pass(150 * MINUTE);
    expect(site.pass().batch("b1").phase).toBe("down");
    site.pass(40 * MINUTE);
    expect(site.pass().batch("b1").phase).toBe("up");
  });

  test("a hold keeps them Down: somebody may still be at work there, and the overdue window is told", () => {
    const site = down("auto");
    site.decide({ kind: "hold", reason: "a disk is being changed" });
    site.pass(3 * HOUR);
    expect(site.pass().batch("b1").phase).toBe("down");
    expect(news(site.record)).toContain("overdue");
    site.decide({ kind: "release" });
    expect(site.pass().batch("b1").phase).toBe("up");
  });

  test("what is Down comes back by itself also after the rest was cancelled", () => {
    const site = down("auto");
    site.decide({ kind: "cancel" });
    site.pass(3 * HOUR);
    expect(site.pass().phases()).toBe("up cancelled cancelled");
  });

  test("what goes Down when its window has ended stays so until a person says Up, and that is told", () => {
    const site = new Site(racks(), BY_TWO);
    site.record = { ...site.record, wanted: { ...site.record.wanted, up: "auto" } };
    site.pass(3 * HOUR).pass();
    site.approve("b1");
    expect(site.pass(MINUTE).pass(MINUTE).pass().batch("b1").phase).toBe("down");
    expect(lastEvent(site.record, "note").text).toContain("do not come back by themselves");
    site.decide({ kind: "up" });
    expect(site.pass().batch("b1").phase).toBe("up");
  });

  test("what somebody else took Down stays so: they may be at work there (invariant 12)", () => {
    const site = new Site(racks(), BY_TWO);
    site.record = { ...site.record, wanted: { ...site.record.wanted, up: "auto" } };
    site.pass();
    for (const name of ["web-01", "web-02"]) site.othersDown.add(name);
    site.pass(3 * HOUR);
    expect(site.pass().batch("b1").phase).toBe("down");
  });

  test.each(["ask", undefined] as const)("with %s a person asks for it, however late it gets", (up) => {
    const site = down(up);
    site.pass(9 * HOUR);
    expect(site.pass().batch("b1").phase).toBe("down");
  });
});

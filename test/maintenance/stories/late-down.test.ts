import { describe, expect, test } from "vitest";
import { MINUTE, NOW, task } from "../../support/world.js";
import {
  approved,
  click,
  DENY,
  downWorld,
  drainingWorld,
  first,
  inPhase,
  lastEvent,
  news,
  stored,
  tick,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1] });

const worse = drainingWorld({ tasks: [t1, task("t2", "kafka", "web-02")] });

describe("a START_MAINTENANCE without an answer that shows late (invariant 7)", () => {
  const sent = tick(approved(busy), busy).record;
  const askedAnew = tick(sent, worse, NOW + MINUTE).record;

  test("the Down is ours though the picture had got worse meanwhile, and nobody else is blamed", () => {
    expect(first(askedAnew).phase).toBe("awaiting_approval");
    const { record, effects } = tick(askedAnew, downWorld(), NOW + 2 * MINUTE);
    expect(effects).toEqual([]);
    expect(stored(record)).toMatchObject({ phase: "down", intent: null });
    expect(news(record, askedAnew)).not.toContain("foreign_change");
    expect(lastEvent(record, "down")).toMatchObject({ tasksLost: 1 });
    expect(lastEvent(record, "note").text).toMatch(/under approval b1a1 .* taken effect late/);
    expect(first(record).approvals.at(-1)?.outcome).toMatchObject({ kind: "withdrawn" });
  });

  test("the Down is ours also after the new question was denied", () => {
    const denied = click(askedAnew, { ...DENY, approval: "b1a2" } as typeof DENY).record;
    expect(first(denied).phase).toBe("draining");
    expect(news(tick(denied, downWorld()).record, denied)).not.toContain("foreign_change");
  });

  test("the Down is ours also after a cancel", () => {
    const cancelled = click(askedAnew, { kind: "cancel" }).record;
    const left = tick(cancelled, downWorld());
    expect(first(left.record).phase).toBe("down");
    expect(lastEvent(left.record, "note").text).toMatch(/taken effect late.*back into service with Up/);
  });

  test("trouble of the call is over once the question is asked anew", () => {
    const trouble = { code: "timeout", what: "", said: null, notDone: "", next: "", sinceMs: NOW };
    expect(tick({ ...sent, trouble }, worse, NOW + MINUTE).record.trouble).toBeNull();
  });
});

test("without any call of ours a Down is somebody else's", () => {
  const { record } = tick(inPhase("draining"), downWorld());
  expect(lastEvent(record, "foreign_change").text).toMatch(/without an approval here/);
});

import { describe, expect, test } from "vitest";
import { agent, HOUR, MINUTE, NOW, worldOf } from "../../support/world.js";
import { goneWorld, inPhase, lastEvent, news, tick, twoLooks } from "../support/flow.js";

describe("up", () => {
  const nobody = goneWorld({ agents: [] });
  const up = tick(inPhase("bringing_up"), nobody).record;

  test("a maintenance that is up ends when every agent that was there has registered again", () => {
    const one = tick(up, worldOf({ agents: [agent("web-02")] }), NOW + MINUTE).record;
    expect(lastEvent(one, "agents_returned")).toMatchObject({ machines: ["web-02"], missing: 1 });
    expect(one.end).toBeNull();
    const all = twoLooks(one, worldOf(), NOW + 2 * MINUTE);
    expect(lastEvent(all.record, "agents_returned")).toMatchObject({ machines: ["web-01"], missing: 0 });
    expect(all.record.end).toMatchObject({ phase: "up" });
    expect(all.wakeAtMs).toBeNull();
  });

  test("agents that do not come back in time are told once, and are awaited on", () => {
    const late = tick(up, nobody, NOW + 10 * MINUTE);
    expect(lastEvent(late.record, "agents_missing").machines).toEqual(["web-01", "web-02"]);
    expect(news(tick(late.record, nobody, NOW + HOUR).record, late.record)).toEqual([]);
    expect(late.wakeAtMs).not.toBeNull();
  });

  test("machines that never had an agent are not waited for", () => {
    const record = twoLooks(inPhase("bringing_up", { agents: [] }), nobody).record;
    expect(record.end).toMatchObject({ phase: "up" });
  });
});

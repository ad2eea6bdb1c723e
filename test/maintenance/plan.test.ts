import { describe, expect, test } from "vitest";
import type { Resolution } from "../../src/maintenance/cluster/resolution.js";
import { whyUnplannable } from "../../src/maintenance/plan.js";
import { sightOf } from "../../src/maintenance/sight/sight.js";
import { ASK_AGAIN } from "../../src/maintenance/text/go-on.js";
import {
  agent,
  batchOf,
  HOUR,
  MINUTE,
  machine,
  NOW,
  policyOf,
  recordOf,
  windowOn,
  worldOf,
} from "../support/world.js";
import { downWorld, drainingWorld, first, inPhase, lastEvent, news, planOf, tick } from "./support/flow.js";

function resolved(parts: Partial<Resolution> = {}): Resolution {
  return {
    machines: [machine("web-01"), machine("web-02")],
    matchedNothing: [],
    unknown: [],
    literals: [],
    ...parts,
  };
}

test("a plan fixes machines, agents and window from what the pattern matched", () => {
  const record = planOf(
    recordOf({ wanted: { startMs: NOW + HOUR, durationMs: 2 * HOUR } }),
    resolved(),
    worldOf(),
    [],
    policyOf(),
    NOW,
  );
  expect(first(record)).toMatchObject({
    phase: "scheduled",
    machines: [machine("web-01"), machine("web-02")],
    agents: [{ machine: "web-01|10.0.0.1", id: "web-01-S0" }, { id: "web-02-S0" }],
    window: { start: 1792501200000000000n, duration: 7200000000000n },
  });
});

test("without a start the window begins now", () => {
  expect(first(planOf(recordOf(), resolved(), worldOf(), [], policyOf(), NOW + 5)).window.start).toBe(
    BigInt(NOW + 5) * 1_000_000n,
  );
});

test("a machine that the pattern gives twice is posted once: a master refuses it otherwise", () => {
  const twice = resolved({ machines: [machine("web-01"), machine("WEB-01", "10.0.0.1")] });
  expect(first(planOf(recordOf(), twice, worldOf(), [], policyOf(), NOW)).machines).toHaveLength(1);
});

test("a machine that is not registered is planned, and it is said that nothing drains there (invariant 4)", () => {
  const spare = machine("spare-07");
  const record = planOf(
    recordOf(),
    resolved({ machines: [spare], literals: [spare] }),
    worldOf(),
    [],
    policyOf(),
    NOW,
  );
  expect(first(record).machines).toEqual([spare]);
  expect(lastEvent(record, "note").text).toMatch(/spare-07: no agent is registered/);
});

describe("a plan that is refused posts nothing and says what to do next", () => {
  const ours = inPhase("draining", {}, { id: "m-aaaa", requester: "U0CAROL", reason: "disks" });
  const fresh = inPhase("scheduled", {}, { id: "m-bbbb", requester: "U0CAROL" });
  test.each<[string, Partial<Resolution>, ReturnType<typeof worldOf>, (typeof ours)[], RegExp]>([
    [
      "a term that matches nothing, with the nearest names",
      { matchedNothing: [{ term: "wbe-01", nearest: ["web-01", "web-02"] }] },
      worldOf(),
      [],
      /`wbe-01` \(nearest: web-01, web-02\)/,
    ],
    ["hosts that the master does not know", { unknown: ["web-09"] }, worldOf(), [], /no agent for web-09/],
    ["a pattern that leaves no machine", { machines: [] }, worldOf(), [], /`web-\*` leaves no machine/],
    [
      "a machine in a window of ours",
      {},
      drainingWorld(),
      [ours],
      /^2 machines \(web-01, web-02\) are already draining, by m-aaaa of <@U0CAROL> \(disks\), until 2026-10-20 16:00 UTC/,
    ],
    [
      "a machine in somebody else's window",
      {},
      worldOf({ windows: [windowOn(["web-02"], NOW, HOUR)] }),
      [ours],
      /^web-01 is planned, by m-aaaa.*; web-02 is already draining, by m-aaaa/,
    ],
    [
      "a machine in a foreign window with an end",
      {},
      worldOf({ windows: [windowOn(["web-02"], NOW, HOUR)] }),
      [],
      /web-02 is already draining, in a window of somebody else from 2026-10-20 12:00 UTC until 2026-10-20 13:00 UTC/,
    ],
    [
      "a machine in a foreign window without an end, its start no whole millisecond",
      {},
      worldOf({ windows: [{ machines: [machine("web-02")], start: 1795195128662822401n, duration: null }] }),
      [],
      /from 2026-11-20 \d\d:\d\d UTC without an end/,
    ],
    [
      "machines that are Down",
      {},
      downWorld(),
      [],
      /^2 machines \(web-01, web-02\) are already Down, in a window of somebody else/,
    ],
    [
      "a machine that another maintenance is about to post",
      {},
      worldOf(),
      [fresh],
      /^2 machines \(web-01, web-02\) are planned, by m-bbbb of <@U0CAROL>, until/,
    ],
  ])("a plan is refused for %s (invariant 12)", (_, parts, world, others, why) => {
    const record = planOf(recordOf(), resolved(parts), world, others, policyOf(), NOW);
    expect(record.batches).toEqual([]);
    expect(record.end).toMatchObject({ phase: "failed", why: expect.stringMatching(why) });
    expect(lastEvent(record, "failed")).toMatchObject({
      why: expect.stringContaining("No window was posted"),
      next: expect.stringMatching(/\w/),
    });
  });
});

describe("a plan that waits goes on by itself", () => {
  test("a plan waits on a filtered view (invariant 2)", () => {
    const record = planOf(
      recordOf(),
      resolved(),
      { ...drainingWorld(), schedule: { windows: [] } },
      [],
      policyOf(),
      NOW,
    );
    expect(record).toMatchObject({ end: null, batches: [], trouble: { code: "filtered_read" } });
  });

  test("a plan waits while agents register again after a fail-over, for the pattern could miss some (invariant 2)", () => {
    const record = planOf(
      recordOf(),
      resolved(),
      worldOf({ recoveredAgents: [agent("web-03")] }),
      [],
      policyOf(),
      NOW,
    );
    expect(record).toMatchObject({ end: null, batches: [], trouble: { code: "agents_recovering" } });
    const later = planOf(record, resolved(), worldOf(), [], policyOf(), NOW + 1_000);
    expect(later.batches).toHaveLength(1);
    expect(news(later)).toEqual(["trouble", "trouble_over", "blast_radius"]);
  });
});

describe("a drain right after a restart of the master", () => {
  const SECOND = 1_000;

  const MISSES: [string, Partial<Resolution>, RegExp][] = [
    ["a term", { matchedNothing: [{ term: "web-01", nearest: [] }] }, /Nothing in prod matches `web-01`/],
    ["a host", { unknown: ["web-01"] }, /no agent for web-01/],
    ["the pattern", { machines: [] }, /leaves no machine/],
  ];

  const electedAt = (electedAtMs: number | null) => worldOf({ agents: [], electedAtMs });

  const missed = resolved({ machines: [] });

  test.each(MISSES)("it waits while %s matches nothing, and says what comes next", (_, parts, what) => {
    const record = planOf(recordOf(), resolved(parts), electedAt(NOW - SECOND));
    expect(record).toMatchObject({ end: null, batches: [], trouble: { code: "just_elected" } });
    expect(lastEvent(record, "trouble").what).toMatch(what);
    expect(lastEvent(record, "trouble").next).toMatch(
      /^It goes on by itself when the agents have registered\. The drain is refused when two minutes/,
    );
  });

  test("a dry run goes on with nothing: who asked for it asks again", () => {
    const world = electedAt(NOW - SECOND);
    const blind = whyUnplannable(recordOf(), missed, { world, sight: sightOf(world), nowMs: NOW }, ASK_AGAIN);
    expect(blind?.next).toMatch(/^Ask again when the agents have registered\./);
  });

  test("it goes on as soon as the agents have registered", () => {
    const waiting = planOf(recordOf(), missed, electedAt(NOW - SECOND));
    const later = planOf(
      waiting,
      resolved(),
      worldOf({ electedAtMs: NOW - SECOND }),
      [],
      policyOf(),
      NOW + SECOND,
    );
    expect(later.batches).toHaveLength(1);
    expect(news(later)).toEqual(["trouble", "trouble_over", "blast_radius"]);
  });

  test.each([
    ["two minutes after the election", NOW - 2 * MINUTE],
    ["where the master does not say when it was elected", null],
  ])("%s it ends when nothing matches", (_, electedAtMs) => {
    expect(planOf(recordOf(), missed, electedAt(electedAtMs)).end).toMatchObject({ phase: "failed" });
  });

  test("a clock of the master that is a minute ahead makes no difference", () => {
    expect(planOf(recordOf(), missed, electedAt(NOW + MINUTE)).trouble?.code).toBe("just_elected");
  });

  test("a master that is elected again every minute does not hold it up for ever, whatever comes in between", () => {
    let record = recordOf();
    let nowMs = NOW;
    while (record.end === null && nowMs < NOW + HOUR) {
      record = planOf(record, missed, electedAt(nowMs - SECOND), [], policyOf(), nowMs);
      nowMs += MINUTE / 2;
      if (record.end !== null) break;
      const between = worldOf({ agents: [], recoveredAgents: [agent("web-03")] });
      record = planOf(record, missed, between, [], policyOf(), nowMs);
      nowMs += MINUTE / 2;
    }
    expect(record.end).toMatchObject({ phase: "failed", atMs: NOW + 10 * MINUTE });
  });
});

test("machines that are fixed are not looked up again", () => {
  expect(tick(recordOf(), worldOf()).effects).toEqual([{ kind: "look_up_hosts" }]);
  expect(tick(inPhase("draining"), drainingWorld()).effects).toEqual([]);
});

test("a drain for the very moment of another one of ours gets a window of its own, a nanosecond later (invariant 12)", () => {
  const before = recordOf({
    id: "m-old1",
    batches: [batchOf({ phase: "cancelled" })],
    end: { phase: "cancelled", atMs: NOW, why: null },
  });
  const planned = planOf(recordOf(), resolved(), worldOf(), [before]);
  expect(first(planned).window.start).toBe(first(before).window.start + 1n);
  const elsewhere = planOf(
    recordOf({ id: "m-old2" }),
    resolved({ machines: [machine("web-03")] }),
    worldOf(),
  );
  const third = planOf(recordOf(), resolved(), worldOf(), [
    before,
    elsewhere,
    { ...planned, id: "m-old3", end: before.end },
  ]);
  expect(first(third).window.start).toBe(first(before).window.start + 2n);
});

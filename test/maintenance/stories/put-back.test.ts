import { describe, expect, test } from "vitest";
import { holds } from "../../../src/maintenance/window/whose.js";
import { MINUTE, machine, NOW, policyOf, worldOf } from "../../support/world.js";
import {
  click,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  news,
  OURS,
  tick,
  twoLooks,
} from "../support/flow.js";

const { pollMs } = policyOf();

/** What is looked at later shows what the world was then. */
function at<W extends object>(world: W, observedAtMs: number): W & { observedAtMs: number } {
  return { ...world, observedAtMs };
}

const removal = [{ kind: "update_schedule", edit: { kind: "remove", machines: OURS.machines } }];

describe("a removal counts when the window stays away, for who read the list before may write it back", () => {
  test("after Up the maintenance goes on for a poll though all agents are back", () => {
    const { record } = tick(inPhase("bringing_up"), at(worldOf(), NOW));
    expect(news(record)).toEqual(["up", "agents_returned"]);
    expect(record.end).toBeNull();
    const early = tick(record, at(worldOf(), NOW + pollMs - 1), NOW + pollMs - 1);
    expect(early.record.end).toBeNull();
    expect(tick(early.record, at(worldOf(), NOW + pollMs), NOW + pollMs).record.end?.phase).toBe("up");
  });

  test("our window that comes back after Up is taken out again, and the wait begins anew", () => {
    const up = tick(inPhase("bringing_up"), at(worldOf(), NOW)).record;
    const back = tick(up, at(drainingWorld(), NOW + 1_000), NOW + 1_000);
    expect(back.effects).toMatchObject(removal);
    expect(lastEvent(back.record, "note").text).toContain("taken out of it again");
    const gone = tick(back.record, at(worldOf(), NOW + pollMs), NOW + pollMs).record;
    expect(gone.end).toBeNull();
    const later = NOW + 2 * pollMs;
    expect(tick(gone, at(worldOf(), later), later).record.end?.phase).toBe("up");
  });

  test("it is looked for as long as agents are missing", () => {
    const nobody = goneWorld({ agents: [] });
    const up = twoLooks(inPhase("bringing_up"), nobody).record;
    expect(tick(up, at(drainingWorld({ agents: [] }), NOW + MINUTE), NOW + MINUTE).effects).toMatchObject(
      removal,
    );
  });

  test("a removal without an answer is not sent again before it is settled (invariant 7)", () => {
    const up = tick(inPhase("bringing_up"), at(worldOf(), NOW)).record;
    const unsettled = { ...up, unsettledUntilMs: NOW + MINUTE };
    expect(tick(unsettled, at(drainingWorld(), NOW + 1_000), NOW + 1_000).effects).toEqual([]);
  });

  test("a cancelled window that comes back is taken out again, and that is told once", () => {
    const cancelled = click(inPhase("draining"), { kind: "cancel" }).record;
    const gone = tick(cancelled, at(goneWorld(), NOW)).record;
    expect(gone.end).toBeNull();
    expect(holds(gone, machine("web-01"))).toBe(false);
    const back = tick(gone, at(drainingWorld(), NOW + 1_000), NOW + 1_000);
    expect(back.effects).toMatchObject(removal);
    expect(lastEvent(back.record, "note").text).toContain("taken out of it again");
    const ended = twoLooks(back.record, goneWorld(), NOW + 2_000).record;
    expect(ended.end?.phase).toBe("cancelled");
    expect(first(ended).phase).toBe("cancelled");
  });

  test.each(["cancelled", "up"] as const)(
    "one that is %s does not end while its window stands again and a removal may be under way",
    (phase) => {
      const removed =
        phase === "up" ? inPhase("bringing_up") : click(inPhase("draining"), { kind: "cancel" }).record;
      const gone = tick(removed, at(goneWorld({ agents: worldOf().agents }), NOW)).record;
      expect(first(gone).phase).toBe(phase);
      const sent = tick(gone, at(drainingWorld(), NOW + 1_000), NOW + 1_000).record;
      const unsettled = { ...sent, unsettledUntilMs: NOW + 2 * MINUTE };
      const later = NOW + pollMs + 2_000;
      const stands = tick(unsettled, at(drainingWorld(), later), later);
      expect(stands.effects).toEqual([]);
      expect(stands.record.end).toBeNull();
      const free = { ...stands.record, unsettledUntilMs: null };
      expect(tick(free, at(drainingWorld(), later + 1_000), later + 1_000).effects).toMatchObject(removal);
    },
  );

  test("a record of 0.1.0 that is up, and does not say since when its window is gone, ends as well", () => {
    const up = inPhase("up", { returned: ["web-01|10.0.0.1", "web-02|10.0.0.2"] });
    expect(twoLooks(up, worldOf()).record.end?.phase).toBe("up");
  });

  test("a drain whose window was never posted is cancelled at once", () => {
    const cancelled = click(inPhase("scheduled", { drainingSinceMs: null }), { kind: "cancel" }).record;
    expect(tick(cancelled, at(goneWorld(), NOW)).record.end?.phase).toBe("cancelled");
  });
});

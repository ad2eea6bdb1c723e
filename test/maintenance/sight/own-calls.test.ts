import { describe, expect, test } from "vitest";
import type { World } from "../../../src/maintenance/cluster/world.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { withPossiblePost } from "../../../src/maintenance/sight/own-calls.js";
import { MINUTE, machine, NOW, policyOf, recordOf, worldOf } from "../../support/world.js";
import { click, drainingWorld, first, goneWorld, inPhase, news, planOf, tick } from "../support/flow.js";

const blank = worldOf({ leaderId: "leader-2" });

const fresh = () => inPhase("scheduled", { drainingSinceMs: null });

/** Of a cluster whose master may hide windows from the bot's principal. */
const watched = policyOf({ hasCredentials: true });

const place = [{ kind: "update_schedule", edit: { kind: "place" } }];

function planned(world: World): Maintenance {
  const resolution = {
    machines: [machine("web-01"), machine("web-02")],
    matchedNothing: [],
    unknown: [],
    literals: [],
  };
  return planOf(recordOf({ confirmed: 2 }), resolution, world, [], watched, NOW);
}

describe("windows that were shown before the first post, and are not any more (invariant 2)", () => {
  const stopped = tick(planned(goneWorld()), blank, NOW, watched);

  test("the hidden windows keep the bot from posting, and what to do is told once", () => {
    expect(stopped.effects).toEqual([]);
    expect(stopped.record.trouble).toMatchObject({
      code: "windows_vanished",
      next: expect.stringContaining("/mesos cancel m-7k3q"),
    });
    expect(news(tick(stopped.record, blank, NOW + MINUTE, watched).record, stopped.record)).toEqual([]);
  });

  test("the post goes on by itself when windows are shown again", () => {
    const { record, effects } = tick(stopped.record, goneWorld(), NOW, watched);
    expect(effects).toMatchObject(place);
    expect(first(record).phase).toBe("scheduled");
  });

  test("windows that a look after the plan showed count as well", () => {
    const held = {
      ...planned(worldOf()),
      held: { by: "U0BOB", atMs: NOW, reason: null, as: "operator" as const },
    };
    const looked = { ...tick(held, goneWorld()).record, held: null };
    expect(tick(looked, blank, NOW, watched).effects).toEqual([]);
  });

  test("the windows are over where the master is asked without credentials, and so hides nothing", () => {
    const { record, effects } = tick(planned(goneWorld()), blank, NOW, policyOf({ hasCredentials: false }));
    expect(effects).toMatchObject(place);
    expect(record.trouble).toBeNull();
  });

  test("a cancel needs nobody's word: nothing was posted", () => {
    const cancelled = click(stopped.record, { kind: "cancel" }).record;
    expect(tick(cancelled, blank).record.end?.phase).toBe("cancelled");
  });

  test("a cluster that never showed one is posted to", () => {
    expect(tick(planned(worldOf()), blank, NOW, watched).effects).toMatchObject(place);
  });

  test("a window of ours that a person posts again is posted: they know", () => {
    const unseen = tick(withPossiblePost(planned(goneWorld()), [machine("web-01")], NOW), blank).record;
    expect(unseen.trouble?.code).toBe("own_window_unseen");
    const again = click(unseen, { kind: "retry" }).record;
    expect(tick(again, blank, NOW, watched).effects).toMatchObject(place);
  });
});

describe("a post that got no answer", () => {
  const sent = withPossiblePost(fresh(), first(fresh()).machines, NOW);
  const unsettled = { ...sent, unsettledUntilMs: NOW + MINUTE };

  test("a post without an answer is waited for before anything is concluded (invariant 7)", () => {
    const { record, effects } = tick(unsettled, worldOf());
    expect(effects).toEqual([]);
    expect(record.trouble).toBeNull();
  });

  test("a post without an answer is not sent once more where no window is shown: it may have wiped what is hidden (invariant 2)", () => {
    const world = worldOf({ observedAtMs: NOW + MINUTE });
    const { record, effects } = tick(unsettled, world, NOW + MINUTE);
    expect(effects).toEqual([]);
    expect(record.trouble?.code).toBe("own_window_unseen");
  });

  test("a post without an answer is sent again where other windows are shown and ours is not", () => {
    const world = goneWorld({ observedAtMs: NOW + MINUTE });
    expect(tick(unsettled, world, NOW + MINUTE).effects).toMatchObject(place);
  });
});

describe("our own accepted post that the master does not show", () => {
  const start = inPhase("scheduled", { drainingSinceMs: null });
  const posted = withPossiblePost(start, first(start).machines, NOW);

  test("our window is not posted again, because each post may wipe windows that we cannot see (invariant 2)", () => {
    expect(tick(start, worldOf()).effects).toMatchObject([{ kind: "update_schedule" }]);
    const stopped = tick(posted, worldOf());
    expect(stopped.effects).toEqual([]);
    expect(stopped.record.trouble).toMatchObject({
      code: "own_window_unseen",
      next: expect.stringMatching(
        /get_maintenance_schedules and get_maintenance_statuses on ANY.*\/mesos cancel m-7k3q/,
      ),
    });
    const later = tick(stopped.record, worldOf(), NOW + MINUTE);
    expect(later.effects).toEqual([]);
    expect(news(later.record, stopped.record)).toEqual([]);
  });
  test("the maintenance goes on by itself when the master shows our window", () => {
    const stopped = tick(posted, worldOf()).record;
    const { record } = tick(stopped, drainingWorld());
    expect(record.trouble).toBeNull();
    expect(news(record, stopped)).toContain("scheduled");
  });
  test("our window was removed by somebody else if the master shows other windows: then it is posted again", () => {
    const foreign = drainingWorld({ windows: [] });
    const others = { ...foreign, ...drainingWorldOf("web-03") };
    expect(tick(posted, others).effects).toMatchObject([{ kind: "update_schedule" }]);
  });
  test("our window is posted again when a person says so, once (invariant 2)", () => {
    const stopped = tick(posted, worldOf()).record;
    const again = click(stopped, { kind: "retry" });
    expect(again.reply.tone).toBe("done");
    expect(tick(again.record, worldOf()).effects).toMatchObject([{ kind: "update_schedule" }]);
  });
  test("our window was removed by somebody who cleared the schedule: a person may post it again", () => {
    const removed = tick(inPhase("draining", { postedAtMs: NOW }), worldOf()).record;
    expect(removed.trouble).toMatchObject({
      code: "windows_gone",
      what: expect.stringMatching(/shows no window of anybody/),
      next: expect.stringContaining("get_maintenance_schedules"),
    });
    const { record } = click(removed, { kind: "retry" });
    expect(tick(record, worldOf()).effects).toMatchObject([{ kind: "update_schedule" }]);
  });
  test("a maintenance that never posted needs nobody's word to be cancelled", () => {
    const cancelled = { ...start, cancel: { by: "U0BOB", atMs: NOW } };
    expect(tick(cancelled, worldOf()).record.end?.phase).toBe("cancelled");
  });
  test("a post only counts for the batch that was posted", () => {
    expect(withPossiblePost(start, [machine("web-09")], NOW)).toEqual(start);
  });
});

function drainingWorldOf(host: string): Pick<World, "schedule" | "status"> {
  const { schedule, status } = worldOf({
    windows: [{ machines: [machine(host)], start: 1n, duration: null }],
  });
  return { schedule, status };
}

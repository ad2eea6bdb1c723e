import { describe, expect, test } from "vitest";
import {
  withAcceptedRemoval,
  withConfirmedUp,
  withRefusedRemoval,
} from "../../../src/maintenance/sight/own-calls.js";
import { agent, HOUR, MINUTE, machine, NOW, worldOf } from "../../support/world.js";
import {
  click,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  news,
  tick,
  twoLooks,
} from "../support/flow.js";

/** No window of anybody, no machine in maintenance: everything is over, or we are shown nothing. */
const blank = worldOf({ agents: [] });

const unseenCancel = { code: "cancel_unseen", next: expect.stringContaining("again closes it here") };

const unseen = { code: "down_unseen", next: expect.stringContaining("get_maintenance_schedules") };

describe("when the master shows no window at all any more, nothing of ours is called over for it (invariant 2)", () => {
  describe("down", () => {
    const down = inPhase("down");

    test("our Down is not taken for somebody else's Up; it is told once", () => {
      const stopped = tick(down, blank);
      expect(stopped.effects).toEqual([]);
      expect(first(stopped.record).phase).toBe("down");
      expect(stopped.record.trouble).toMatchObject(unseen);
      expect(news(tick(stopped.record, blank, NOW + MINUTE).record, stopped.record)).toEqual([]);
      expect(news(tick(stopped.record, blank, NOW + 4 * HOUR).record, stopped.record)).toEqual(["overdue"]);
    });

    test("our Down is over by somebody else's Up when an agent registers again, which none does while Down", () => {
      const stopped = tick(down, blank).record;
      const { record } = tick(stopped, worldOf({ agents: [agent("web-02")] }));
      expect(news(record, stopped)).toEqual(expect.arrayContaining(["foreign_change", "up", "trouble_over"]));
    });

    test("our Down is over by somebody else's Up when windows of others are shown", () => {
      expect(first(tick(down, goneWorld({ agents: [] })).record).phase).toBe("up");
    });
  });

  describe("bringing up", () => {
    const bringingUp = inPhase("bringing_up");

    test("Up asks the master, machine by machine, because one that is not Down makes it refuse a list", () => {
      const { record, effects } = tick(bringingUp, blank);
      expect(effects).toEqual(
        ["web-01", "web-02"].map((name) => ({
          kind: "stop_maintenance",
          batch: "b1",
          machines: [machine(name)],
          answerCounts: true,
        })),
      );
      expect(first(record).phase).toBe("bringing_up");
    });

    test("Up leaves out the machines that the master has confirmed or whose agent is back", () => {
      const one = withConfirmedUp(bringingUp, [machine("web-01")]);
      expect(tick(one, blank).effects).toMatchObject([{ machines: [machine("web-02")] }]);
      expect(first(tick(one, worldOf({ agents: [agent("web-02")] })).record).phase).toBe("up");
      const both = withConfirmedUp(one, [machine("web-02")]);
      expect(first(tick(both, blank).record).phase).toBe("up");
    });
  });

  describe("a cancel", () => {
    const cancelled = inPhase("draining", {}, { cancel: { by: "U0ALICE", atMs: NOW } });

    test("a cancel is not finished by it, and nothing is posted", () => {
      const { record, effects } = tick(cancelled, blank);
      expect(effects).toEqual([]);
      expect(record).toMatchObject({ end: null, trouble: unseenCancel });
    });

    test("a cancel is finished after a post of ours that the master accepted", () => {
      const removed = withAcceptedRemoval(cancelled, [machine("web-01")], NOW);
      expect(twoLooks(removed, blank).record.end).toMatchObject({ phase: "cancelled" });
    });

    test("a cancel whose post got no answer is finished by what the same leader no longer shows, not another (invariant 7)", () => {
      const sent = tick(cancelled, drainingWorld()).record;
      expect(twoLooks(sent, blank).record.end).toMatchObject({ phase: "cancelled" });
      expect(tick(sent, { ...blank, leaderId: "leader-2" }).record).toMatchObject({
        end: null,
        trouble: unseenCancel,
      });
    });

    test("a cancel whose post was refused is not finished by it: rights to post and to see may go together", () => {
      const refused = withRefusedRemoval(tick(cancelled, drainingWorld()).record, [machine("web-01")]);
      expect(tick(refused, blank).record).toMatchObject({ end: null, trouble: unseenCancel });
    });

    test("a cancel is finished when windows of others are shown", () => {
      expect(twoLooks(cancelled, goneWorld()).record.end).toMatchObject({ phase: "cancelled" });
    });

    test("a second cancel closes the maintenance, on the word of who pressed it, and says that nothing more was sent", () => {
      const stopped = tick(cancelled, blank).record;
      const { record, reply } = click(stopped, { kind: "cancel" }, { by: "U0BOB" });
      expect(record.end).toMatchObject({ phase: "cancelled" });
      expect(lastEvent(record, "note").text).toMatch(/<@U0BOB> closed this without the master showing/);
      expect(reply).toMatchObject({ tone: "done", notDone: "Nothing more was sent to the master." });
    });
  });
});

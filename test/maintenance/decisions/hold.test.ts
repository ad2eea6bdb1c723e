import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { decodeMaintenance, encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { HOUR, MINUTE, NOW, policyOf, recordOf, task, worldOf } from "../../support/world.js";
import {
  APPROVE,
  ASK,
  approved,
  asked,
  click,
  downWorld,
  drainingWorld,
  first,
  inPhase,
  lastEvent,
  news,
  tick,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1] });

const HOLD: Decision = { kind: "hold", reason: "backup runs" };

const RELEASE: Decision = { kind: "release" };

const held = (record = asked(busy), by = "U0CAROL") => click(record, HOLD, { by }).record;

describe("while it is held", () => {
  test("a hold stands in the log with who and why; a second one changes nothing", () => {
    const record = held();
    expect(record.held).toMatchObject({ by: "U0CAROL", reason: "backup runs", as: "operator" });
    expect(lastEvent(record, "held")).toMatchObject({ by: "U0CAROL", as: "operator" });
    expect(click(record, HOLD, { by: "U0CAROL" }).record).toBe(record);
  });

  test("a second hold with another reason keeps the new reason, as a line of its own", () => {
    const again: Decision = { kind: "hold", reason: "backup failed, runs again" };
    const { record, reply } = click(held(), again, { by: "U0CAROL" });
    expect(record.held).toMatchObject({ by: "U0CAROL", atMs: NOW, reason: "backup failed, runs again" });
    expect(news(record, held())).toEqual(["held"]);
    expect(lastEvent(record, "held")).toMatchObject({ reason: "backup failed, runs again", as: "operator" });
    expect(reply).toMatchObject({ tone: "done", text: expect.stringContaining("runs again") });
    expect(click(record, again, { by: "U0CAROL" }).record).toBe(record);
  });

  test("a second hold without a reason leaves the reason there is", () => {
    const { record, reply } = click(held(), { kind: "hold", reason: null }, { by: "U0CAROL" });
    expect(record).toEqual(held());
    expect(reply.text).toContain("(backup runs)");
  });

  test("the commands that let it go on are named", () => {
    const next = { next: expect.stringContaining("/mesos release m-7k3q") };
    expect(click(asked(busy), HOLD).reply).toMatchObject(next);
    expect(click(held(inPhase("draining")), ASK, { world: busy }).reply).toMatchObject(next);
    expect(click(held(), APPROVE, { world: busy }).reply).toMatchObject(next);
  });

  describe("somebody else's hold is added, and it goes on when the last one is released", () => {
    const policy = policyOf({ approvers: ["U0BOB", "U0EVE"] });
    const both = click(held(), { kind: "hold", reason: "me too" }, { by: "U0EVE", policy }).record;

    test("each hold ends on the word of its holder, also of one who may end the other", () => {
      expect(lastEvent(both, "held")).toMatchObject({ by: "U0EVE", reason: "me too" });
      const one = click(both, RELEASE, { by: "U0EVE", policy });
      expect(one.record.held).toMatchObject({ by: "U0CAROL", reason: "backup runs" });
      expect(one.reply).toMatchObject({
        text: expect.stringContaining("still held by <@U0CAROL> (backup runs)"),
        notDone: "It does not go on yet.",
      });
      expect(tick(one.record, drainingWorld()).effects).toEqual([]);
      const last = click(one.record, RELEASE, { by: "U0EVE", nowMs: NOW + MINUTE, policy });
      expect(last.record.held).toBeNull();
    });

    test("the holds are released in either order, and the record of the job keeps both", () => {
      const stored = decodeMaintenance(JSON.parse(JSON.stringify(encodeMaintenance(both))));
      const one = click(stored, RELEASE, { by: "U0CAROL", policy });
      expect(one.record.held).toMatchObject({ by: "U0EVE", reason: "me too" });
      expect(click(one.record, RELEASE, { by: "U0EVE", policy }).record.held).toBeNull();
    });

    test("a person without a hold of their own ends all that they may", () => {
      expect(click(both, RELEASE, { by: "U0ALICE", policy }).record.held).toBeNull();
      const tried = click(both, RELEASE, { by: "U0DAN", policy });
      expect(tried.record.held).toEqual(both.held);
      expect(tried.reply.text).toContain("held by <@U0CAROL> (backup runs), <@U0EVE> (me too)");
    });

    test("a hold or a release that is carried out again after a crash changes nothing (invariant 7)", () => {
      expect(click(both, { kind: "hold", reason: "me too" }, { by: "U0EVE", policy }).record).toBe(both);
      const one = click(both, RELEASE, { by: "U0EVE", policy }).record;
      expect(click(one, RELEASE, { by: "U0EVE", policy }).record).toBe(one);
    });
  });

  test("nothing is approved, and the question stays open", () => {
    const { record, reply } = click(held(), APPROVE, { world: busy });
    expect(first(record)).toEqual(first(held()));
    expect(reply).toMatchObject({
      tone: "refused",
      text: expect.stringMatching(/held by <@U0CAROL> \(backup runs\)/),
    });
  });

  test("the question expires all the same: a hold is no way to keep an old one", () => {
    expect(news(tick(held(), busy, NOW + HOUR).record, held())).toContain("approval_expired");
  });

  test("nothing is asked, by itself or by a person", () => {
    const draining = held(inPhase("draining"));
    const late = tick(draining, drainingWorld(), NOW + 2 * HOUR);
    expect(news(late.record, draining)).toEqual(["empty"]);
    expect(click(draining, ASK, { world: busy }).record).toBe(draining);
    const going = click(late.record, RELEASE, { by: "U0CAROL" }).record;
    expect(news(tick(going, drainingWorld(), NOW + 2 * HOUR).record, going)).toContain("approval_asked");
  });

  test("no window is posted, and one that stands stays", () => {
    const planned = held(inPhase("scheduled", { drainingSinceMs: null }));
    expect(tick(planned, worldOf()).effects).toEqual([]);
    expect(tick(held(), busy).effects).toEqual([]);
    const going = click(planned, RELEASE, { by: "U0CAROL" }).record;
    expect(tick(going, worldOf()).effects).toHaveLength(1);
  });

  test("an approved Down whose call has not been sent waits; released after the approval's time it is asked anew", () => {
    const waiting = held(approved(busy));
    expect(tick(waiting, busy).effects).toEqual([]);
    const going = click(waiting, RELEASE, { by: "U0CAROL" }).record;
    expect(tick(going, busy, NOW + MINUTE).effects).toHaveLength(1);
    const late = tick(going, busy, NOW + HOUR);
    expect(late.effects).toEqual([]);
    expect(first(late.record).phase).toBe("awaiting_approval");
  });

  test("a held maintenance can be cancelled", () => {
    expect(tick(click(held(), { kind: "cancel" }).record, busy).effects).toHaveLength(1);
  });
});

describe("holding is too late", () => {
  test("a hold is refused once the call that takes the machines down was sent", () => {
    const sent = tick(approved(busy), busy).record;
    const { record, reply } = click(sent, HOLD);
    expect(record).toBe(sent);
    expect(reply).toMatchObject({ notDone: "Nothing was held.", next: expect.stringContaining("/mesos up") });
  });

  test("a hold changes nothing once the machines are down", () => {
    const down = inPhase("down");
    expect(click(down, HOLD, { world: downWorld() }).record).toBe(down);
  });

  test("a hold is not too late before the hosts have been looked up", () => {
    expect(held(recordOf()).held).not.toBeNull();
  });
});

const owned = (said: "nothing" | "hold" | "ready" = "nothing") => ({
  owners: [
    { owner: "S0KAFKA", of: ["kafka"], said, by: null, atMs: null },
    { owner: "U0DAN", of: ["/billing/api"], said: "nothing" as const, by: null, atMs: null },
  ],
});

describe("an owner's hold", () => {
  const policy = policyOf({ approvers: ["U0BOB", "U0DAN"], admins: ["U0ROOT"] });
  const kim = { by: "U0KIM", groups: ["S0KAFKA"], policy };

  test("a hold is an owner's if its holder is an owner and neither requester nor approver", () => {
    const record = { ...asked(busy), ...owned() };
    expect(click(record, HOLD, kim).record).toMatchObject({
      held: { as: "owner", by: "U0KIM" },
      owners: [{ said: "hold", by: "U0KIM" }, { said: "nothing" }],
    });
    expect(click(record, HOLD, { by: "U0DAN", policy }).record.held?.as).toBe("operator");
    const theirs = { ...record, requester: "U0KIM" };
    expect(click(theirs, HOLD, kim).record.held?.as).toBe("operator");
  });

  test("a hold of a person whose groups could not be looked up is an owner's too, and they are told (invariant 6)", () => {
    const record = { ...asked(busy), ...owned() };
    const unsure = { by: "U0KIM", lookupFailed: true, policy };
    const { record: byKim, reply } = click(record, HOLD, unsure);
    expect(byKim.held).toMatchObject({ by: "U0KIM", as: "owner" });
    expect(reply.text).toMatch(/could not be asked .* counts as an owner's hold/);
    for (const by of ["U0ALICE", "U0BOB"]) {
      expect(click(byKim, RELEASE, { by, policy }).record.held).not.toBeNull();
    }
    expect(click(byKim, RELEASE, unsure).record.held).toBeNull();
    const colleague = { by: "U0LEE", groups: record.owners.map(({ owner }) => owner), policy };
    expect(click(byKim, RELEASE, colleague).record.held).toBeNull();
    expect(click(byKim, RELEASE, { by: "U0ROOT", policy }).record.held).toBeNull();
    expect(click(record, HOLD, { ...unsure, by: "U0ALICE" }).record.held?.as).toBe("operator");
    expect(click(record, HOLD, { ...unsure, by: "U0BOB" }).record.held?.as).toBe("operator");
    expect(click(asked(busy), HOLD, unsure).record.held?.as).toBe("operator");
  });

  test("a maintenance that an owner and an operator hold goes on only when both are released, in either order", () => {
    const both = click({ ...held(), ...owned() }, HOLD, kim).record;
    expect(news(both, held())).toEqual(["held"]);
    expect(click(both, HOLD, kim).record).toBe(both);
    const why = click(both, { kind: "hold", reason: "moving leaders" }, kim).record;
    expect(why.held).toMatchObject({ by: "U0CAROL", reason: "backup runs" });
    expect(lastEvent(why, "held")).toMatchObject({ by: "U0KIM", reason: "moving leaders", as: "owner" });
    expect(click(why, RELEASE, { by: "U0CAROL", policy }).record.held?.reason).toBe("moving leaders");
    const operatorFirst = click(both, RELEASE, { by: "U0CAROL", policy });
    expect(operatorFirst.record.held).toMatchObject({ by: "U0KIM", as: "owner", reason: "backup runs" });
    expect(operatorFirst.reply.text).toMatch(/still held by <@U0KIM> \(backup runs\)/);
    expect(click(operatorFirst.record, RELEASE, kim).record.held).toBeNull();
    const ownerFirst = click(both, RELEASE, kim).record;
    expect(ownerFirst.held).toMatchObject({ by: "U0CAROL", as: "operator" });
    expect(click(ownerFirst, RELEASE, { by: "U0CAROL", policy }).record.held).toBeNull();
  });
});

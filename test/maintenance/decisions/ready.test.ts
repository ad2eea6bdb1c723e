import { describe, expect, test } from "vitest";
import { framework, policyOf, task } from "../../support/world.js";
import { asked, click, drainingWorld, inPhase, lastEvent, news, tick } from "../support/flow.js";

const kafka = task("kafka-3", "F-1", "web-01", { app: "brokers" });

const billing = task("billing.api.1", "marathon", "web-02", { app: "/billing/api" });

const world = drainingWorld({
  tasks: [kafka, billing],
  frameworks: [framework("F-1", { name: "Kafka-Events" }), framework("marathon")],
});

const policy = policyOf({
  owners: [
    { match: "kafka*", owners: ["S0KAFKA"] },
    { match: "/BILLING/*", owners: ["U0DAN", "S0KAFKA"] },
  ],
});

const told = tick(inPhase("scheduled", { drainingSinceMs: null }), world, undefined, policy).record;

describe("ready", () => {
  test("owners say that they are ready, each once; it approves nothing", () => {
    const ready = click(told, { kind: "ready" }, { by: "U0DAN", policy }).record;
    expect(ready.owners).toMatchObject([{ said: "nothing" }, { said: "ready", by: "U0DAN" }]);
    expect(lastEvent(ready, "owner_ready")).toMatchObject({ by: "U0DAN", of: ["/billing/api"] });
    expect(ready.batches).toBe(told.batches);
    expect(click(ready, { kind: "ready" }, { by: "U0DAN", policy }).record).toBe(ready);
  });

  test("owners who hold and are ready then have released their hold", () => {
    const kim = { by: "U0KIM", groups: ["S0KAFKA"], policy };
    const held = click(told, { kind: "hold", reason: null }, kim).record;
    expect(held.held?.as).toBe("owner");
    const ready = click(held, { kind: "ready" }, kim).record;
    expect(ready.held).toBeNull();
    expect(news(ready, held)).toEqual(["released", "owner_ready"]);
  });

  describe("owners take back by Ready only a hold that they made themselves (invariant 6)", () => {
    const HOLD = { kind: "hold", reason: "rebalancing" } as const;
    const READY = { kind: "ready" } as const;

    test("Ready never ends an operator's hold, though they could release it", () => {
      const both = click(click(told, HOLD, { by: "U0BOB", policy }).record, HOLD, { by: "U0DAN", policy });
      const { record, reply } = click(both.record, READY, { by: "U0DAN", policy });
      expect(record.held).toMatchObject({ by: "U0BOB", as: "operator" });
      expect(record.owners).toMatchObject([{ said: "nothing" }, { said: "ready", by: "U0DAN" }]);
      expect(reply.text).toContain("still held by <@U0BOB> (rebalancing)");
    });

    test("Ready never ends another owner's hold, though they are an admin", () => {
      const admin = { ...policy, admins: ["U0DAN"] };
      const kim = { by: "U0KIM", groups: ["S0KAFKA"], policy: admin };
      const both = click(click(told, HOLD, kim).record, HOLD, { by: "U0DAN", policy: admin }).record;
      const { record } = click(both, READY, { by: "U0DAN", policy: admin });
      expect(record.held).toMatchObject({ by: "U0KIM", as: "owner" });
      expect(record.owners).toMatchObject([{ said: "hold", by: "U0KIM" }, { said: "ready" }]);
    });

    test("Ready does not end the hold of another member of their group: Release is for that", () => {
      const kim = { by: "U0KIM", groups: ["S0KAFKA"], policy };
      const held = click(told, HOLD, kim).record;
      const { record, reply } = click(held, READY, { ...kim, by: "U0LEE" });
      expect(record).toBe(held);
      expect(reply).toMatchObject({
        text: expect.stringContaining("<@U0KIM> holds it"),
        notDone: "Nothing was changed.",
        next: expect.stringContaining("/mesos release m-7k3q"),
      });
      const again = click(held, HOLD, { ...kim, by: "U0LEE" });
      expect(again.record).toBe(held);
      expect(again.reply.notDone).toMatch(/not added/);
    });

    test("Ready ends a hold made while the look-up of their groups failed", () => {
      const held = click(told, HOLD, { by: "U0KIM", lookupFailed: true, policy }).record;
      expect(held.held?.as).toBe("owner");
      expect(click(held, READY, { by: "U0KIM", groups: ["S0KAFKA"], policy }).record.held).toBeNull();
    });
  });

  test("owners are only those whose tasks are affected: others are refused, and it is said when a look-up failed", () => {
    const tried = click(asked(), { kind: "ready" }, { by: "U0EVE", lookupFailed: true });
    expect(tried.reply).toMatchObject({
      tone: "refused",
      text: expect.stringMatching(/clusters\.prod\.owners.*counts as no/),
    });
    expect(lastEvent(tried.record, "refused")).toMatchObject({ by: "U0EVE", decision: "ready" });
  });
});

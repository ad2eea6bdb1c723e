import { describe, expect, test } from "vitest";
import { framework, policyOf, task } from "../../support/world.js";
import { drainingWorld, inPhase, lastEvent, news, tick } from "../support/flow.js";

const kafka = task("kafka-3", "F-1", "web-01", { app: "brokers" });

const billing = task("billing.api.1", "marathon", "web-02", { app: "/billing/api" });

const elsewhere = task("search.1", "marathon", "web-03", { app: "/search" });

const world = drainingWorld({
  tasks: [kafka, billing, elsewhere],
  frameworks: [framework("F-1", { name: "Kafka-Events" }), framework("marathon")],
});

const policy = policyOf({
  owners: [
    { match: "kafka*", owners: ["S0KAFKA"] },
    { match: "/BILLING/*", owners: ["U0DAN", "S0KAFKA"] },
    { match: "/search", owners: ["U0SUE"] },
  ],
});

const told = tick(inPhase("scheduled", { drainingSinceMs: null }), world, undefined, policy).record;

describe("owners", () => {
  test("owners of frameworks and apps on our machines are told once the window stands, whatever the case of the name", () => {
    expect(news(told).slice(0, 2)).toEqual(["scheduled", "owners_told"]);
    expect(lastEvent(told, "owners_told").owners).toEqual([
      { owner: "S0KAFKA", of: ["/billing/api", "Kafka-Events"] },
      { owner: "U0DAN", of: ["/billing/api"] },
    ]);
  });

  test("owners are told once, and of what comes later only the new ones are", () => {
    expect(tick(told, world, undefined, policy).record.owners).toBe(told.owners);
    const more = drainingWorld({
      ...world,
      windows: world.schedule.windows,
      tasks: [kafka, billing, { ...elsewhere, agentId: "web-01-S0" }],
    });
    const later = tick(told, more, undefined, policy).record;
    expect(lastEvent(later, "owners_told").owners).toEqual([{ owner: "U0SUE", of: ["/search"] }]);
    expect(later.owners.map((entry) => entry.owner)).toEqual(["S0KAFKA", "U0DAN", "U0SUE"]);
  });

  test("owners who know already are not told again when more of theirs turns up; it is noted", () => {
    const before = { ...told, owners: told.owners.map((entry) => ({ ...entry, of: ["/billing/api"] })) };
    const later = tick(before, world, undefined, policy).record;
    expect(later.owners[0]?.of).toEqual(["/billing/api", "Kafka-Events"]);
    expect(news(later, before)).toEqual([]);
  });
});

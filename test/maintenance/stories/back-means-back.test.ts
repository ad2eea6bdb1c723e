import { describe, expect, test } from "vitest";
import type { Agent } from "../../../src/maintenance/cluster/world.js";
import { renderCard } from "../../../src/slack/render/card/card.js";
import { renderEvent } from "../../../src/slack/render/event.js";
import { agent, MINUTE, machine, NOW, worldOf } from "../../support/world.js";
import { click, drainingWorld, goneWorld, inPhase, lastEvent, tick, twoLooks } from "../support/flow.js";

const resources = {
  total: { cpus: 4, memMb: 4096 },
  reservations: [],
  volumes: [],
};

const attributes = [{ name: "rack", value: "r1" }];

const one = agent("web-01", { port: 5051, resources, attributes });

const two = agent("web-01", { id: "web-01-S1", port: 5052, resources, attributes });

/** Down was on a machine with these agents; now it is up, and these are registered. */
function backAs(before: readonly Agent[], now: readonly Agent[]) {
  const machines = [machine("web-01")];
  const draining = tick(
    inPhase("draining", { machines, agents: [] }),
    drainingWorld({ agents: before }),
  ).record;
  const batches = draining.batches.map((batch) => ({
    ...batch,
    phase: "bringing_up" as const,
    confirmedUp: [],
  }));
  const up = { ...draining, batches } as typeof draining;
  const nobody = tick(up, goneWorld({ agents: [] })).record;
  return tick(nobody, worldOf({ agents: now }), NOW + MINUTE).record;
}

function textOf(record: ReturnType<typeof backAs>): string {
  return JSON.stringify(renderEvent(record, lastEvent(record, "agents_returned")));
}

describe("back means back, agent by agent", () => {
  test("one of two agents of a machine is not all of them", () => {
    const record = backAs([one, two], [one]);
    expect(lastEvent(record, "agents_returned")).toMatchObject({ missing: 1, agents: 2 });
    expect(textOf(record)).toContain("1 of 2 agents back");
    expect(twoLooks(record, worldOf({ agents: [one] }), NOW + 2 * MINUTE).record.end).toBeNull();
    const all = twoLooks(record, worldOf({ agents: [one, two] }), NOW + 2 * MINUTE).record;
    expect(lastEvent(all, "agents_returned").missing).toBe(0);
    expect(all.end).toMatchObject({ phase: "up", why: null });
  });

  test("an agent at another address is back, and what that means is said", () => {
    const moved = { ...one, machine: machine("web-01", "10.0.9.9") };
    const { changes, missing } = lastEvent(backAs([one], [moved]), "agents_returned");
    expect(missing).toBe(0);
    expect(changes).toEqual([expect.stringMatching(/web-01 is at 10\.0\.9\.9 now.*10\.0\.0\.1/)]);
  });

  test("an agent with a new id, another rack and fewer cpus is named with all three", () => {
    const anew = agent("web-01", {
      id: "web-01-S7",
      port: 5051,
      attributes: [{ name: "rack", value: "r2" }],
      resources: { ...resources, total: { cpus: 1, memMb: 4096 } },
    });
    const record = backAs([one], [anew]);
    expect(lastEvent(record, "agents_returned").changes).toEqual([
      expect.stringMatching(/new agent id \(web-01-S7\), so its old volumes and tasks are gone/),
      expect.stringMatching(/rack=r1.*rack=r2/),
      expect.stringMatching(/4 cpus.*1 cpus/),
    ]);
    expect(textOf(record)).toContain("Not as before");
  });

  test("one newcomer stands for one missing agent only", () => {
    const anew = agent("web-01", { id: "web-01-S7", port: 5051, resources, attributes });
    const record = backAs([one, two], [anew]);
    expect(lastEvent(record, "agents_returned").missing).toBe(1);
    const later = tick(record, worldOf({ agents: [anew] }), NOW + 2 * MINUTE).record;
    expect(later.events.length).toBe(record.events.length);
  });

  test("who stops the waiting closes it without calling it back", () => {
    const { record, reply } = click(backAs([one, two], [one]), { kind: "cancel" });
    const why = "closed without waiting; not back: 1 of 2 agents, on web-01";
    expect(record.end).toMatchObject({ phase: "up", why });
    expect(reply.text).toContain(why);
    const card = JSON.stringify(renderCard(record, NOW));
    expect(card).toContain(why);
    expect(card).not.toContain("Back in service");
  });
});

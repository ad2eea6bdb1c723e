import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/maintenance/cluster/machine.js";
import type { Agent } from "../../../src/maintenance/cluster/world.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { agent, HOUR, machine, NOW, policyOf, recordOf, windowOn, worldOf } from "../../support/world.js";
import { lastEvent, planOf } from "../support/flow.js";

/** Two racks of two in two zones, one rack of one, and one host without a rack. */
const AGENTS = [
  inRack("web-01", "r1"),
  inRack("web-02", "r1"),
  inRack("web-03", "r2"),
  inRack("web-04", "r2"),
  inRack("web-05", "r3"),
  agent("web-06"),
];

function inRack(host: string, rack: string, parts: Partial<Agent> = {}): Agent {
  return agent(host, { attributes: [{ name: "rack", value: rack }], ...parts });
}

function drain(
  hosts: readonly string[],
  agents: readonly Agent[],
  parts: Partial<Maintenance> = {},
  world: Parameters<typeof worldOf>[0] = {},
): Maintenance {
  const machines: Machine[] = hosts.map((host) => machine(host));
  const resolution = { machines, matchedNothing: [], unknown: [], literals: [] };
  return planOf(recordOf(parts), resolution, worldOf({ agents, ...world }), [], policyOf(), NOW);
}

describe("a drain of the last agents of a place is refused until their number is typed", () => {
  const others = { windows: [windowOn(["web-03"], NOW, HOUR)] };
  test.each<[string, Maintenance, RegExp]>([
    ["a rack", drain(["web-01", "web-02"], AGENTS), /the last agents of rack r1: /],
    ["with more than the rack", drain(["web-01", "web-02", "web-06"], AGENTS), /rack r1: /],
    ["the rest of a rack", drain(["web-04"], AGENTS, {}, others), /rack r2: with what is draining/],
    [
      "several places",
      drain(
        ["web-01", "web-02"],
        AGENTS.map((one, at) => ({ ...one, zone: at < 2 ? "eu-1a" : "eu-1b" })),
      ),
      /rack r1, zone eu-1a: /,
    ],
    ["the cluster, named instead of its racks", drain(hostsOf(AGENTS), AGENTS), /the whole cluster prod: /],
    [
      "a cluster without racks",
      drain(["web-01", "web-02"], [agent("web-01"), agent("web-02")]),
      /cluster prod/,
    ],
    [
      "all that is active",
      drain(["web-01"], [agent("web-01"), agent("web-02", { active: false })]),
      /cluster prod/,
    ],
    ["with another number typed", drain(["web-01", "web-02"], AGENTS, { confirmed: 3 }), /rack r1/],
  ])("a drain that leaves a place without agents is refused: %s", (_, record, why) => {
    expect(record.end).toMatchObject({ phase: "failed", why: expect.stringMatching(why) });
    expect(record.end?.why).toMatch(/no setting turns this off.*No window was posted\.$/s);
    expect(lastEvent(record, "failed").next).toMatch(/say so with --confirm \d/);
  });
});

describe("a drain goes on", () => {
  test.each<[string, Maintenance]>([
    ["with the number typed", drain(["web-01", "web-02"], AGENTS, { confirmed: 2 })],
    ["for the whole cluster too", drain(hostsOf(AGENTS), AGENTS, { confirmed: 6 })],
    ["while a rack keeps an agent", drain(["web-01", "web-03", "web-06"], AGENTS)],
    ["for a rack of one machine", drain(["web-05"], AGENTS)],
    [
      "for a rack of one machine with two agents",
      drain(["web-05"], [...AGENTS, inRack("web-05", "r3", { id: "web-05-S1" })]),
    ],
    ["for the only rack there is", drain(["web-01", "web-02"], AGENTS.slice(0, 2).concat(agent("web-06")))],
    ["in a cluster of one machine", drain(["web-01"], [agent("web-01")])],
    [
      "where nothing is in service any more",
      drain(
        ["web-01"],
        [0, 1].map((at) => agent(`web-0${at + 1}`, { active: false })),
      ),
    ],
  ])("a drain goes on %s", (_, record) => {
    expect(record.end).toBeNull();
    expect(record.batches).toHaveLength(1);
  });
});

function hostsOf(agents: readonly Agent[]): string[] {
  return agents.map((one) => one.machine.hostname);
}

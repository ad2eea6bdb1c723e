import { describe, expect, test } from "vitest";
import { withAwayMachines } from "../../../src/maintenance/window/away-machines.js";
import { agent, batchOf, HOUR, machine, NOW, recordOf, windowOn, worldOf } from "../../support/world.js";
import { downWorld, inPhase } from "../support/flow.js";

const names = (world: ReturnType<typeof worldOf>) =>
  world.agents.map(({ machine: { hostname } }) => hostname);

describe("machines without an agent can be named too", () => {
  test.each<[string, ReturnType<typeof worldOf>, ReturnType<typeof recordOf>[], string[]]>([
    ["none is away", worldOf(), [inPhase("draining")], ["web-01", "web-02", "web-03"]],
    ["Down, ours", downWorld(), [inPhase("down")], ["web-03", "web-01", "web-02"]],
    ["Down, somebody else's", downWorld(), [], ["web-03", "web-01", "web-02"]],
    [
      "in a window, never registered",
      worldOf({ windows: [windowOn(["Db-09"], NOW, HOUR)] }),
      [],
      ["web-01", "web-02", "web-03", "Db-09"],
    ],
    [
      "half an entry of the schedule",
      worldOf({ windows: [windowOn([{ hostname: "old" }, { ip: "10.9.9.9" }], NOW, HOUR)] }),
      [],
      ["web-01", "web-02", "web-03"],
    ],
    [
      "ours, up and awaited",
      worldOf({ agents: [agent("web-03")] }),
      [inPhase("up")],
      ["web-03", "web-01", "web-02"],
    ],
    [
      "ours and draining, not registered again since a fail-over",
      worldOf({
        agents: [agent("web-03")],
        recoveredAgents: [agent("web-01")],
      }),
      [inPhase("draining")],
      ["web-03", "web-01", "web-02"],
    ],
    [
      "nobody's, not registered again since a fail-over",
      worldOf({ agents: [agent("web-03")], recoveredAgents: [agent("web-02")] }),
      [],
      ["web-03", "web-02"],
    ],
    [
      "not registered again since a fail-over, at an address that nobody saw",
      worldOf({
        agents: [agent("web-03")],
        recoveredAgents: ["web-01", "web-02", "web-02", "web-03"].map((name) =>
          agent(name, { machine: machine(name, "") }),
        ),
      }),
      [inPhase("draining", { machines: [machine("web-01")] })],
      ["web-03", "web-01", "web-02"],
    ],
    [
      "ours, given back long ago",
      worldOf({ agents: [] }),
      [recordOf({ batches: [batchOf({ phase: "cancelled", machines: [machine("web-07")] })] })],
      [],
    ],
  ])("away machines are named as well: %s", (_, world, open, expected) => {
    const named = withAwayMachines(world, open);
    expect(names(named)).toEqual(expected);
    expect(named === world).toBe(expected.length === world.agents.length);
  });

  test("a machine that is not back since a fail-over has the attributes that the master tells, and no address", () => {
    const attributes = [{ name: "rack", value: "r1" }];
    const recovered = agent("web-09", {
      machine: machine("web-09", ""),
      attributes,
      region: "eu",
      zone: "a",
    });
    const named = withAwayMachines(worldOf({ recoveredAgents: [recovered] }), []);
    expect(named.agents.at(-1)).toMatchObject({
      machine: machine("web-09", ""),
      attributes,
      region: "eu",
      zone: "a",
      active: false,
    });
  });

  test("a machine is named once, and in nothing but the names is the world another one", () => {
    const world = downWorld();
    const named = withAwayMachines(world, [inPhase("down"), inPhase("down")]);
    expect({ ...named, agents: [] }).toEqual({ ...world, agents: [] });
    expect(new Set(names(named)).size).toBe(named.agents.length);
    expect(named.agents.at(-1)).toMatchObject({ active: false, resources: null });
  });
});

import { describe, expect, test } from "vitest";
import type { Agent } from "../../../src/maintenance/cluster/world.js";
import { awayMachines } from "../../../src/maintenance/window/away-machines.js";
import { agent, batchOf, HOUR, machine, NOW, recordOf, windowOn, worldOf } from "../../support/world.js";
import { downWorld, inPhase } from "../support/flow.js";

const names = (agents: readonly Agent[]) => agents.map(({ machine: { hostname } }) => hostname);

describe("machines without an agent can be named too", () => {
  test.each<[string, ReturnType<typeof worldOf>, ReturnType<typeof recordOf>[], string[]]>([
    ["none is away", worldOf(), [inPhase("draining")], []],
    ["Down, ours", downWorld(), [inPhase("down")], ["web-01", "web-02"]],
    ["Down, somebody else's", downWorld(), [], ["web-01", "web-02"]],
    ["in a window, never registered", worldOf({ windows: [windowOn(["Db-09"], NOW, HOUR)] }), [], ["Db-09"]],
    [
      "half an entry of the schedule",
      worldOf({ windows: [windowOn([{ hostname: "old" }, { ip: "10.9.9.9" }], NOW, HOUR)] }),
      [],
      [],
    ],
    ["ours, up and awaited", worldOf({ agents: [agent("web-03")] }), [inPhase("up")], ["web-01", "web-02"]],
    [
      "ours and draining, not registered again since a fail-over",
      worldOf({
        agents: [agent("web-03")],
        recoveredAgents: [agent("web-01")],
      }),
      [inPhase("draining")],
      ["web-01", "web-02"],
    ],
    [
      "nobody's, not registered again since a fail-over",
      worldOf({ agents: [agent("web-03")], recoveredAgents: [agent("web-02")] }),
      [],
      ["web-02"],
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
      ["web-01", "web-02"],
    ],
    [
      "ours, given back long ago",
      worldOf({ agents: [] }),
      [recordOf({ batches: [batchOf({ phase: "cancelled", machines: [machine("web-07")] })] })],
      [],
    ],
  ])("away machines are named as well: %s", (_, world, open, expected) => {
    expect(names(awayMachines(world, open))).toEqual(expected);
  });

  test("a machine that is not back since a fail-over has the attributes that the master tells, and no address", () => {
    const attributes = [{ name: "rack", value: "r1" }];
    const recovered = agent("web-09", {
      machine: machine("web-09", ""),
      attributes,
      region: "eu",
      zone: "a",
    });
    expect(awayMachines(worldOf({ recoveredAgents: [recovered] }), [])).toMatchObject([
      {
        machine: machine("web-09", ""),
        attributes,
        region: "eu",
        zone: "a",
        active: false,
      },
    ]);
  });

  test("a machine is named once, however many hold it", () => {
    const away = awayMachines(downWorld(), [inPhase("down"), inPhase("down")]);
    expect(names(away)).toEqual(["web-01", "web-02"]);
    expect(away.at(-1)).toMatchObject({ active: false, resources: null });
  });
});

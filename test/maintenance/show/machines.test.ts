import { describe, expect, test } from "vitest";
import type { Resolution } from "../../../src/maintenance/cluster/resolution.js";
import { hostsReply, statusOfMachines } from "../../../src/maintenance/show/machines.js";
import { FILE_WIDTH } from "../../../src/slack/render/table.js";
import { drawn, drawnLines } from "../../support/drawn.js";
import { agent, batchOf, HOUR, machine, NOW, recordOf, windowOn, worldOf } from "../../support/world.js";
import { downWorld, inPhase } from "../support/flow.js";

describe("machines and patterns", () => {
  const machines = [machine("web-01"), machine("web-02"), machine("web-03")];
  const resolution: Resolution = { machines, matchedNothing: [], unknown: [], literals: [] };

  test("machines are shown as the master has them, with whose window they stand in", () => {
    const world = worldOf({
      windows: [windowOn(["web-01"], NOW, 4 * HOUR), windowOn(["web-02"], NOW + HOUR, null)],
    });
    const ours = recordOf({ batches: [batchOf({ machines: [machine("web-01")] })] });
    const reply = statusOfMachines(resolution, world, [ours], NOW);
    expect(reply.text).toBe("prod: 3 machines: 1 up, 2 draining.");
    expect(drawnLines(reply)).toEqual([
      "MACHINE  MODE      AGENTS  TASKS  IN      WINDOW",
      "web-01   draining       1      0  m-7k3q  4 h left",
      "web-02   draining       1      0  others  in 1 h",
      "web-03   up             1      0",
    ]);
  });

  test("a pattern that a drain would take is shown with its machines", () => {
    const reply = hostsReply("prod", resolution, downWorld(), [inPhase("down")]);
    expect(reply).toMatchObject({ tone: "info", text: "prod: 3 machines: 1 up, 2 Down.", next: null });
    expect(drawnLines(reply)[1]).toBe("web-01   10.0.0.1  down       0      0  m-7k3q");
  });

  test("a pattern that a drain would refuse says why, with the nearest names", () => {
    const reply = hostsReply(
      "prod",
      {
        ...resolution,
        machines: [],
        matchedNothing: [{ term: "wbe", nearest: ["web-01"] }],
        unknown: ["web-09"],
      },
      worldOf(),
      [],
    );
    expect(reply).toMatchObject({
      tone: "refused",
      table: null,
      next: expect.stringContaining("would be refused"),
    });
    expect(reply.text).toBe(
      "prod: no machine matches. Nothing matches `wbe` (nearest: web-01). The master has no agent for web-09.",
    );
  });

  test("machines that have not registered again since a fail-over are shown with their tasks as unknown", () => {
    const gone = machine("web-09", "");
    const world = worldOf({ recoveredAgents: [agent("web-09", { machine: gone })] });
    for (const reply of [
      hostsReply("prod", { ...resolution, machines: [gone, machine("web-01")] }, world, []),
      statusOfMachines({ ...resolution, machines: [gone, machine("web-01")] }, world, [], NOW),
    ]) {
      expect(reply.text).toContain(
        "web-09: not registered again since the fail-over, so it is not known what runs there.",
      );
      expect(drawn(reply)).toMatch(/web-09 .* 0\+1\? +\?/);
      expect(drawn(reply)).toMatch(/web-01 .* 1 +0/);
    }
    expect(drawn(hostsReply("prod", { ...resolution, machines: [gone] }, world, []))).toMatch(
      /web-09 +not told/,
    );
  });

  test("a machine named with its address is not called unregistered while its agent may come back", () => {
    const named = machine("web-09");
    const world = worldOf({ recoveredAgents: [agent("web-09", { machine: machine("web-09", "") })] });
    const reply = hostsReply("prod", { ...resolution, machines: [named], literals: [named] }, world, []);
    expect(reply.text).not.toContain("nothing drains");
    expect(drawn(reply)).not.toContain("unregistered");
  });

  test("zone, rack and attributes of the agents are columns, the widest only where there is room: a file has all", () => {
    const attributes = [
      { name: "rack", value: "r1" },
      { name: "os", value: "linux-6.8-hardened-by-the-platform-team" },
    ];
    const world = worldOf({ agents: [agent("web-01", { attributes, zone: "eu-1a" })] });
    const reply = hostsReply("prod", { ...resolution, machines: [machine("web-01")] }, world, []);
    expect(drawnLines(reply)[0]).toMatch(/ IN +ZONE +RACK$/);
    expect(drawn(reply, FILE_WIDTH)).toMatch(
      /ATTRIBUTES\n.* eu-1a +r1 +rack=r1, os=linux-6\.8-hardened-by-the-platform-team$/,
    );
  });

  test("machines that are not registered are shown as such (invariant 4)", () => {
    const spare = machine("spare-07");
    const reply = hostsReply("prod", { ...resolution, machines: [spare], literals: [spare] }, worldOf(), []);
    expect(drawn(reply)).toContain("unregistered");
    expect(reply.text).toMatch(/^prod: 1 machine: 1 unregistered\. .*nothing drains because of it/);
  });
});

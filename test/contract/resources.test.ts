import { afterAll, beforeAll, expect, test } from "vitest";
import { blastRadiusOf } from "../../src/maintenance/blast/blast.js";
import type { World } from "../../src/maintenance/cluster/world.js";
import { createMaster, type Master } from "../../src/mesos/master.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import { sampleCluster } from "../../src/rehearsal/master/sample.js";

let rehearsal: RehearsalMaster;

let master: Master;

let world: World;
beforeAll(async () => {
  rehearsal = await startRehearsalMaster(sampleCluster({ speed: null }));
  master = createMaster({ cluster: "prod", masters: [rehearsal.url], credentials: null, ca: null });
  world = await master.snapshot();
});
afterAll(async () => {
  await master.close();
  await rehearsal.close();
});

const machinesOf = (...hosts: string[]) =>
  world.agents
    .filter((agent) => hosts.includes(agent.machine.hostname))
    .map((agent) => ({ machine: agent.machine, agentIds: [agent.id] }));

test("the client sees a reservation and its volume as the rehearsal master made them", () => {
  expect(world.agents.find((agent) => agent.machine.hostname === "web-03")?.resources).toEqual({
    total: { cpus: 8, memMb: 16_384 },
    reservations: [{ role: "kafka", dynamic: true, cpus: 1, memMb: 2048, diskMb: 204_800 }],
    volumes: [{ id: "kafka-data-3", role: "kafka", sizeMb: 204_800 }],
  });
  const on = world.agents.find((agent) => agent.machine.hostname === "web-03")?.id ?? "";
  expect(world.allocated.get(on)).toEqual({ cpus: 2, memMb: 1024 });
});

test("the blast radius of the sample cluster names volumes, an app's last copies, a rack, and what fits", () => {
  const blast = blastRadiusOf(world, machinesOf("web-02", "web-03"));
  expect(blast).toMatchObject({
    volumes: [{ id: "kafka-data-3", machine: "web-03|10.20.1.13" }],
    reservations: [{ role: "kafka", cpus: 1, memMb: 2048 }],
    lastCopies: [{ framework: "batch", app: "nightly-report", copies: 1 }],
    emptied: [],
    capacity: { fits: true, roles: [{ role: "*" }, { role: "kafka", needs: { cpus: 0.5, memMb: 256 } }] },
  });
  expect(blast.frameworks.find(({ name }) => name === "kafka")?.apps).toEqual([{ name: "kafka", tasks: 1 }]);
  const rack = world.agents.filter((agent) => agent.zone === "eu-1a").map((agent) => agent.machine.hostname);
  expect(blastRadiusOf(world, machinesOf(...rack)).emptied).toContainEqual({
    kind: "rack",
    name: "r1",
    agents: rack.length,
  });
});

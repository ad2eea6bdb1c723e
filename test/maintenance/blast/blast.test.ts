import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blastRadiusOf } from "../../../src/maintenance/blast/blast.js";
import type { Agent, AgentResources } from "../../../src/maintenance/cluster/world.js";
import { blastRadius } from "../../../src/maintenance/record/blast-radius.js";
import { agent, framework, HOUR, machine, NOW, task, windowOn, worldOf } from "../../support/world.js";

const watched = (...hosts: string[]) =>
  hosts.map((host) => ({ machine: machine(host), agentIds: [`${host}-S0`] }));

function resources(parts: Partial<AgentResources> = {}): AgentResources {
  return {
    total: { cpus: 8, memMb: 8192 },
    reservations: [],
    volumes: [],
    ...parts,
  };
}

const copyOf = (app: string, id: string, host: string, parts = {}) =>
  task(id, "marathon", host, { app, ...parts });

describe("tasks", () => {
  test("tasks are counted by framework and app, largest first", () => {
    const world = worldOf({
      tasks: [
        copyOf("/a", "a.1", "web-01"),
        copyOf("/b", "b.1", "web-01"),
        copyOf("/b", "b.2", "web-02"),
        copyOf("/b", "b.3", "web-03"),
        task("k", "kafka", "web-01", { app: "kafka" }),
      ],
    });
    expect(blastRadiusOf(world, watched("web-01", "web-02"))).toMatchObject({
      tasks: 4,
      frameworks: [
        {
          name: "marathon",
          tasks: 3,
          apps: [
            { name: "/b", tasks: 2 },
            { name: "/a", tasks: 1 },
          ],
        },
        { name: "kafka", tasks: 1 },
      ],
    });
  });

  test("tasks of every agent on a machine count, each once though the machine is named twice", () => {
    const world = worldOf({
      agents: [agent("web-01"), agent("web-01", { id: "web-01-S1" })],
      tasks: [copyOf("/a", "a", "web-01"), copyOf("/a", "b", "web-01", { agentId: "web-01-S1" })],
    });
    expect(blastRadiusOf(world, [...watched("web-01"), ...watched("web-01")]).tasks).toBe(2);
  });
});

describe("the last copies of an app", () => {
  const two = [copyOf("/a", "a.1", "web-01"), copyOf("/a", "a.2", "web-02")];
  const window = (host: string) => ({ windows: [windowOn([host], NOW, HOUR)] });
  const lost = (world: Parameters<typeof worldOf>[0], ...hosts: string[]) =>
    blastRadiusOf(worldOf(world), watched(...hosts)).lastCopies;
  const gone = [{ framework: "marathon", frameworkId: "marathon", app: "/a", copies: 1 }];

  test("the last copies are told when all of them are on the machines", () => {
    expect(lost({ tasks: two }, "web-01", "web-02")).toEqual([
      { framework: "marathon", frameworkId: "marathon", app: "/a", copies: 2 },
    ]);
  });
  test("no last copy is told while one runs elsewhere", () => {
    expect(lost({ tasks: two }, "web-01")).toEqual([]);
  });
  test.each([
    ["draining", { tasks: two, ...window("web-02") }],
    ["Down", { tasks: two, ...window("web-02"), down: ["web-02"] }],
    ["deactivated", { tasks: two, agents: [agent("web-01"), agent("web-02", { deactivated: true })] }],
    ["disconnected", { tasks: two, agents: [agent("web-01"), agent("web-02", { active: false })] }],
    ["cut off", { tasks: two, agents: [agent("web-01")] }],
  ])("a copy on a machine that is %s does not stay", (_, world) => {
    expect(lost(world, "web-01")).toEqual(gone);
  });
  test.each(["TASK_STAGING", "TASK_STARTING", "TASK_KILLING", "TASK_UNREACHABLE"])(
    "a copy in %s is not running yet, or no more",
    (state) => {
      expect(
        lost({ tasks: [copyOf("/a", "a.1", "web-01"), copyOf("/a", "a.2", "web-02", { state })] }, "web-01"),
      ).toEqual(gone);
    },
  );
  test("an app of the same name of another framework is another app", () => {
    const tasks = [copyOf("/a", "a.1", "web-01"), task("a.2", "second", "web-02", { app: "/a" })];
    expect(lost({ tasks, frameworks: [framework("marathon"), framework("second")] }, "web-01")).toEqual(gone);
  });
  test("the last copies are the same whether the machines drain already or not", () => {
    expect(lost({ tasks: two, ...window("web-01") }, "web-01")).toEqual([]);
    expect(lost({ tasks: two, ...window("web-02") }, "web-01", "web-02")).toHaveLength(1);
  });
});

describe("data and reservations", () => {
  const world = worldOf({
    agents: [
      agent("web-01", {
        resources: resources({
          reservations: [
            { role: "kafka", dynamic: true, cpus: 1, memMb: 512, diskMb: 2048 },
            { role: "ops", dynamic: false, cpus: 2, memMb: 1024, diskMb: 0 },
          ],
          volumes: [{ id: "v1", role: "kafka", sizeMb: 2048 }],
        }),
      }),
      agent("web-02", { resources: resources({ volumes: [{ id: "v2", role: "kafka", sizeMb: 1 }] }) }),
    ],
  });

  test("persistent volumes of the machines cannot be reached, those of others can", () => {
    expect(blastRadiusOf(world, watched("web-01")).volumes).toEqual([
      { id: "v1", role: "kafka", sizeMb: 2048, machine: "web-01|10.0.0.1" },
    ]);
  });
  test("dynamic reservations are told, static ones are the agent's own", () => {
    expect(blastRadiusOf(world, watched("web-01")).reservations).toEqual([
      { role: "kafka", machine: "web-01|10.0.0.1", cpus: 1, memMb: 512 },
    ]);
  });
});

describe("racks and zones", () => {
  const inRack = (host: string, rack: string, parts = {}) =>
    agent(host, { attributes: [{ name: "rack", value: rack }], region: "eu", zone: `eu-${rack}`, ...parts });
  const agents = [inRack("web-01", "r1"), inRack("web-02", "r1"), inRack("web-03", "r2")];

  test("a rack that loses all its agents is named, with its zone", () => {
    expect(blastRadiusOf(worldOf({ agents }), watched("web-01", "web-02")).emptied).toEqual([
      { kind: "rack", name: "r1", agents: 2 },
      { kind: "zone", name: "eu-r1", agents: 2 },
    ]);
  });
  test("a rack that keeps an agent is not named", () => {
    expect(blastRadiusOf(worldOf({ agents }), watched("web-01")).emptied).toEqual([]);
  });
  test("a rack whose other agents are on their way out as well is named", () => {
    const world = worldOf({ agents, windows: [windowOn(["web-02"], NOW, HOUR)] });
    expect(blastRadiusOf(world, watched("web-01")).emptied).toContainEqual({
      kind: "rack",
      name: "r1",
      agents: 1,
    });
  });
  test("an attribute and a fault domain of the same name are one zone", () => {
    const both = agent("web-01", { attributes: [{ name: "Zone", value: "a" }], zone: "a" });
    expect(blastRadiusOf(worldOf({ agents: [both] }), watched("web-01")).emptied).toEqual([
      { kind: "zone", name: "a", agents: 1 },
    ]);
  });
});

describe("capacity", () => {
  const of = (cpus: number, memMb: number) => ({ cpus, memMb });
  const load = (cpus: number, role = "*") =>
    copyOf("/a", `a-${role}`, "web-01", { role, uses: of(cpus, 10) });
  const with02 = (stays: Partial<AgentResources>, parts = {}) => [
    agent("web-01", { resources: resources() }),
    agent("web-02", { resources: resources(stays), ...parts }),
  ];
  const full01 = ["web-01-S0", of(8, 8192)] as const;
  const capacity = (cpus: number, role: string, agents: readonly Agent[], used02 = of(0, 0)) =>
    blastRadiusOf(
      worldOf({ agents, allocated: new Map([full01, ["web-02-S0", used02]]), tasks: [load(cpus, role)] }),
      watched("web-01"),
    ).capacity;

  test("what runs on the machines is held against what is free elsewhere", () => {
    expect(capacity(4, "*", with02({}), of(4, 0))).toEqual({
      fits: true,
      needs: of(4, 10),
      free: of(4, 8192),
      roles: [{ role: "*", fits: true, needs: of(4, 10), free: of(4, 8192) }],
    });
    expect(capacity(4.5, "*", with02({}), of(4, 0)).fits).toBe(false);
  });
  test.each([
    ["disconnected", { active: false }],
    ["deactivated", { deactivated: true }],
    ["of unknown resources", { resources: null }],
  ])("an agent that is %s has no room", (_, parts) => {
    expect(capacity(1, "*", with02({}, parts))).toMatchObject({ fits: false, free: of(0, 0) });
  });
  test("an agent of which it is not known what is allocated has no room", () => {
    const world = { ...worldOf({ agents: with02({}), tasks: [load(1)] }), allocated: new Map([full01]) };
    expect(blastRadiusOf(world, watched("web-01")).capacity).toMatchObject({ fits: false, free: of(0, 0) });
  });
  const reservations = [{ role: "eng", dynamic: false, cpus: 6, memMb: 0, diskMb: 0 }];
  test.each([
    ["another role", "ops", 2],
    ["no role", "*", 2],
    ["the role itself", "eng", 8],
    ["a role below it", "eng/web", 8],
    ["a role that merely begins alike", "england", 2],
  ])("%s (%s) finds %d of 8 cpus free where 6 are reserved for eng", (_, role, cpus) => {
    expect(capacity(3, role, with02({ reservations }))).toMatchObject({
      fits: cpus >= 3,
      free: of(8, 8192),
      roles: [{ role, fits: cpus >= 3, free: of(cpus, 8192) }],
    });
  });
  test("three tenths of a cpu fit where there are three tenths", () => {
    const tasks = [1, 2, 3].map((n) => copyOf("/a", `a.${n}`, "web-01", { uses: of(0.1, 0) }));
    const agents = [agent("web-01"), agent("web-02", { resources: resources({ total: of(0.3, 0) }) })];
    expect(blastRadiusOf(worldOf({ agents, tasks }), watched("web-01")).capacity).toMatchObject({
      fits: true,
      needs: of(0.3, 0),
    });
  });
  test("room and reservations on the machines themselves are no room, whether they drain already or not", () => {
    const reserved = [{ role: "eng", dynamic: false, cpus: 4, memMb: 0, diskMb: 0 }];
    const parts = {
      agents: [
        agent("web-01", { resources: resources({ reservations: reserved }) }),
        agent("web-02", { resources: resources({ total: of(2, 100) }) }),
      ],
      tasks: [load(1)],
    };
    const draining = worldOf({ ...parts, windows: [windowOn(["web-01"], NOW, HOUR)] });
    for (const world of [worldOf(parts), draining]) {
      expect(blastRadiusOf(world, watched("web-01")).capacity).toMatchObject({
        free: of(2, 100),
        roles: [{ role: "*", free: of(2, 100) }],
      });
    }
  });
});

const hosts = ["web-01", "web-02", "web-03", "web-04"];

const worlds = fc.record({
  tasks: fc.array(
    fc.record({
      host: fc.constantFrom(...hosts),
      app: fc.constantFrom("/a", "/b", "/c"),
      state: fc.constantFrom("TASK_RUNNING", "TASK_STAGING"),
    }),
    { maxLength: 12 },
  ),
  draining: fc.subarray(hosts),
  chosen: fc.subarray(hosts),
});

test("last copies are exactly the apps with a running copy on the machines and none that stays", () => {
  fc.assert(
    fc.property(worlds, ({ tasks, draining, chosen }) => {
      const world = worldOf({
        agents: hosts.map((host) => agent(host)),
        windows: draining.length === 0 ? [] : [windowOn(draining, NOW, HOUR)],
        tasks: tasks.map(({ host, app, state }, n) => copyOf(app, `t${n}`, host, { state })),
      });
      const running = tasks.filter((each) => each.state === "TASK_RUNNING");
      const stays = (host: string) => !chosen.includes(host) && !draining.includes(host);
      const expected = ["/a", "/b", "/c"].filter((app) => {
        const copies = running.filter((each) => each.app === app);
        return copies.some((each) => chosen.includes(each.host)) && !copies.some((each) => stays(each.host));
      });
      const blast = blastRadiusOf(world, watched(...chosen));
      expect(blast.lastCopies.map((copy) => copy.app)).toEqual(expected);
      expect(blast.tasks).toBe(tasks.filter((each) => chosen.includes(each.host)).length);
      expect(blastRadius.parse(JSON.parse(JSON.stringify(blast)))).toEqual(blast);
    }),
  );
});

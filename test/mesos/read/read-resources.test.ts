import protobuf from "protobufjs/minimal.js";
import { describe, expect, test } from "vitest";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import { readAll } from "../../../src/mesos/read/answer-reader.js";
import { agentsReader } from "../../../src/mesos/read/read-agents.js";
import { tasksReader } from "../../../src/mesos/read/read-tasks.js";
import { lengthTag } from "../../../src/mesos/read/wire.js";
import { recorded } from "../support/recordings.js";

const { Response } = mesos.v1.master;

const encoded = (parts: Record<string, unknown>) =>
  Buffer.from(Response.encode(Response.fromObject(parts)).finish());

const scalar = (name: string, value: number, rest: Record<string, unknown> = {}) => ({
  name,
  type: "SCALAR",
  scalar: { value },
  ...rest,
});

const volume = (id: string) => ({
  persistence: { id, principal: "kafka" },
  volume: { container_path: "data", mode: "RW" },
});

function resourcesOf(total: readonly unknown[], allocated: readonly unknown[] = []) {
  const agent = {
    agent_info: { hostname: "web-01", id: { value: "S1" } },
    active: true,
    version: "1.11.0",
    pid: "slave(1)@10.0.0.1:5051",
    total_resources: total,
    allocated_resources: allocated,
  };
  const { agents, allocated: used } = readAll(agentsReader(), encoded({ get_agents: { agents: [agent] } }));
  const resources = agents[0]?.resources ?? null;
  expect(used.get("S1") === undefined).toBe(resources === null);
  return resources === null ? null : { ...resources, allocated: used.get("S1") };
}

describe("an agent's resources", () => {
  test("an agent's resources are summed up; ports and the like are left out", () => {
    const ports = { name: "ports", type: "RANGES", ranges: { range: [{ begin: 31000, end: 32000 }] } };
    const total = [scalar("cpus", 4), scalar("cpus", 4), scalar("mem", 1024), scalar("gpus", 2), ports];
    expect(resourcesOf(total, [scalar("cpus", 0.5), scalar("mem", 64)])).toEqual({
      total: { cpus: 8, memMb: 1024 },
      allocated: { cpus: 0.5, memMb: 64 },
      reservations: [],
      volumes: [],
    });
  });

  test("an agent's resources are not known when the master does not tell them", () => {
    expect(resourcesOf([])).toBeNull();
  });

  const dynamic = { type: "DYNAMIC", role: "kafka", principal: "kafka" };
  test.each([
    ["nobody", { role: "*" }, null],
    ["a role, statically, in the old form", { role: "ops" }, { role: "ops", dynamic: false }],
    [
      "a role, dynamically, in the old form",
      { role: "ops", reservation: { principal: "p" } },
      { role: "ops", dynamic: true },
    ],
    [
      "a role, statically",
      { reservations: [{ type: "STATIC", role: "ops" }] },
      { role: "ops", dynamic: false },
    ],
    ["a role, dynamically", { reservations: [dynamic] }, { role: "kafka", dynamic: true }],
    [
      "a role below another, where the last one counts",
      {
        reservations: [
          { type: "STATIC", role: "eng" },
          { type: "DYNAMIC", role: "eng/web" },
        ],
      },
      { role: "eng/web", dynamic: true },
    ],
    [
      "a role in both forms, where the new one counts",
      { role: "old", reservation: {}, reservations: [{ type: "STATIC", role: "ops" }] },
      { role: "ops", dynamic: false },
    ],
  ])("an agent's resources may be reserved to %s", (_, form, reserved) => {
    const reservations = resourcesOf([scalar("cpus", 2, form)])?.reservations;
    expect(reservations).toEqual(reserved === null ? [] : [{ ...reserved, cpus: 2, memMb: 0, diskMb: 0 }]);
  });

  test("an agent's resources reserved to the same role in the same way are one reservation, persistent volumes are told apart", () => {
    const reservations = [dynamic];
    const total = [
      scalar("cpus", 1, { reservations }),
      scalar("mem", 512, { reservations }),
      scalar("disk", 100, { reservations, disk: volume("v1") }),
      scalar("disk", 200, { reservations, disk: volume("v2") }),
      scalar("cpus", 7),
      scalar("cpus", 1, { reservations: [{ type: "STATIC", role: "kafka" }] }),
    ];
    expect(resourcesOf(total)).toMatchObject({
      total: { cpus: 9, memMb: 512 },
      reservations: [
        { role: "kafka", dynamic: true, cpus: 1, memMb: 512, diskMb: 300 },
        { role: "kafka", dynamic: false, cpus: 1 },
      ],
      volumes: [
        { id: "v1", role: "kafka", sizeMb: 100 },
        { id: "v2", role: "kafka", sizeMb: 200 },
      ],
    });
  });

  test("an agent's resources that may be taken back at any time count nowhere", () => {
    const lent = scalar("cpus", 4, { revocable: {} });
    expect(resourcesOf([scalar("cpus", 1), lent], [lent])).toMatchObject({
      total: { cpus: 1 },
      allocated: { cpus: 0 },
    });
  });

  test("an agent's resources are read from a recorded answer", () => {
    const { agents, allocated } = readAll(agentsReader(), recorded("agents.pb"));
    expect(allocated.get(agents[0]?.id ?? "")).toEqual({ cpus: 0.1, memMb: 32 });
    expect(agents[0]?.resources).toEqual({
      total: { cpus: 2, memMb: 1024 },
      reservations: [],
      volumes: [],
    });
  });
});

test("fields may stand in any order and apart from each other, as protobuf allows", () => {
  const { Agent } = Response.GetAgents;
  const { Resource } = mesos.v1;
  const bytesOf = (parts: Record<string, unknown>) => Resource.encode(Resource.fromObject(parts)).finish();
  const total = lengthTag(7);
  const agent = Agent.encode(
    Agent.fromObject({
      agent_info: { hostname: "web-01", id: { value: "S1" } },
      active: true,
      version: "1.11.0",
      pid: "slave(1)@10.0.0.1:5051",
    }),
  );
  // Two messages in a row are one: here the new form of a reservation stands before the old one.
  const newForm = bytesOf(scalar("cpus", 1, { reservations: [{ type: "STATIC", role: "ops" }] }));
  const oldForm = bytesOf(scalar("cpus", 2, { role: "old", reservation: {} }));
  agent.uint32(total).bytes(Buffer.concat([newForm, oldForm]));
  agent.uint32(lengthTag(99)).bytes(Buffer.from("between"));
  agent.uint32(total).bytes(bytesOf(scalar("cpus", 4)));
  const agents = protobuf.Writer.create().uint32(lengthTag(1)).bytes(agent.finish()).finish();
  const answer = protobuf.Writer.create().uint32(lengthTag(10)).bytes(agents).finish();
  expect(readAll(agentsReader(), Buffer.from(answer)).agents[0]?.resources).toMatchObject({
    total: { cpus: 6 },
    reservations: [{ role: "ops", dynamic: false, cpus: 2 }],
  });
});

describe("a task", () => {
  function taskWith(parts: Record<string, unknown>) {
    const task = {
      name: "api-1",
      task_id: { value: "t" },
      framework_id: { value: "F1" },
      agent_id: { value: "S1" },
      state: "TASK_RUNNING",
      ...parts,
    };
    return [...readAll(tasksReader(), encoded({ get_tasks: { tasks: [task] } })).tasks][0];
  }

  test("a task uses its resources as the role they are allocated to", () => {
    const allocation_info = { role: "eng/web" };
    const resources = [
      scalar("cpus", 0.5, { allocation_info }),
      scalar("cpus", 0.25, { allocation_info, reservations: [{ type: "STATIC", role: "eng" }] }),
      scalar("mem", 64, { allocation_info }),
      scalar("cpus", 4, { allocation_info, revocable: {} }),
    ];
    expect(taskWith({ resources })).toMatchObject({ role: "eng/web", uses: { cpus: 0.75, memMb: 64 } });
  });

  test("a task of an old master has the role of what it took from a reservation, else none", () => {
    expect(taskWith({ resources: [scalar("mem", 1), scalar("cpus", 1, { role: "ops" })] })?.role).toBe("ops");
    expect(taskWith({ resources: [scalar("cpus", 1)] })?.role).toBe("*");
  });

  test("a task is a copy of the app that a label names, else of what its name says", () => {
    const label = (key: string, value: string) => ({ key, value });
    const labels = { labels: [label("tier", "1"), label("DCOS_PACKAGE_NAME", "kafka")] };
    expect(taskWith({ labels })?.app).toBe("kafka");
    expect(taskWith({ labels: { labels: [label("tier", "1")] } })?.app).toBe("api");
    expect(taskWith({ name: "" })?.app).toBe("t");
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import { readAll } from "../../../src/mesos/read/answer-reader.js";
import { agentsReader } from "../../../src/mesos/read/read-agents.js";
import { tasksReader } from "../../../src/mesos/read/read-tasks.js";

const { Response } = mesos.v1.master;

function encoded(parts: Record<string, unknown>): Buffer {
  return Buffer.from(Response.encode(Response.fromObject(parts)).finish());
}

function agent(info: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) {
  const agent_info = { hostname: "web-01", id: { value: "S1" }, ...info };
  return { agent_info, active: true, version: "1.11.0", pid: "slave(1)@10.0.0.1:5051", ...rest };
}

const attributes = (list: readonly unknown[]) =>
  readAll(agentsReader(), encoded({ get_agents: { agents: [agent({ attributes: list })] } })).agents[0]
    ?.attributes;

describe("agents", () => {
  test.each([
    ["text", { type: "TEXT", text: { value: "r1" } }, "r1"],
    ["a whole number", { type: "SCALAR", scalar: { value: 4 } }, "4"],
    ["a fraction", { type: "SCALAR", scalar: { value: 0.5 } }, "0.5"],
    [
      "ranges",
      {
        type: "RANGES",
        ranges: {
          range: [
            { begin: 1, end: 10 },
            { begin: 20, end: 30 },
          ],
        },
      },
      "[1-10, 20-30]",
    ],
    ["a set", { type: "SET", set: { item: ["a", "b"] } }, "{a, b}"],
  ])("an attribute that is %s reads as Mesos writes it", (_, value, shown) => {
    expect(attributes([{ name: "n", ...value }])).toEqual([{ name: "n", value: shown }]);
  });

  test("the same attribute on many agents is one object, different ones stay apart", () => {
    const rack = (value: string) => ({ attributes: [{ name: "rack", type: "TEXT", text: { value } }] });
    const { agents } = readAll(
      agentsReader(),
      encoded({ get_agents: { agents: [agent(rack("r1")), agent(rack("r2")), agent(rack("r1"))] } }),
    );
    expect(agents.map((each) => each.attributes[0]?.value)).toEqual(["r1", "r2", "r1"]);
    expect(agents[0]?.attributes[0]).toBe(agents[2]?.attributes[0]);
  });

  const some = (values: readonly string[], make: (value: string) => unknown) =>
    fc.subarray([...values], { minLength: 0 }).map((chosen) => chosen.map(make));
  const anyAgent = fc.record({
    attributes: some(["r1", "r2", "r3"], (value) => ({ name: "rack", type: "TEXT", text: { value } })),
    zone: fc.constantFrom("a", "bb", null),
    // Two of the same role: one agent's resources may be the beginning of another's.
    total_resources: some(["* cpus", "ops cpus", "ops mem"], (value) => {
      const [role = "", name = ""] = value.split(" ");
      const reservations = role === "*" ? [] : [{ type: "STATIC", role }];
      return { name, type: "SCALAR", scalar: { value: 2 }, reservations };
    }),
  });

  test("what is the same on the agent before is not read again, and each is as if it were alone", () => {
    fc.assert(
      fc.property(fc.array(anyAgent, { maxLength: 12 }), (list) => {
        const agents = list.map(({ attributes, zone, total_resources }) => {
          const fault_domain = zone === null ? null : { region: { name: "eu" }, zone: { name: zone } };
          return agent(
            { attributes, ...(fault_domain && { domain: { fault_domain } }) },
            { total_resources },
          );
        });
        const alone = agents.map(
          (each) => readAll(agentsReader(), encoded({ get_agents: { agents: [each] } })).agents[0],
        );
        expect(readAll(agentsReader(), encoded({ get_agents: { agents } })).agents).toEqual(alone);
      }),
    );
  });

  test.each([
    ["slave(1)@10.0.0.1:5051", "10.0.0.1"],
    ["slave(1)@[2001:db8::1]:5051", "[2001:db8::1]"],
    ["a@b:1@10.0.0.2:5051", "10.0.0.2"],
  ])("the IP of %s is %s", (pid, ip) => {
    const { agents } = readAll(agentsReader(), encoded({ get_agents: { agents: [agent({}, { pid })] } }));
    expect(agents[0]?.machine.ip).toBe(ip);
  });

  test("several agents on one machine are several agents", () => {
    const pids = ["slave(1)@10.0.0.1:5051", "slave(2)@10.0.0.1:5052"];
    const { agents } = readAll(
      agentsReader(),
      encoded({ get_agents: { agents: pids.map((pid) => agent({}, { pid })) } }),
    );
    expect(agents.map((each) => each.machine.ip)).toEqual(["10.0.0.1", "10.0.0.1"]);
  });

  test("drained and deactivated agents say so", () => {
    const drain_info = { state: "DRAINED", config: { mark_gone: false } };
    const bytes = encoded({
      get_agents: { agents: [agent({}, { active: false, deactivated: true, drain_info })] },
    });
    expect(readAll(agentsReader(), bytes).agents[0]).toMatchObject({ active: false, deactivated: true });
  });

  test("agents that a fail-over left behind are kept apart; their IP is not known", () => {
    const bytes = encoded({
      get_agents: { recovered_agents: [{ hostname: "web-09", id: { value: "S9" } }] },
    });
    expect(readAll(agentsReader(), bytes)).toMatchObject({
      agents: [],
      recoveredAgents: [{ id: "S9", machine: { hostname: "web-09", ip: "" }, active: false }],
    });
  });

  test.each([
    ["no pid", { pid: "" }],
    ["a pid without an address", { pid: "slave(1)" }],
    ["a pid without a port", { pid: "slave:1@10.0.0.1" }],
  ])("an agent with %s has no machine, so the answer is refused", (_, rest) => {
    expect(() => readAll(agentsReader(), encoded({ get_agents: { agents: [agent({}, rest)] } }))).toThrow(
      /pid/,
    );
  });
});

function task(id: string, state: string) {
  return {
    name: id,
    task_id: { value: id },
    framework_id: { value: "F1" },
    agent_id: { value: "S1" },
    state,
    resources: [{ name: "cpus", type: "SCALAR", scalar: { value: 1 } }],
  };
}

const idsOf = (get_tasks: Record<string, unknown>) =>
  [...readAll(tasksReader(), encoded({ get_tasks })).tasks].map((each) => each.id);

describe("tasks", () => {
  test.each([
    ["TASK_STAGING", true],
    ["TASK_STARTING", true],
    ["TASK_RUNNING", true],
    ["TASK_KILLING", true],
    ["TASK_UNREACHABLE", true],
    ["TASK_UNKNOWN", true],
    ["TASK_FINISHED", false],
    ["TASK_FAILED", false],
    ["TASK_KILLED", false],
    ["TASK_ERROR", false],
    ["TASK_LOST", false],
    ["TASK_DROPPED", false],
    ["TASK_GONE", false],
    ["TASK_GONE_BY_OPERATOR", false],
  ])("a task in %s counts as being there: %s", (state, there) => {
    expect(idsOf({ tasks: [task("t", state)] })).toEqual(there ? ["t"] : []);
  });

  test("pending tasks count, completed ones do not", () => {
    const get_tasks = {
      pending_tasks: [task("p", "TASK_STAGING")],
      completed_tasks: [task("c", "TASK_FINISHED")],
    };
    expect(idsOf(get_tasks)).toEqual(["p"]);
  });

  test("tasks of frameworks that have not come back since a fail-over count", () => {
    expect(idsOf({ orphan_tasks: [task("o", "TASK_RUNNING")] })).toEqual(["o"]);
  });

  test("a lost task of an agent that is cut off keeps running there, so it counts", () => {
    expect(idsOf({ unreachable_tasks: [task("u", "TASK_LOST"), task("f", "TASK_FINISHED")] })).toEqual(["u"]);
  });
});

describe("agents that were marked gone", () => {
  const goneIn = (get_tasks: Record<string, unknown>) => readAll(tasksReader(), encoded({ get_tasks }));

  const on = (agentId: string, state: string, message?: string) => ({
    ...task(agentId, state),
    agent_id: { value: agentId },
    statuses: [{ task_id: { value: agentId }, state, ...(message && { message }) }],
  });

  test("a completed task that its operator declared gone names its agent, other completed ones do not", () => {
    const completed_tasks = [
      on("S1", "TASK_GONE_BY_OPERATOR"),
      on("S1", "TASK_GONE_BY_OPERATOR"),
      on("S2", "TASK_LOST", "Agent web-02 removed: Operator initiated 'Machine DOWN'"),
      on("S3", "TASK_FINISHED"),
    ];
    expect(goneIn({ completed_tasks })).toMatchObject({
      tasks: { length: 0 },
      goneAgents: ["S1"],
      ended: [],
    });
  });

  test("a lost task of an old framework names it by the master's words, and is over", () => {
    const unreachable_tasks = [
      on("S1", "TASK_LOST", "Agent has been marked gone"),
      on("S2", "TASK_LOST", "Agent web-02 is unreachable: health check timed out"),
    ];
    const { tasks, goneAgents } = goneIn({ unreachable_tasks });
    expect(goneAgents).toEqual(["S1"]);
    expect([...tasks].map(({ agentId }) => agentId)).toEqual(["S2"]);
  });

  test("of very many the newest are kept", () => {
    const completed_tasks = Array.from({ length: 1_002 }, (_, n) => on(`S${n}`, "TASK_GONE_BY_OPERATOR"));
    const { goneAgents } = goneIn({ completed_tasks });
    expect(goneAgents).toHaveLength(1_000);
    expect(goneAgents.at(-1)).toBe("S1001");
  });
});

describe("tasks that ended", () => {
  const ended = (id: string, state: string, statuses: readonly object[]) => ({
    ...task(id, state),
    statuses: statuses.map((status) => ({ task_id: { value: id }, state, ...status })),
  });

  const endsIn = (get_tasks: Record<string, unknown>, sinceMs = 0) =>
    readAll(tasksReader(sinceMs), encoded({ get_tasks })).ended;

  test("a failed task is told with its app, agent and the time of its last status; of others nothing is", () => {
    const completed_tasks = [
      {
        ...ended("api.7", "TASK_FAILED", [{ state: "TASK_RUNNING", timestamp: 90 }, { timestamp: 100.5 }]),
        labels: { labels: [{ key: "DCOS_PACKAGE_NAME", value: "api" }] },
      },
      ...["TASK_FINISHED", "TASK_KILLED", "TASK_ERROR", "TASK_DROPPED"].map((state) =>
        ended(state, state, [{ timestamp: 100 }]),
      ),
    ];
    expect(endsIn({ completed_tasks })).toEqual([
      { how: "failed", atMs: 100_500, agentId: "S1", frameworkId: "F1", app: "api" },
    ]);
  });

  test("a task is lost with its agent only where the master says that the agent was removed", () => {
    const completed_tasks = [
      ended("a", "TASK_LOST", [{ timestamp: 100, reason: "REASON_AGENT_REMOVED" }]),
      ended("b", "TASK_LOST", [{ timestamp: 100, reason: "REASON_AGENT_DISCONNECTED" }]),
      ended("c", "TASK_LOST", [{ timestamp: 100 }]),
    ];
    expect(endsIn({ completed_tasks }).map(({ how, app }) => [how, app])).toEqual([["lost_with_agent", "a"]]);
  });

  test("one whose end its framework has not acknowledged yet is told, too", () => {
    const tasks = [ended("api", "TASK_FAILED", [{ timestamp: 100 }]), task("next", "TASK_RUNNING")];
    expect(endsIn({ tasks }).map(({ app }) => app)).toEqual(["api"]);
    expect(idsOf({ tasks })).toEqual(["next"]);
  });

  test("what ended before, or nobody knows when, is left out", () => {
    const completed_tasks = [
      ended("early", "TASK_FAILED", [{ timestamp: 99 }]),
      ended("late", "TASK_FAILED", [{ timestamp: 100 }]),
      ended("unknown", "TASK_FAILED", [{}]),
    ];
    expect(endsIn({ completed_tasks }, 100_000).map(({ app }) => app)).toEqual(["late"]);
  });

  test("of very many the newest are kept", () => {
    const completed_tasks = Array.from({ length: 20_002 }, (_, n) =>
      ended("api", "TASK_FAILED", [{ timestamp: 30_000 - n }]),
    );
    const found = endsIn({ completed_tasks });
    expect(found).toHaveLength(20_000);
    expect(found.at(-1)?.atMs).toBe(30_000_000);
  });
});

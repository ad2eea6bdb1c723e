import fc from "fast-check";
import { expect, test } from "vitest";
import { atOnce } from "../../../src/maintenance/at-once.js";
import type { Task } from "../../../src/maintenance/cluster/task.js";
import { listed, type Tasks, withTasksOn } from "../../../src/maintenance/cluster/tasks.js";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import { readAll } from "../../../src/mesos/read/answer-reader.js";
import { tasksReader } from "../../../src/mesos/read/read-tasks.js";

const { Response } = mesos.v1.master;

/** Ids of agents and frameworks repeat, two have the same hash, names may be anything, and ids of tasks are long or short. */
const one = fc.record({
  id: fc.oneof(fc.string({ minLength: 1, unit: "grapheme" }), fc.constantFrom("a", "web.1", "x".repeat(70))),
  name: fc.oneof(fc.constantFrom("", "web", "db", "ünïcode"), fc.string({ unit: "grapheme" })),
  framework: fc.constantFrom("F1", "F2", "F-ü"),
  agent: fc.constantFrom<string>("S1", "S2", "S30", "master-1", "ada3tz7f"),
  state: fc.constantFrom("TASK_RUNNING", "TASK_STAGING", "TASK_KILLING"),
  cpus: fc.constantFrom(0.5, 1),
  role: fc.constantFrom("*", "web"),
});

type One = typeof one extends fc.Arbitrary<infer T> ? T : never;

function tableOf(tasks: readonly One[]): Tasks {
  const get_tasks = {
    tasks: tasks.map(({ id, name, framework, agent, state, cpus, role }) => ({
      name,
      state,
      task_id: { value: id },
      framework_id: { value: framework },
      agent_id: { value: agent },
      resources: [
        { name: "cpus", type: "SCALAR", scalar: { value: cpus }, allocation_info: { role } },
        { name: "mem", type: "SCALAR", scalar: { value: 32 }, allocation_info: { role } },
      ],
    })),
  };
  return readAll(tasksReader(), Buffer.from(Response.encode(Response.fromObject({ get_tasks })).finish()))
    .tasks;
}

const plain = ({ id, name, framework, agent, state, cpus, role }: One) => ({
  ...{ id, name, frameworkId: framework, agentId: agent, state, role },
  uses: { cpus, memMb: 32 },
});

/** What all questions about tasks are answered with. */
function answersOf(tasks: Tasks, ids: readonly string[]) {
  const agents = ["S1", "S2", "S30", "master-1", "nobody", ""];
  const sorted = (some: Iterable<Task>) => [...some].map((each) => JSON.stringify(each)).sort();
  return {
    length: tasks.length,
    all: sorted(tasks),
    on: agents.map((agent) => sorted(tasks.on(agent))),
    again: agents.map((agent) => sorted(tasks.on(agent))),
    withIds: sorted(tasks.withIds(new Set(ids))),
    running: agents.map((agent) => atOnce(tasks.running((id) => id !== agent))),
    byFramework: [...tasks.byFramework()].filter(([, count]) => count > 0).sort(),
  };
}

test("tasks in columns say what was sent, in its order", () => {
  fc.assert(
    fc.property(fc.array(one, { maxLength: 60 }), (tasks) => {
      const read = [...tableOf(tasks)];
      expect(read.map(({ app: _, ...rest }) => rest)).toEqual(tasks.map(plain));
    }),
  );
});

test("tasks in columns answer as a list of the same tasks", () => {
  fc.assert(
    fc.property(fc.array(one, { maxLength: 60 }), (tasks) => {
      const table = tableOf(tasks);
      const ids = [...tasks.slice(0, 3).map(({ id }) => id), "none"];
      expect(answersOf(table, ids)).toEqual(answersOf(listed([...table]), ids));
    }),
  );
});

test("tasks of which some changed answer as a list of what is there now", () => {
  const changes = fc.array(
    fc.record({ agent: one.map(({ agent }) => agent), now: fc.array(one, { maxLength: 4 }) }),
    {
      maxLength: 4,
    },
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 40 }), changes, (tasks, made) => {
      let now: Tasks = tableOf(tasks);
      let list = [...now];
      for (const { agent, now: given } of made) {
        const there = [...tableOf(given.map((each) => ({ ...each, agent })))];
        now = withTasksOn(now, new Map([[agent, there]]));
        list = [...list.filter(({ agentId }) => agentId !== agent), ...there];
      }
      const ids = list.slice(0, 3).map(({ id }) => id);
      expect(answersOf(now, ids)).toEqual(answersOf(listed(list), ids));
    }),
  );
});

test("what is asked in the pauses of a count or of the sorting changes neither", () => {
  const tasks = manyTasks(70_000);
  const [table, list] = [tableOf(tasks), listed([...tableOf(tasks)])];
  let pauses = 0;
  const withQuestions = <T>(pieces: Generator<void, T, void>): T => {
    for (;;) {
      const piece = pieces.next();
      if (piece.done) return piece.value;
      pauses += 1;
      expect(table.on(`nobody ${pauses}`)).toEqual([]);
    }
  };
  expect(withQuestions(table.running((id) => id !== "S7"))).toEqual(
    atOnce(list.running((id) => id !== "S7")),
  );
  expect(pauses).toBeGreaterThan(3);
  const sorted = tableOf(tasks);
  withQuestions(sorted.sortByAgent());
  expect(sorted.on("S7")).toEqual(list.on("S7"));
});

test("a hundred thousand tasks whose names end alike are all there", () => {
  const table = tableOf(manyTasks(100_000));
  expect(table.length).toBe(100_000);
  expect(table.on("S4999").map(({ id }) => id)).toEqual(
    Array.from({ length: 20 }, (_, n) => `t-${4_999 + n * 5_000}`),
  );
  expect(table.withIds(new Set(["t-77777"]))[0]).toMatchObject({ name: "077777 of a job with a long name" });
});

const manyTasks = (count: number): One[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `t-${n}`,
    name: `${String(n).padStart(6, "0")} of a job with a long name`,
    framework: "F1",
    agent: `S${n % 5_000}`,
    state: "TASK_RUNNING",
    cpus: 1,
    role: "*",
  }));

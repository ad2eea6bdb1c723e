import fc from "fast-check";
import { expect, test } from "vitest";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import { readAll } from "../../../src/mesos/read/answer-reader.js";
import { type Agents, agentsReader } from "../../../src/mesos/read/read-agents.js";
import { recorded } from "../support/recordings.js";

const { Response } = mesos.v1.master;

interface Told {
  readonly id: string;
  readonly ip?: string;
  readonly rack?: string;
  readonly active?: boolean;
  readonly used?: number;
}

function answer(list: readonly Told[]): Buffer {
  const cpus = (value: number) => ({ name: "cpus", type: "SCALAR", scalar: { value } });
  const agents = list.map(({ id, ip = "10.0.0.1", rack = "r1", active = true, used = 0 }) => ({
    agent_info: {
      hostname: `host-${id}`,
      id: { value: id },
      attributes: [{ name: "rack", type: "TEXT", text: { value: rack } }],
    },
    active,
    version: "1.11.0",
    pid: `slave(1)@${ip}:5051`,
    total_resources: [cpus(8)],
    allocated_resources: used === 0 ? [] : [cpus(used)],
  }));
  return Buffer.from(Response.encode(Response.fromObject({ get_agents: { agents } })).finish());
}

/** Reads these answers one after another, each with what the one before said. */
function readInTurn(answers: readonly Buffer[]): Agents[] {
  const read: Agents[] = [];
  for (const bytes of answers) read.push(readAll(agentsReader(read.at(-1)?.known ?? null), bytes));
  return read;
}

function shown({ agents, allocated }: Agents) {
  return { agents, allocated: agents.map(({ id }) => allocated.get(id)), all: [...allocated.values()] };
}

const some: fc.Arbitrary<Told[]> = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom("S1", "S2", "S3", "S10", "S11"),
    ip: fc.constantFrom("10.0.0.1", "10.0.0.12"),
    rack: fc.constantFrom("r1", "r12"),
    active: fc.boolean(),
    used: fc.constantFrom(0, 1, 2.5),
  }),
  { selector: ({ id }) => id },
);

test("whatever answers came before, an answer means what it means alone", () => {
  fc.assert(
    fc.property(fc.array(some, { minLength: 2, maxLength: 5 }), (lists) => {
      const answers = lists.map(answer);
      expect(readInTurn(answers).map(shown)).toEqual(
        answers.map((bytes) => shown(readAll(agentsReader(), bytes))),
      );
    }),
  );
});

test("a list in which nothing has changed is the very same one, whatever is allocated", () => {
  const list = [{ id: "S1" }, { id: "S2", used: 1 }, { id: "S3" }];
  const [first, second, third] = readInTurn([list, list, list.with(1, { id: "S2", used: 2 })].map(answer));
  expect(second?.agents).toBe(first?.agents);
  expect(third?.agents).toBe(first?.agents);
  expect(third?.allocated.get("S2")).toEqual({ cpus: 2, memMb: 0 });
  expect(first?.allocated.get("S2")).toEqual({ cpus: 1, memMb: 0 });
});

test("when agents come, go and change, the others are the very same", () => {
  const before = [{ id: "S1" }, { id: "S2" }, { id: "S3" }, { id: "S4" }];
  const after = [{ id: "S5" }, { id: "S1" }, { id: "S3", rack: "r2" }, { id: "S4" }];
  const [first, second] = readInTurn([before, after].map(answer));
  expect(second?.agents.map(({ id }) => id)).toEqual(["S5", "S1", "S3", "S4"]);
  expect(second?.agents[1]).toBe(first?.agents[0]);
  expect(second?.agents[2]).not.toBe(first?.agents[2]);
  expect(second?.agents[3]).toBe(first?.agents[3]);
});

test("agents in another order are another list of the very same agents", () => {
  const list = [{ id: "S1" }, { id: "S2" }, { id: "S3" }];
  const [first, second] = readInTurn([list, list.toReversed()].map(answer));
  expect(second?.agents).not.toBe(first?.agents);
  expect(second?.agents.toReversed().every((one, at) => one === first?.agents[at])).toBe(true);
});

test("a recorded answer after itself is the very same list", () => {
  const [first, second] = readInTurn([recorded("agents.pb"), recorded("agents.pb")]);
  expect(second?.agents).toBe(first?.agents);
});

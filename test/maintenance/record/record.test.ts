import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { VerdictRow } from "../../../src/maintenance/record/picture.js";
import {
  decodeMaintenance,
  encodeMaintenance,
  type StoredMaintenance,
} from "../../../src/maintenance/record/record.js";
import { batchOf, HOUR, NOW, recordOf, task } from "../../support/world.js";
import { approved, asked, click, downWorld, drainingWorld, goneWorld, tick } from "../support/flow.js";

function throughJson(record: Parameters<typeof encodeMaintenance>[0]) {
  return decodeMaintenance(JSON.parse(JSON.stringify(encodeMaintenance(record))));
}

test("every int64 of nanoseconds survives the job's data exactly (invariant 1)", () => {
  const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
  fc.assert(
    fc.property(int64, fc.option(int64), (start, duration) => {
      const record = recordOf({ batches: [batchOf({ window: { start, duration } })] });
      expect(throughJson(record)).toEqual(record);
    }),
  );
});

const busy = drainingWorld({ tasks: [task("t1", "marathon", "web-01")] });
const down = tick(tick(approved(busy), busy).record, downWorld()).record;

test.each([
  ["just asked for", recordOf({ reason: "kernel", ticket: "OPS-1" })],
  ["asked for approval", asked(busy)],
  ["denied", click(asked(busy), { kind: "deny", batch: "b1", approval: "b1a1", reason: "not today" }).record],
  ["approved, with an intent", tick(approved(busy), busy).record],
  ["down", down],
  ["being brought up", click(down, { kind: "up" }).record],
  ["up", tick(click(down, { kind: "up" }).record, goneWorld()).record],
  ["extended", click(asked(busy), { kind: "extend", byMs: HOUR }).record],
  ["posted again", click(tick(asked(busy), goneWorld()).record, { kind: "retry" }).record],
  ["given back", tick(click(asked(busy), { kind: "cancel" }).record, goneWorld()).record],
  ["cancelled", click(asked(busy), { kind: "cancel" }).record],
  ["in trouble", tick(asked(busy), drainingWorld({ windows: [] })).record],
])("a maintenance that is %s comes back from its job's data exactly", (_, record) => {
  expect(throughJson(record)).toEqual(record);
});

test("a record of an earlier build, which knows of no runs, is read", () => {
  const { runs: _, ...stored } = encodeMaintenance(down);
  expect(decodeMaintenance(stored)).toEqual(down);
});

test("a record of 0.1.0, which knows one name of the command only, is read", () => {
  const { command: _, ...stored } = encodeMaintenance(recordOf());
  expect(decodeMaintenance(stored)).toEqual(recordOf());
});

test("data of another shape is refused, not guessed at", () => {
  const stored = encodeMaintenance(recordOf({ batches: [batchOf()] }));
  expect(() => decodeMaintenance({ ...stored, version: 2 })).toThrow();
  expect(() => decodeMaintenance({ ...stored, id: "m-7K:3" })).toThrow();
  const { owners: _, ...lacking } = stored;
  expect(() => decodeMaintenance(lacking)).toThrow();
});

describe("a record of many tasks and verdicts", () => {
  const rows: VerdictRow[] = [
    verdict({
      machine: "web-01|10.0.0.1",
      frameworkId: "f1",
      framework: "marathon",
      verdict: "promised",
      tasks: 2,
    }),
    verdict({ machine: "web-01|10.0.0.1", frameworkId: "f2", framework: "marathon", answeredAtMs: NOW }),
    verdict({
      machine: "web-02|10.0.0.2",
      frameworkId: "f2",
      framework: "kafka",
      verdict: "silent",
      erased: { answer: "decline", answeredAtMs: NOW - 1, erasedAtMs: NOW, why: "fail_over" },
      unasked: "agent_away",
    }),
  ];
  const agents = ["web-01", "web-02"].map((host) => ({
    machine: `${host}|10.0.0.1`,
    id: `${host}-S0`,
    lastSeen: {
      port: 5051,
      attributes: [],
      region: null,
      zone: "a",
      resources: null,
      tasks: [task("t1", "f1", host, { app: "/a", uses: { cpus: 0.5, memMb: 12 } }), task("t2", "f2", host)],
    },
  }));
  const record = recordOf({
    batches: [batchOf({ agents: [...agents, { machine: "web-03|10.0.0.3", id: "web-03-S0", gone: true }] })],
    picture: {
      atMs: NOW,
      leader: "10.0.0.100:5050",
      leaderId: "leader-1",
      tasksMost: 4,
      recovering: 0,
      scheduleDigest: null,
      machines: [],
      verdicts: rows,
    },
  });
  const text = JSON.stringify(encodeMaintenance(record));

  test("is read as it was stored", () => {
    expect(decodeMaintenance(JSON.parse(text))).toEqual(record);
  });

  test("stores names of frameworks once", () => {
    expect(text.match(/marathon/g)).toHaveLength(2);
    expect(text.match(/"kafka"/g)).toHaveLength(1);
  });

  test.each([
    { title: "a verdict on a machine", from: '"cells":[0,', to: '"cells":[7,' },
    { title: "half a verdict", from: '"cells":[0,', to: '"cells":[0,0,' },
    { title: "a task of a framework", from: '["t1","t1",0,', to: '["t1","t1",9,' },
    {
      title: "a task without an app",
      from: '["t1","t1",0,"TASK_RUNNING","/a",',
      to: '["t1","t1",0,"TASK_RUNNING",',
    },
  ])("$title that is not in it is refused, not guessed at", ({ from, to }) => {
    expect(text).toContain(from);
    expect(() => decodeMaintenance(JSON.parse(text.replace(from, to)))).toThrow();
  });

  test("one that has them as objects, as 0.1.0 stored them, is read", () => {
    const stored = JSON.parse(text) as StoredMaintenance;
    const old = {
      ...stored,
      batches: stored.batches.map((batch) => ({ ...batch, agents: record.batches[0]?.agents })),
      picture: { ...stored.picture, verdicts: rows },
    };
    expect(decodeMaintenance(JSON.parse(JSON.stringify(old)))).toEqual(record);
  });
});

function verdict(parts: Partial<VerdictRow>): VerdictRow {
  return {
    machine: "web-01|10.0.0.1",
    frameworkId: "f1",
    framework: "marathon",
    verdict: "empty",
    tasks: 0,
    answeredAtMs: null,
    erased: null,
    unasked: null,
    ...parts,
  };
}

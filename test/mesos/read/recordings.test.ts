import { describe, expect, test } from "vitest";
import { updateSchedule } from "../../../src/mesos/calls.js";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import { readAll, whole } from "../../../src/mesos/read/answer-reader.js";
import { agentsReader } from "../../../src/mesos/read/read-agents.js";
import {
  readFrameworks,
  readMaster,
  readSchedule,
  readStatus,
  readVersion,
} from "../../../src/mesos/read/read-replies.js";
import { tasksReader } from "../../../src/mesos/read/read-tasks.js";
import { RecordSplitter } from "../../../src/mesos/stream/record-io.js";
import { parseExactly, RECORDED, recorded } from "../support/recordings.js";

const { Call, Event, Response } = mesos.v1.master;

const AS_JSON = { longs: String, enums: String };

const CLUSTER = "718a2aa4-c3f3-4edf-b7f3-87b04a5e7035";

/**
 * Expects that whatever our schema decodes stands in the JSON of the same moment, with the same value. The JSON may
 * hold more: our schema leaves out what is not needed. Fractions of a second differ in the last digit it prints.
 */
function expectWithin(ours: unknown, json: unknown, path: string): void {
  if (Array.isArray(ours)) {
    expect(json, path).toHaveLength(ours.length);
    for (const [index, item] of ours.entries())
      expectWithin(item, (json as unknown[])[index], `${path}[${index}]`);
  } else if (typeof ours === "object" && ours !== null) {
    for (const [key, value] of Object.entries(ours)) {
      expectWithin(value, (json as Record<string, unknown> | undefined)?.[key], `${path}.${key}`);
    }
  } else if (typeof ours === "number" && !Number.isInteger(ours)) {
    expect(json, path).toBeCloseTo(ours, 5);
  } else expect(String(json), path).toBe(String(ours));
}

describe("what a real master answered", () => {
  test.each(RECORDED)("the protobuf of %s says what the JSON of the same moment says", (name) => {
    const ours = Response.toObject(Response.decode(recorded(`${name}.pb`)), AS_JSON);
    expectWithin(ours, parseExactly(recorded(`${name}.json`).toString()), "");
  });

  test.each(RECORDED.filter((name) => /^(schedule|status)-/.test(name)))(
    "nothing of the maintenance messages in %s is lost, either way (invariant 1)",
    (name) => {
      const bytes = recorded(`${name}.pb`);
      const message = Response.decode(bytes);
      const json = parseExactly(recorded(`${name}.json`).toString());
      expect(Response.toObject(message, AS_JSON)).toEqual(json);
      expect(Buffer.from(Response.encode(message).finish())).toEqual(bytes);
    },
  );

  test("the event stream says the same in both forms, event by event", () => {
    const events = (name: string) =>
      new RecordSplitter(
        1e6,
        whole((record) => record),
      ).push(recorded(name));
    const inJson = events("subscribe-during-down.recordio.json").map((each) => parseExactly(each.toString()));
    const ours = events("subscribe-during-down.recordio.pb").map((each) =>
      Event.toObject(Event.decode(each), AS_JSON),
    );
    // The two streams were recorded side by side; a heartbeat more or less at the end is no difference.
    const important = (list: readonly unknown[]) =>
      list.filter((event) => (event as { type: string }).type !== "HEARTBEAT");
    expectWithin(important(ours), important(inJson), "");
    expect(important(ours).map((event) => (event as { type: string }).type)).toContain("AGENT_REMOVED");
  });
});

describe("what we make of it", () => {
  test("a window is exact to the nanosecond and goes back as it came (invariant 1)", () => {
    const schedule = readSchedule(recorded("schedule-one-window.pb"));
    expect(schedule).toEqual({
      windows: [
        {
          machines: [
            { hostname: "web-01", ip: "127.0.2.1" },
            { hostname: "web-02", ip: "127.0.2.2" },
            { hostname: "web-03", ip: "127.0.2.3" },
          ],
          start: 1795195728662822401n,
          duration: 14400000000001n,
        },
      ],
    });
    const sent = Call.decode(updateSchedule(schedule).bytes).update_maintenance_schedule?.schedule;
    const got = Response.decode(recorded("schedule-one-window.pb")).get_maintenance_schedule?.schedule;
    expect(sent).toEqual(got);
  });

  test("a machine is the agent's host name and the IP in its pid (invariant 4)", () => {
    const { agents, allocated, recoveredAgents } = readAll(agentsReader(), recorded("agents.pb"));
    expect(agents.map((agent) => `${agent.machine.hostname} ${agent.machine.ip}`)).toEqual([
      "db-01 127.0.2.4",
      "web-03 127.0.2.3",
      "web-01 127.0.2.1",
      "web-02 127.0.2.2",
    ]);
    expect(agents[0]).toEqual({
      id: `${CLUSTER}-S3`,
      machine: { hostname: "db-01", ip: "127.0.2.4" },
      port: 5164,
      attributes: [
        { name: "rack", value: "r2" },
        { name: "os", value: "debian12" },
      ],
      region: "eu-1",
      zone: "eu-1b",
      active: true,
      deactivated: false,
      drain: null,
      resources: {
        total: { cpus: 2, memMb: 1024 },
        reservations: [],
        volumes: [],
      },
    });
    expect(allocated.get(`${CLUSTER}-S3`)).toEqual({ cpus: 0.1, memMb: 32 });
    expect(recoveredAgents).toEqual([]);
    expect(readAll(agentsReader(), recorded("agents-after-down.pb")).agents).toHaveLength(3);
  });

  test("tasks carry the names that people know", () => {
    expect([...readAll(tasksReader(), recorded("tasks.pb")).tasks]).toContainEqual({
      id: "web-framework-web-02-3",
      name: "web-framework-web-02-3",
      frameworkId: `${CLUSTER}-0000`,
      agentId: `${CLUSTER}-S0`,
      state: "TASK_RUNNING",
      app: "web-framework-web-02",
      role: "*",
      uses: { cpus: 0.1, memMb: 32 },
    });
  });

  test("an inverse offer without an answer shows with its framework, not in the status", () => {
    const web = readFrameworks(recorded("frameworks.pb")).find(
      (framework) => framework.name === "web-framework",
    );
    expect(web).toEqual({
      id: `${CLUSTER}-0000`,
      name: "web-framework",
      principal: null,
      roles: ["*"],
      capabilities: ["MULTI_ROLE"],
      driver: null,
      connected: true,
      active: true,
      inverseOffers: [{ agentId: `${CLUSTER}-S2` }],
    });
    const status = readStatus(recorded("status-answers.pb"));
    const third = status.draining.find((entry) => entry.machine.hostname === "web-03");
    expect(third?.answers.map((each) => each.frameworkId)).toEqual([`${CLUSTER}-0001`]);
  });

  test("an answer says accept or decline and when, exact", () => {
    const second = readStatus(recorded("status-answers.pb")).draining.find(
      (each) => each.machine.hostname === "web-02",
    );
    expect(second?.answers).toEqual([
      { frameworkId: `${CLUSTER}-0001`, answer: "accept", at: 1795195131028003584n },
      { frameworkId: `${CLUSTER}-0000`, answer: "decline", at: 1795195128286581248n },
    ]);
    expect(readStatus(recorded("status-one-down.pb")).down).toEqual([
      { hostname: "web-01", ip: "127.0.2.1" },
    ]);
  });

  test("the master says that it leads, and its version", () => {
    expect(readMaster(recorded("master.pb"))).toEqual({
      id: CLUSTER,
      version: "1.12.0",
      electedAtMs: 1_795_195_042_885,
    });
    expect(readVersion(recorded("version.pb"))).toBe("1.12.0");
  });

  const agents = (bytes: Buffer) => readAll(agentsReader(), bytes);
  const tasks = (bytes: Buffer) => readAll(tasksReader(), bytes);

  test("the answer to another call is refused, not read as an empty cluster", () => {
    const other = recorded("version.pb");
    for (const read of [agents, tasks, readFrameworks, readSchedule, readStatus, readMaster]) {
      expect(() => read(other)).toThrow(/lacks/);
    }
  });

  test("half an answer is refused", () => {
    for (const [name, read] of [
      ["agents", agents],
      ["tasks", tasks],
      ["frameworks", readFrameworks],
    ] as const) {
      const bytes = recorded(`${name}.pb`);
      for (let length = 1; length < bytes.length; length += 7) {
        expect(() => read(bytes.subarray(0, length)), `${name} cut at ${length}`).toThrow();
      }
    }
  });
});

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Schedule } from "../../src/maintenance/cluster/schedule.js";
import { mesos } from "../../src/mesos/proto/generated/mesos.js";
import {
  type Json,
  type JsonObject,
  parseExactJson,
  stringifyExactJson,
} from "../../src/rehearsal/master/exact-json.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import { subscribe } from "../rehearsal/support/event-stream.js";

const SCHEDULE: Schedule = {
  windows: [
    {
      machines: [
        { hostname: "web-01", ip: "127.0.2.1" },
        { hostname: "web-03", ip: "127.0.2.3" },
      ],
      start: 1795195728662822401n,
      duration: 14400000000001n,
    },
  ],
};

let master: RehearsalMaster;
beforeAll(async () => {
  master = await startRehearsalMaster({
    version: "1.12.0",
    agents: [
      { hostname: "web-01", ip: "127.0.2.1", attributes: { rack: "r1" }, region: "eu-1", zone: "eu-1a" },
      { hostname: "web-03", ip: "127.0.2.3", attributes: { rack: "r2" }, region: "eu-1", zone: "eu-1b" },
    ],
    frameworks: [
      { name: "web", habit: "stayer", answerAfterMs: null, tasks: [{ name: "a", on: "web-01" }] },
      { name: "silent", habit: "silent", tasks: [{ name: "b", on: "web-03" }] },
    ],
  });
  master.postSchedule(SCHEDULE);
  master.answer("web", "web-01", "accept");
});
afterAll(() => master.close());

async function get(type: string, accept: string): Promise<Buffer> {
  const response = await fetch(`${master.url}/api/v1`, {
    method: "POST",
    headers: { "content-type": "application/json", accept },
    body: JSON.stringify({ type }),
  });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, accept]);
  return Buffer.from(await response.arrayBuffer());
}

const asJson = async (type: string) => parseExactJson((await get(type, "application/json")).toString());

/** Every path of a message with the JSON type of what stands there; list items share theirs. */
function paths(value: Json, at = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => paths(item, `${at}[]`));
  if (typeof value !== "object" || value === null) return [`${at}: ${typeof value}`];
  return Object.entries(value as JsonObject).flatMap(([key, field]) => paths(field ?? null, `${at}.${key}`));
}

/** Numbers that JSON may write with or without a fraction count as one type. */
function shapeOf(value: Json): Set<string> {
  return new Set(paths(value).map((path) => path.replace(/: bigint$/, ": number")));
}

const RECORDED: readonly JsonObject[] = lines("answers").map((line) => Object(parseExactJson(line)));

function lines(name: string): string[] {
  const file = new URL(`../fixtures/recordings/${name}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8").trim().split("\n");
}

// What a real master also says, and nobody here reads.
const LEFT_OUT = [
  /\.statuses\[\]\.(uuid|executor_id|container_status)/,
  /\.status_update_uuid/,
  /\.master_info\.domain/,
  /\.version_info\.git_sha/,
];

describe("an answer has the fields and types of the recorded one, and no others", () => {
  test.each(RECORDED.map((answer) => [String(answer.type), answer] as const))(
    "the answer to %s has the shape of the recorded one",
    async (type, recorded) => {
      const real = [...shapeOf(recorded)].filter((path) => !LEFT_OUT.some((left) => left.test(path)));
      expect([...shapeOf(await asJson(type))].sort()).toEqual(real.sort());
    },
  );
});

const { Response } = mesos.v1.master;

/** On the wire an empty list is no list. */
function withoutEmptyLists(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, field]) => !Array.isArray(field) || field.length > 0);
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutEmptyLists(field ?? null)]));
}

describe("protobuf and JSON answers of the same moment mean the same", () => {
  test.each(RECORDED.map(({ type }) => String(type)))(
    "the answer to %s means the same in both",
    async (type) => {
      const decoded = Response.toObject(Response.decode(await get(type, "application/x-protobuf")), {
        longs: BigInt,
        enums: String,
      });
      expect(parseExactJson(stringifyExactJson(decoded))).toEqual(withoutEmptyLists(await asJson(type)));
    },
  );

  test("nanoseconds are exact in both (invariant 1)", async () => {
    const json = (await get("GET_MAINTENANCE_SCHEDULE", "application/json")).toString();
    expect(json).toContain('"start":{"nanoseconds":1795195728662822401}');
    const bytes = await get("GET_MAINTENANCE_SCHEDULE", "application/x-protobuf");
    const { get_maintenance_schedule: got } = Response.toObject(Response.decode(bytes), { longs: BigInt });
    expect(got.schedule.windows[0].unavailability).toEqual({
      start: { nanoseconds: 1795195728662822401n },
      duration: { nanoseconds: 14400000000001n },
    });
  });
});

describe("the event stream", () => {
  test("the stream tells a Down as the recorded one does: lost tasks first, then the agent", async () => {
    const { events, types, end } = await subscribe(master);
    await expect.poll(types).toEqual(["SUBSCRIBED", "HEARTBEAT"]);
    master.startMaintenance([{ hostname: "web-01", ip: "127.0.2.1" }]);
    await expect.poll(() => events.at(-1)?.type).toBe("AGENT_REMOVED");
    await end();

    const recorded = lines("events-during-down").map((line) => Object(parseExactJson(line)));
    const isLoss = ({ type }: JsonObject) => type === "TASK_UPDATED";
    expect(types().slice(1)).toEqual(["HEARTBEAT", "TASK_UPDATED", "AGENT_REMOVED"]);
    for (const type of ["TASK_UPDATED", "AGENT_REMOVED"]) {
      const ours = events.find((event) => event.type === type) ?? {};
      expect(shapeOf(ours)).toEqual(shapeOf(recorded.find((event) => event.type === type) ?? {}));
    }
    const words = {
      task_updated: {
        state: "TASK_LOST",
        status: {
          message: "Agent web-01 removed: Operator initiated 'Machine DOWN'",
          source: "SOURCE_MASTER",
          reason: "REASON_AGENT_REMOVED",
        },
      },
    };
    expect(recorded.find(isLoss)).toMatchObject(words);
    expect(events.find(isLoss)).toMatchObject(words);
  });
});

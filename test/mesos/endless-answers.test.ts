import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { MesosError } from "../../src/mesos/errors/errors.js";
import type { Master } from "../../src/mesos/master.js";
import { mesos } from "../../src/mesos/proto/generated/mesos.js";
import type { MasterEvent } from "../../src/mesos/stream/events.js";
import { type EndlessServer, endlessServer } from "../support/endless.js";
import { client, leading, stopAll, tinyMaster } from "./support/tiny-masters.js";

afterEach(stopAll);

const { Call } = mesos.v1.master;

const LONGEST_WORDS_BYTES = 64 * 1024;

/** What the system holds on its own on a connection between two processes of one machine, and some. */
const IN_BETWEEN_BYTES = 16 * 1024 * 1024;

const CUT = "It went on for more than 64 KiB, and the rest was not read.";

const failed = (work: Promise<unknown>): Promise<MesosError> =>
  work.then(
    () => expect.unreachable("It should have failed."),
    (error: MesosError) => error,
  );

const typeOf = (body: Buffer): string => Call.Type[Call.decode(body).type ?? 0] ?? "";

/** A leader that answers calls of one type without end, and all others as it should. */
function endlessly(type: string, status: number, words = "", headers = {}): Promise<EndlessServer> {
  const isEndless = (body: Buffer) => body.length > 0 && typeOf(body) === type;
  const otherwise = (body: Buffer, response: ServerResponse) =>
    leading()({ type: typeOf(body), call: Call.decode(body), headers: {}, path: "/api/v1" }, response);
  return endlessServer({ status, words, headers }, isEndless, otherwise);
}

const CALLS: readonly (readonly [string, (master: Master) => Promise<unknown>])[] = [
  ["GET_MASTER", (master) => master.snapshot()],
  ["GET_TASKS", (master) => master.snapshot()],
  ["GET_VERSION", (master) => master.version()],
  ["UPDATE_MAINTENANCE_SCHEDULE", (master) => master.updateSchedule({ windows: [] })],
];

describe("a master whose error has no end is read to 64 KiB", () => {
  const STATUSES: readonly (readonly [number, string, string])[] = [
    [403, "403 Forbidden.", "forbidden"],
    [500, "Oh no.", "unexpected_status"],
    [401, "", "unauthorized"],
    [400, "List of machines is empty", "no_machines"],
    [301, "moved", "unexpected_status"],
  ];

  test.each(CALLS.flatMap(([type, call]) => STATUSES.map((status) => [type, ...status, call] as const)))(
    "%s answered with %d %s",
    async (type, status, words, code, call) => {
      const server = await endlessly(type, status, words);
      const error = await failed(call(client({ masters: [server.url] })));
      expect(error).toMatchObject({ code, status });
      expect(error.what).toContain(CUT);
      expect(error.message.length).toBeLessThan(3_000);
      expect(error.nextFor("it goes on by itself")).toMatch(/\.$/);
      if (words !== "") expect(error.said?.startsWith(words)).toBe(true);
      expect(await server.taken()).toBeLessThan(LONGEST_WORDS_BYTES + IN_BETWEEN_BYTES);
    },
  );

  test("a redirect", async () => {
    const second = await tinyMaster(leading("leader-2"));
    const first = await endlessServer({
      status: 307,
      headers: { location: `//${second.name}/master/api/v1` },
    });
    await client({ masters: [first.url, second.address] }).snapshot();
    expect(await first.taken()).toBeLessThan(LONGEST_WORDS_BYTES + IN_BETWEEN_BYTES);
  });

  test("the refusal of its event stream", async () => {
    const server = await endlessly("SUBSCRIBE", 403, "403 Forbidden.");
    const events: MasterEvent[] = [];
    const subscription = client({ masters: [server.url] }).subscribe((event) => events.push(event));
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(0), { timeout: 60_000 });
    await subscription.close();
    const [lost] = events;
    expect(lost).toMatchObject({ kind: "lost", error: { code: "forbidden" } });
    expect(lost?.kind === "lost" && lost.error.what).toContain(CUT);
    const streams = server.requests.length;
    expect(await server.taken()).toBeLessThan(streams * (LONGEST_WORDS_BYTES + IN_BETWEEN_BYTES));
  });

  test("what says nothing of its drivers", async () => {
    const server = await endlessServer(
      { status: 500 },
      (_, path) => path === "/master/state-summary",
      (body, response) =>
        leading()({ type: typeOf(body), call: Call.decode(body), headers: {}, path: "" }, response),
    );
    expect((await client({ masters: [server.url] }).drivers()).size).toBe(0);
    expect(await server.taken()).toBeLessThan(LONGEST_WORDS_BYTES + IN_BETWEEN_BYTES);
  });

  test("an error of 64 KiB keeps its connection, and one byte more does not", async () => {
    const sizes = [LONGEST_WORDS_BYTES, LONGEST_WORDS_BYTES + 1];
    for (const [index, size] of sizes.entries()) {
      const master = await tinyMaster(
        leading("leader-1", {
          GET_VERSION: (response) => void response.writeHead(400).end("x".repeat(size)),
        }),
      );
      const error = await failed(client({ masters: [master.address] }).version());
      expect(error.what.includes(CUT)).toBe(index === 1);
    }
  });
});

describe("a master whose answer has no end", () => {
  const MOST = 4 * 1024 * 1024;

  test.each(["GET_AGENTS", "GET_TASKS", "GET_MAINTENANCE_STATUS"])(
    "%s is read as far as a look may, and told",
    async (type) => {
      const server = await endlessly(type, 200);
      const error = await failed(client({ masters: [server.url], largestLookBytes: MOST }).snapshot());
      expect(error).toMatchObject({ code: "answer_too_large", sent: "maybe" });
      expect(error.message).toBe(
        `What the master ${server.host} answered is larger than any cluster needs; the rest was not read. Check that the address is that of a Mesos master, and what a proxy in front of it sends; it goes on by itself when its answers have an end.`,
      );
      expect(await server.taken()).toBeLessThan(MOST + IN_BETWEEN_BYTES);
    },
  );

  test("all answers of one look have one budget", async () => {
    const bytes = (name: string) => ({ name, value: { value: "x".repeat(600 * 1024) } });
    const big = (type: string, part: object) => (response: ServerResponse) => {
      const { Response } = mesos.v1.master;
      response.end(Response.encode(Response.fromObject({ type, ...part })).finish());
    };
    const agent_info = { hostname: "web-01", id: { value: "S1" } };
    const agent = (n: number) => ({
      agent_info: { ...agent_info, attributes: [{ type: "TEXT", name: "a", text: bytes("a").value }] },
      active: true,
      version: "1.11.0",
      pid: `slave(1)@10.0.0.${n}:5051`,
    });
    const framework_info = { user: "root", name: "x".repeat(600 * 1024), id: { value: "F1" } };
    const leader = await tinyMaster(
      leading("leader-1", {
        GET_AGENTS: big("GET_AGENTS", { get_agents: { agents: [agent(1)] } }),
        GET_FRAMEWORKS: big("GET_FRAMEWORKS", {
          get_frameworks: { frameworks: [{ framework_info, active: true, connected: true }] },
        }),
      }),
    );
    const masters = [leader.address];
    const tooSmall = client({ masters, largestLookBytes: 1_000 * 1024 });
    expect(await failed(tooSmall.snapshot())).toMatchObject({ code: "answer_too_large" });
    const large = client({ masters, largestLookBytes: 3_000 * 1024 });
    // Each look has its own.
    for (let look = 1; look <= 4; look += 1) expect((await large.snapshot()).agents).toHaveLength(1);
  });

  test("every listed master is asked who leads, and of none more than a MiB is read", async () => {
    const servers = await Promise.all([1, 2, 3].map(() => endlessServer({ status: 200 })));
    const masters = servers.map(({ url }) => url);
    expect(await failed(client({ masters }).snapshot())).toMatchObject({ code: "answer_too_large" });
    for (const server of servers) expect(await server.taken()).toBeLessThan(1024 * 1024 + IN_BETWEEN_BYTES);
  });

  test("a write that is answered so may have been carried out", async () => {
    const server = await endlessly("UPDATE_MAINTENANCE_SCHEDULE", 200);
    const error = await failed(client({ masters: [server.url] }).updateSchedule({ windows: [] }));
    expect(error).toMatchObject({ code: "answer_too_large", sent: "maybe" });
    expect(await server.taken()).toBeLessThan(LONGEST_WORDS_BYTES + IN_BETWEEN_BYTES);
  });
});

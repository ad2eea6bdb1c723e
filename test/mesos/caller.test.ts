import { createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { MesosError } from "../../src/mesos/errors/errors.js";
import { client, count, leading, say, stopAll, tinyMaster } from "./support/tiny-masters.js";

afterEach(stopAll);

const web01 = { hostname: "web-01", ip: "10.0.0.1" };

describe("a call whose connection breaks", () => {
  test("a call whose connection breaks is made once more if it only reads", async () => {
    let broken = 0;
    const leader = await tinyMaster(
      leading("leader-1", {
        GET_VERSION: (response) => {
          broken += 1;
          if (broken === 1) response.destroy();
          else leading()({ type: "GET_VERSION" } as never, response);
        },
      }),
    );
    await expect(client({ masters: [leader.address] }).version()).resolves.toBe("1.11.0");
    expect(broken).toBe(2);
  });

  test.each([
    ["before a word of the answer", (response: { destroy(): void }) => response.destroy()],
    [
      "in the middle of the answer",
      (response: import("node:http").ServerResponse) => {
        response.writeHead(200, { "content-length": 100 });
        response.write("x", () => response.destroy());
      },
    ],
  ])(
    "a call whose connection breaks is never made again if it changes something: %s (invariants 5 and 7)",
    async (_, breakOff) => {
      const leader = await tinyMaster(leading("leader-1", { START_MAINTENANCE: breakOff }));
      const master = client({ masters: [leader.address] });
      await expect(master.startMaintenance([web01])).rejects.toMatchObject({
        code: "connection_lost",
        sent: "maybe",
      });
      expect(count(leader, "START_MAINTENANCE")).toBe(1);
    },
  );
});

describe("a call that changes something", () => {
  test("a call that changes something has a connection of its own, so that one the master just closed leaves no doubt whether it arrived", async () => {
    const leader = await tinyMaster(leading());
    const master = client({ masters: [leader.address] });
    await master.version();
    await master.startMaintenance([web01]);
    const connections = leader.received.map((call) => `${call.type} ${call.headers.connection}`);
    expect(connections).toContain("GET_VERSION keep-alive");
    expect(connections).toContain("START_MAINTENANCE close");
  });
});

describe("a call that takes too long", () => {
  const impatient = { timeouts: { headersMs: 100 } };

  test("a call that takes too long is given up, and not made again if it changes something (invariant 7)", async () => {
    const leader = await tinyMaster(leading("leader-1", { UPDATE_MAINTENANCE_SCHEDULE: () => undefined }));
    const master = client({ masters: [leader.address], ...impatient });
    await expect(master.updateSchedule({ windows: [] })).rejects.toMatchObject({
      code: "headers_timeout",
      sent: "maybe",
    });
    expect(count(leader, "UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
  });

  test("a call whose answer never ends is given up", async () => {
    const leader = await tinyMaster(
      leading("leader-1", {
        GET_VERSION: (response) => void response.writeHead(200, { "content-length": 100 }).write("x"),
      }),
    );
    const master = client({ masters: [leader.address], timeouts: { bodyMs: 100 } });
    await expect(master.version()).rejects.toMatchObject({ code: "body_timeout" });
  });

  test("a call whose answer only trickles is given up", async () => {
    const trickles: NodeJS.Timeout[] = [];
    const leader = await tinyMaster(
      leading("leader-1", {
        GET_VERSION: (response) => {
          response.writeHead(200);
          trickles.push(setInterval(() => response.write("x"), 10));
        },
      }),
    );
    const master = client({
      masters: [leader.address],
      timeouts: { connectMs: 100, headersMs: 100, bodyMs: 100 },
    });
    await expect(master.version()).rejects.toMatchObject({ code: "body_timeout" });
    for (const trickle of trickles) clearInterval(trickle);
  });
});

describe("a refused call", () => {
  test("a refused call carries the master's own words, and changed nothing", async () => {
    const said = `Machine '{"hostname":"web-01","ip":"10.0.0.1"}' is not in DRAINING mode and cannot be brought down`;
    const leader = await tinyMaster(
      leading("leader-1", { START_MAINTENANCE: (response) => say(response, 400, said) }),
    );
    await expect(client({ masters: [leader.address] }).startMaintenance([web01])).rejects.toMatchObject({
      code: "not_draining",
      said,
      status: 400,
      sent: "yes",
    });
    expect(count(leader, "START_MAINTENANCE")).toBe(1);
  });

  test.each([200, 202, 204])(
    "a call is not refused with status %d: the documentation says 202, masters say 200",
    async (status) => {
      const leader = await tinyMaster(
        leading("leader-1", {
          STOP_MAINTENANCE: (response) => void response.writeHead(status).end(),
        }),
      );
      await client({ masters: [leader.address] }).stopMaintenance([web01]);
      expect(count(leader, "STOP_MAINTENANCE")).toBe(1);
    },
  );
});

describe("a call that takes a right which the principal lacks", () => {
  test.each([
    ["UPDATE_MAINTENANCE_SCHEDULE", "update_maintenance_schedules"],
    ["START_MAINTENANCE", "start_maintenances"],
    ["STOP_MAINTENANCE", "stop_maintenances"],
    ["GET_MAINTENANCE_SCHEDULE", "get_maintenance_schedules"],
    ["GET_MAINTENANCE_STATUS", "get_maintenance_statuses"],
    ["GET_TASKS", "the right to make this call"],
  ])("a 403 to %s names %s and no other right", async (type, right) => {
    const leader = await tinyMaster(
      leading("leader-1", { [type]: (response) => say(response, 403, "403 Forbidden.") }),
    );
    const master = client({ masters: [leader.address] });
    const call: Record<string, () => Promise<unknown>> = {
      UPDATE_MAINTENANCE_SCHEDULE: () => master.updateSchedule({ windows: [] }),
      START_MAINTENANCE: () => master.startMaintenance([web01]),
      STOP_MAINTENANCE: () => master.stopMaintenance([web01]),
    };
    const error: unknown = await (call[type] ?? master.snapshot)().catch((thrown) => thrown);
    if (!(error instanceof MesosError)) throw error;
    expect(error.code).toBe("forbidden");
    expect(error.nextFor("ask again")).toContain(`Grant it ${right} in the masters' ACLs`);
  });
});

describe("every call", () => {
  test("every call is told to the metrics, with how it ended, how long it took and how large the answer was", async () => {
    const leader = await tinyMaster(
      leading("leader-1", { STOP_MAINTENANCE: (response) => say(response, 403, "403 Forbidden.") }),
    );
    const calls: [string, string, number, number][] = [];
    let clock = 0;
    const now = () => {
      clock += 500;
      return clock;
    };
    const master = client({ masters: [leader.address], now, onCall: (...call) => calls.push(call) });
    await master.version();
    await expect(master.stopMaintenance([web01])).rejects.toMatchObject({ code: "forbidden" });
    expect(calls).toEqual([
      ["GET_VERSION", "ok", 0.5, expect.toSatisfy((bytes: number) => bytes > 0)],
      ["STOP_MAINTENANCE", "forbidden", 0.5, 0],
    ]);
  });

  test("a call that changes something and is under way is answered before the client is closed", async () => {
    const leader = await tinyMaster(leading());
    const master = client({ masters: [leader.address] });
    const order: string[] = [];
    const closed = new Promise<void>((resolve) => {
      leader.handler = (received, response) => {
        if (received.type !== "START_MAINTENANCE") return leading()(received, response);
        void master.close().then(() => {
          order.push("closed");
          resolve();
        });
        setImmediate(() => {
          order.push("answered");
          response.writeHead(200).end();
        });
      };
    });
    await master.startMaintenance([web01]);
    await closed;
    expect(order).toEqual(["answered", "closed"]);
  });

  test("a call after the close is refused as not sent", async () => {
    const leader = await tinyMaster(leading());
    const master = client({ masters: [leader.address] });
    await master.version();
    await master.close();
    await expect(master.startMaintenance([web01])).rejects.toMatchObject({
      code: "client_closed",
      sent: "no",
    });
    expect(count(leader, "START_MAINTENANCE")).toBe(0);
  });

  test("a call to something that does not speak HTTP is explained", async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.write("SSH-2.0-OpenSSH\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(client({ masters: [`http://127.0.0.1:${port}`] }).version()).rejects.toMatchObject({
      code: "not_http",
    });
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});

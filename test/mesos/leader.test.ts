import { afterEach, describe, expect, test } from "vitest";
import { Secret } from "../../src/base/secret.js";
import {
  client,
  count,
  leading,
  redirectTo,
  say,
  stopAll,
  type TinyMaster,
  tinyMaster,
} from "./support/tiny-masters.js";

afterEach(stopAll);

const silent = () => undefined;

/** An address at which nothing listens. */
async function nobody(): Promise<string> {
  const gone = await tinyMaster(silent);
  await gone.stop();
  return gone.address;
}

const addresses = (...masters: TinyMaster[]) => masters.map((master) => master.address);

describe("the leader", () => {
  test("the leader is the master that does not redirect, even if its name in the redirect does not resolve", async () => {
    const leader = await tinyMaster(leading());
    const standby = await tinyMaster(redirectTo("leader.internal:5050"));
    const master = client({ masters: addresses(standby, leader) });
    expect(master.leader()).toBeNull();
    await master.version();
    expect(master.leader()).toBe(leader.name);
  });

  test("the leader is remembered, and found once for all who wait", async () => {
    const leader = await tinyMaster(leading());
    const standby = await tinyMaster(redirectTo(leader.name));
    const master = client({ masters: addresses(standby, leader) });
    await Promise.all([master.version(), master.stopMaintenance([]), master.version()]);
    await master.version();
    expect(count(leader, "GET_MASTER")).toBe(1);
    expect(standby.received.map((call) => call.type)).toEqual(["GET_MASTER"]);
  });

  test("the leader is found although other masters hang or are gone", async () => {
    const leader = await tinyMaster(leading());
    const hanging = await tinyMaster(silent);
    const master = client({ masters: [hanging.address, await nobody(), leader.address] });
    await expect(master.version()).resolves.toBe("1.11.0");
  });

  test("the leader is followed by a read when it changes, and never by a write that was decided on the old one (invariant 2)", async () => {
    const first = await tinyMaster(leading());
    const second = await tinyMaster(redirectTo(first.name));
    const master = client({ masters: addresses(first, second) });
    await master.version();
    first.handler = redirectTo(second.name);
    second.handler = leading("leader-2");
    await master.version();
    expect(master.leader()).toBe(second.name);
    second.handler = redirectTo(first.name);
    first.handler = leading("leader-3");
    const refused = { code: "leader_unsettled", sent: "no" };
    await expect(master.updateSchedule({ windows: [] })).rejects.toMatchObject(refused);
    expect(count(first, "UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
    await master.version();
    await master.updateSchedule({ windows: [] });
    expect(master.leader()).toBe(first.name);
    expect(count(first, "UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
  });

  test("a leader that has died is replaced by the new one", async () => {
    const first = await tinyMaster(leading());
    const second = await tinyMaster(redirectTo(first.name));
    const master = client({ masters: addresses(first, second) });
    await master.version();
    await first.stop();
    second.handler = leading("leader-2");
    const down = () => master.startMaintenance([{ hostname: "web-01", ip: "10.0.0.1" }]);
    await expect(down()).rejects.toMatchObject({ sent: "no" });
    expect(count(second, "START_MAINTENANCE")).toBe(0);
    await master.version();
    await down();
    expect(count(second, "START_MAINTENANCE")).toBe(1);
  });

  test("a proxy's 504 to a write leaves it open whether it was carried out; a master's own 503 does not (invariant 7)", async () => {
    const leader = await tinyMaster(leading());
    const master = client({ masters: addresses(leader) });
    await master.version();
    leader.handler = (_, response) => say(response, 504, "Gateway Timeout");
    await expect(master.updateSchedule({ windows: [] })).rejects.toMatchObject({
      sent: "maybe",
      status: 504,
    });
    leader.handler = (_, response) => say(response, 503, "No leader elected");
    await expect(master.updateSchedule({ windows: [] })).rejects.toMatchObject({
      sent: "no",
      code: "no_leader",
    });
  });

  test("a leader that says it has not recovered is given up for one that has", async () => {
    const first = await tinyMaster(leading());
    const second = await tinyMaster(redirectTo(first.name));
    const master = client({ masters: addresses(first, second) });
    await master.version();
    first.handler = (_, response) => say(response, 503, "Master has not finished recovery");
    second.handler = leading("leader-2");
    await master.version();
    expect(master.leader()).toBe(second.name);
  });
});

describe("credentials", () => {
  const credentials = { principal: "ops", secret: new Secret("hunter2") };
  const basic = `Basic ${Buffer.from("ops:hunter2").toString("base64")}`;

  test("credentials go to the configured masters, at /api/v1 only", async () => {
    const leader = await tinyMaster(leading());
    await client({ masters: addresses(leader), credentials }).snapshot();
    expect(new Set(leader.received.map((call) => call.headers.authorization))).toEqual(new Set([basic]));
    expect(new Set(leader.received.map((call) => call.path))).toEqual(new Set(["/api/v1"]));
  });

  test("credentials are never taken along by a redirect to another host", async () => {
    const stranger = await tinyMaster(leading());
    const standby = await tinyMaster(redirectTo(stranger.name));
    const master = client({ masters: addresses(standby), credentials });
    await expect(master.version()).rejects.toMatchObject({
      code: "leader_elsewhere",
      what: expect.stringContaining(stranger.name),
      sent: "no",
    });
    expect(stranger.received).toEqual([]);
  });

  test("credentials are not taken along by a redirect in the middle either", async () => {
    const stranger = await tinyMaster(leading());
    const leader = await tinyMaster(leading());
    const master = client({ masters: addresses(leader), credentials });
    await master.version();
    leader.handler = redirectTo(stranger.name);
    await expect(master.updateSchedule({ windows: [] })).rejects.toMatchObject({ sent: "no" });
    expect(stranger.received).toEqual([]);
  });

  test("credentials do not show in an error", async () => {
    const leader = await tinyMaster((_, response) => say(response, 401, "401 Unauthorized."));
    const error = await client({ masters: addresses(leader), credentials })
      .version()
      .catch(String);
    expect(error).toContain("credentials of prod");
    expect(error).not.toContain("hunter2");
  });
});

describe("without a leader", () => {
  const text = (status: number, words: string) => tinyMaster((_, response) => say(response, status, words));

  test.each([
    [503, "No leader elected", "no_leader"],
    [503, "Master has not finished recovery", "not_recovered"],
    [401, "401 Unauthorized.", "unauthorized"],
    [403, "403 Forbidden.", "forbidden"],
    [404, "404 Not Found.", "not_a_master"],
  ])("people are told %d %s, with the master's words", async (status, said, code) => {
    const master = client({ masters: addresses(await text(status, said)) });
    await expect(master.version()).rejects.toMatchObject({ code, said, sent: "no" });
  });

  test("a master that was just elected says more than those that redirect to it", async () => {
    const elected = await text(503, "Master has not finished recovery");
    const standby = await tinyMaster(redirectTo(elected.name));
    await expect(client({ masters: addresses(standby, elected) }).version()).rejects.toMatchObject({
      code: "not_recovered",
    });
  });

  test("the others still name the leader that died: nothing is to be done but to wait", async () => {
    const gone = await nobody();
    const standby = await tinyMaster(redirectTo(gone.slice("http://".length)));
    await expect(client({ masters: [standby.address, gone] }).version()).rejects.toMatchObject({
      code: "leader_gone",
      what: expect.stringContaining(gone.slice("http://".length)),
    });
  });

  test("masters that send us in a circle are no leaders", async () => {
    const first = await tinyMaster(silent);
    const second = await tinyMaster(redirectTo(first.name));
    first.handler = redirectTo(second.name);
    await expect(client({ masters: addresses(first, second) }).version()).rejects.toMatchObject({
      code: "leader_unsettled",
    });
  });

  test("a call without any master has certainly not been sent", async () => {
    const master = client({ masters: [await nobody()] });
    await expect(master.startMaintenance([])).rejects.toMatchObject({
      code: "connection_refused",
      sent: "no",
    });
  });

  test("a host name that does not exist is said so", async () => {
    await expect(client({ masters: ["http://no-such-host.invalid:5050"] }).version()).rejects.toMatchObject({
      code: "name_unknown",
      what: expect.stringContaining("no-such-host.invalid:5050"),
    });
  });

  test("something that is not a master is not taken for one", async () => {
    const page = await tinyMaster((_, response) => say(response, 200, "<html>It works!</html>"));
    await expect(client({ masters: addresses(page) }).version()).rejects.toMatchObject({
      code: "undecodable",
    });
  });
});
